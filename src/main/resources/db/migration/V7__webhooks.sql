-- Where an organization wants to be told of its jobs. A slot each, so that no race makes a 21st.
create table webhook (
    created_at      timestamptz(3)   not null default date_trunc('milliseconds', now()),
    slot            smallint         not null
        constraint webhook_at_most_20_per_organization check (slot between 1 and 20),
    active          boolean          not null default true,
    id              text collate "C" primary key
        constraint webhook_id_form check (id ~ '^wh_[0-9a-f]{24}$'),
    organization_id text collate "C" not null,
    url             text             not null,
    events          text[]           not null
        constraint webhook_events_known check (
            cardinality(events) > 0 and events <@ array ['job.completed', 'job.failed', '*']),
    secret          bytea            not null,
    -- Also how the trigger below finds those of an organization, in one probe.
    constraint webhook_slot unique (organization_id, slot)
);

-- What is told to one webhook: the outbox while due_at says when it is to be sent, the log from then on. It has all that
-- its body needs, since the job is gone after 24 hours. No foreign key: a webhook goes at once, its deliveries little by
-- little.
create table webhook_delivery (
    occurred_at     timestamptz(3)   not null,
    due_at          timestamptz,
    lease           uuid,
    processed       integer,
    attempt         smallint         not null default 0,
    webhook_id      text collate "C" not null,
    id              text collate "C" not null,
    organization_id text collate "C" not null,
    status          text             not null default 'pending'
        constraint webhook_delivery_status_known check (status in ('pending', 'succeeded', 'failed')),
    event           text             not null,
    job_id          text collate "C",
    error_code      text,
    error_message   text,
    metadata        json,
    -- Of each that was made: attempt, at (milliseconds since 1970), status, error, duration (milliseconds).
    attempts        jsonb            not null default '[]',
    primary key (webhook_id, id),
    constraint webhook_delivery_id_form check (
        octet_length(id) = 28 and id like 'whd\_%' and btrim(substr(id, 5), '0123456789abcdef') = ''),
    constraint webhook_delivery_due_only_while_pending check ((due_at is not null) = (status = 'pending')),
    constraint webhook_delivery_leased_only_while_pending check (lease is null or status = 'pending'),
    constraint webhook_delivery_attempts_counted check (attempt between 0 and 4)
) with (autovacuum_vacuum_scale_factor = 0.01, vacuum_index_cleanup = on);

-- The senders' queue: webhooks in turn, inside one by time. A look passes over what was sent since the last vacuum, so the
-- table asks for one sooner than others, and for its indexes too, however little of the log is dead.
create index webhook_delivery_due on webhook_delivery (webhook_id, due_at) where due_at is not null;

-- Like a job's id: the instant in milliseconds, twelve random digits.
create function webhook_delivery_id() returns text
    language sql volatile parallel safe
    return 'whd_' || lpad(to_hex(floor(extract(epoch from now()) * 1000)::bigint), 12, '0')
        || substr(replace(gen_random_uuid()::text, '-', ''), 1, 12);

-- Whoever finishes jobs writes their deliveries with them, and cannot forget them (docs/adr/0020). Once for all jobs of a
-- statement: by row it was half of what PostgreSQL spends on a job of a batch. Each subquery is one that the planner
-- leaves as it is: a plan made for one job, and kept, must do for a thousand.
create function write_webhook_deliveries() returns trigger
    language plpgsql as
$$
begin
    -- By itself, since an insert costs its preparations also where it finds nothing to insert.
    if exists (
        select from changed
        where status in ('completed', 'failed')
          and (select true from webhook where webhook.organization_id = changed.organization_id limit 1))
    then
        insert into webhook_delivery (occurred_at, due_at, processed, webhook_id, id, organization_id, event, job_id,
                                      error_code, error_message, metadata)
        select changed.updated_at, now(), changed.processed, wanting.id, webhook_delivery_id(), changed.organization_id,
               'job.' || changed.status, changed.id, changed.error_code, changed.error_message, changed.metadata
        from changed
        cross join lateral (
            select id from webhook
            where organization_id = changed.organization_id and active
              and events && array ['job.' || changed.status, '*']
            offset 0) wanting
        where changed.status in ('completed', 'failed')
          -- What had finished before is told already. There is none: finished jobs do not change.
          and changed.id <> all (array(select id from before where status in ('completed', 'failed')));
    end if;
    return null;
end
$$;

create trigger webhook_deliveries after update on job
    referencing old table as before new table as changed
    for each statement execute function write_webhook_deliveries();
