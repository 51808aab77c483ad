-- What happened to jobs, one row for each change that clients see. Clients that wait follow this log, so that nobody has to
-- look at each job that is waited for (docs/adr/0022). A reader that knows a snapshot finds all that was committed since:
-- whatever that snapshot did not see, and xact says so. It is partitioned by the id of the job, and forgotten with it.
create table job_change (
    xact            xid8             not null,
    updated_at      timestamptz(3)   not null,
    processed       integer          not null,
    total           integer          not null,
    organization_id text collate "C" not null,
    id              text collate "C" not null,
    type            text             not null,
    status          text             not null
) partition by range (id);

create index job_change_by_xact on job_change (xact);

-- For the client that takes the stream of one job up again.
create index job_change_by_job on job_change (id);

do $$
    declare
        partition record;
    begin
        for partition in
            select inhrelid::regclass::text as name, pg_get_expr(relpartbound, oid) as bounds
            from pg_inherits join pg_class on oid = inhrelid
            where inhparent = 'job'::regclass
        loop
            execute format('create table %I partition of job_change %s',
                           regexp_replace(partition.name, '^job_', 'job_change_'), partition.bounds);
        end loop;
    end
$$;

-- The log is written by the database, so that no statement can forget it, once for all rows of a statement. Only what
-- clients see is a change: what does not move updated_at on is none.
create function log_job_changes() returns trigger
    language plpgsql as
$$
begin
    insert into job_change (xact, updated_at, processed, total, organization_id, id, type, status)
    select pg_current_xact_id(), updated_at, processed, total, organization_id, id, type, status
    from changed
    where updated_at >= date_trunc('milliseconds', now());
    return null;
end
$$;

create trigger job_added after insert on job
    referencing new table as changed
    for each statement execute function log_job_changes();

create trigger job_changed after update on job
    referencing new table as changed
    for each statement execute function log_job_changes();
