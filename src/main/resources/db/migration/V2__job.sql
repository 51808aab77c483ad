-- An id starts with its creation instant: 'job_', twelve hex digits of milliseconds since 1970, twelve random ones.
-- Stable and not immutable only because PostgreSQL calls extract() from a timestamptz so.
create function job_id_at(instant timestamptz) returns text
    language sql stable parallel safe
    return 'job_' || lpad(to_hex(floor(extract(epoch from instant) * 1000)::bigint), 12, '0');

-- The smallest id that is still there: a job is gone at the very instant created_at + retention.
create function job_horizon(retention_millis bigint) returns text
    language sql stable parallel safe
    return job_id_at(now() - (retention_millis - 1) * interval '1 millisecond');

-- Every change moves updated_at on, also two within one millisecond and on a clock that was set back.
create function job_next_update(previous timestamptz) returns timestamptz
    language sql stable parallel safe
    return greatest(date_trunc('milliseconds', now()), previous + interval '1 millisecond');

-- created_at is not stored: the id is it. Fixed-width columns come first, so that no row carries padding.
create table job (
    updated_at       timestamptz(3)   not null,
    run_at           timestamptz      not null,
    lease_expires_at timestamptz,
    lease_token      uuid,
    processed        integer          not null default 0,
    total            integer          not null,
    lease_seconds    smallint,
    priority         smallint         not null,
    attempt          smallint         not null default 0,
    max_attempts     smallint         not null,
    organization_id  text collate "C" not null,
    id               text collate "C" not null
        constraint job_id_form check (id ~ '^job_[0-9a-f]{24}$'),
    type             text             not null
        constraint job_type_known check (type in ('codebook_generation', 'auto_coding', 'one_call')),
    status           text             not null default 'queued'
        constraint job_status_known check (status in ('queued', 'processing', 'completed', 'failed')),
    worker           text,
    error_code       text,
    error_message    text,
    metadata         json,
    payload          json,
    result           json,
    primary key (organization_id, id),
    constraint job_processed_within_total check (processed between 0 and total),
    constraint job_attempt_within_max_attempts check (attempt between 0 and max_attempts),
    constraint job_completed_is_all_processed check (status <> 'completed' or processed = total),
    constraint job_result_only_when_completed check ((result is not null) = (status = 'completed')),
    -- A queued or processing job may carry the error of the attempt before; clients see it only once the job failed.
    constraint job_error_when_failed check ((error_code is not null or status <> 'failed') and (error_code is null or status <> 'completed')),
    constraint job_error_is_whole check ((error_code is null) = (error_message is null)),
    constraint job_leased_only_while_processing check ((lease_expires_at is not null) = (status = 'processing')),
    constraint job_lease_is_whole check (status <> 'processing' or (lease_token is not null and lease_seconds is not null))
) partition by range (id);

create index job_by_status on job (organization_id, status, id);

-- The claim: organizations in turn, inside one by priority and age.
create index job_queue on job (organization_id, priority desc, id) where status = 'queued';

-- The search for leases that ran out. It does not name lease_expires_at: as an indexed column it would make each
-- heartbeat write every index of the row, and what is in flight is few.
create index job_in_flight on job (organization_id, id) where status = 'processing';
