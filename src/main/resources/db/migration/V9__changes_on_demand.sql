-- Who follows the log asks for it, for an hour each time; while nobody does, writers are spared the cost (docs/adr/0023).
create table job_change_demand (
    one_row       boolean primary key default true
        constraint job_change_demand_is_one_row check (one_row),
    until         timestamptz not null,
    -- What transactions with ids from here on do is in the log; null until that is known.
    complete_from xid8
);

insert into job_change_demand (until, complete_from)
select now() + case when exists (select from job_change) then interval '1 hour' else interval '0' end, '0';

create or replace function log_job_changes() returns trigger
    language plpgsql as
$$
begin
    -- A transaction with one snapshot for all of its statements may not see that somebody asks.
    if exists (select from job_change_demand where until > now())
        or current_setting('transaction_isolation') <> 'read committed'
    then
        insert into job_change (xact, updated_at, processed, total, organization_id, id, type, status)
        select pg_current_xact_id(), updated_at, processed, total, organization_id, id, type, status
        from changed
        where updated_at >= date_trunc('milliseconds', now());
    end if;
    return null;
end
$$;
