-- :count completed jobs for :organization, each with a result of about 5 MB that compresses as real ones do. Prints
-- their ids.
\set ON_ERROR_STOP on

insert into job (organization_id, id, type, status, processed, total, priority, max_attempts, attempt, updated_at, result)
select :'organization', job_id_at(now()) || '0a49e' || lpad(to_hex(n), 7, '0'), 'auto_coding', 'completed', 500, 500, 0, 3, 1,
       now(), (select ('{"codes":[' || string_agg('{"code":"' || left(md5(n || '-' || m), 12) || '","share":0.' || m || '}', ',')
                       || ']}')::json from generate_series(1, 124800) m)
from generate_series(1, :count) n
returning id;
