-- run_at is what a queued job still waits for, and null once it waits for nothing. So the indexes of the queue hold
-- exactly what may be claimed now: jobs of a later time cost a claim nothing, however many they are.
alter table job alter column run_at drop not null;

update job set run_at = null where status <> 'queued' or run_at <= now();

alter table job add constraint job_deferred_only_while_queued check (run_at is null or status = 'queued');

-- The claim of any type: organizations in turn, inside one by priority and age.
drop index job_queue;
create index job_queue on job (organization_id, priority desc, id) where status = 'queued' and run_at is null;

-- The claim of some types: the same for each type, so that nobody passes over a backlog of another. By -priority, which is
-- the same order, so that the planner cannot take the one index for the other.
create index job_queue_by_type on job (type, organization_id, (-priority), id) where status = 'queued' and run_at is null;

-- The search for jobs whose time has come.
create index job_deferred on job (run_at, id) where run_at is not null;

