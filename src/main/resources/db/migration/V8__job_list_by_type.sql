-- Lists of a type look for it in the index, behind the id: the order of a list of all types stays, and jobs of other types
-- are passed over without a look at their rows.
drop index job_by_status;
create index job_by_status on job (organization_id, status, id, type);
