-- Lists by status and the search for leases that ran out share an index: one entry less for each claim.
drop index job_in_flight;
drop index job_by_status;
create index job_by_status on job (status, organization_id, id, type);

-- What a job may look like. A function, since PostgreSQL reads the text of a constraint anew for each statement, which
-- for a dozen constraints took longer than to change a row (docs/adr/0024).
create function job_is_sound(id text, type text, status text, processed integer, total integer, attempt smallint,
                             max_attempts smallint, run_at timestamptz, lease_expires_at timestamptz, lease_token uuid,
                             lease_seconds smallint, error_code text, error_message text, result json) returns boolean
    language plpgsql immutable parallel safe as
$$
begin
    return octet_length(id) = 28 and id like 'job\_%' and btrim(substr(id, 5), '0123456789abcdef') = ''
        and type in ('codebook_generation', 'auto_coding', 'one_call')
        and processed between 0 and total
        and attempt between 0 and max_attempts
        and (error_code is null) = (error_message is null)
        and (run_at is null or status = 'queued')
        and (lease_expires_at is not null) = (status = 'processing')
        and (result is not null) = (status = 'completed')
        and case status
            -- The error of the attempt before, which clients see only once the job failed.
            when 'queued' then true
            when 'processing' then lease_token is not null and lease_seconds is not null
            when 'completed' then processed = total and error_code is null
            when 'failed' then error_code is not null
            else false end;
end
$$;

alter table job
    drop constraint job_id_form,
    drop constraint job_type_known,
    drop constraint job_status_known,
    drop constraint job_processed_within_total,
    drop constraint job_attempt_within_max_attempts,
    drop constraint job_completed_is_all_processed,
    drop constraint job_result_only_when_completed,
    drop constraint job_error_when_failed,
    drop constraint job_error_is_whole,
    drop constraint job_leased_only_while_processing,
    drop constraint job_lease_is_whole,
    drop constraint job_deferred_only_while_queued,
    add constraint job_is_sound check (
        job_is_sound(id, type, status, processed, total, attempt, max_attempts, run_at, lease_expires_at, lease_token,
                     lease_seconds, error_code, error_message, result));
