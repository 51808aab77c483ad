-- :count jobs of the last 23 hours for 100 organizations, a quarter of them for :organization, as a day leaves them:
-- of a hundred 88 completed, 4 failed, 4 processing, 4 queued, most of them with a result of about 400 bytes.
\set ON_ERROR_STOP on
set synchronous_commit = off;

insert into organization (id, name)
select 'org_' || lpad(to_hex(n), 24, '0'), 'bench ' || n from generate_series(1, 99) n
on conflict do nothing;

-- Partitions of the past: the service makes those of the present and the future.
do $$
declare
  width interval := interval '6 hours';
  first timestamptz := date_bin('6 hours', now() - interval '24 hours', 'epoch');
begin
  for n in 0..3 loop
    if job_id_at(first + (n + 1) * width) <= job_id_at(date_bin('6 hours', now(), 'epoch')) then
      execute format('create table if not exists job_bench_%s partition of job for values from (%L) to (%L)', n,
                     job_id_at(first + n * width), job_id_at(first + (n + 1) * width));
    end if;
  end loop;
end
$$;

insert into job (organization_id, id, type, status, processed, total, priority, max_attempts, attempt, updated_at,
                 lease_expires_at, lease_token, lease_seconds, worker, error_code, error_message, payload, result)
select case when n % 4 = 0 then :'organization' else 'org_' || lpad(to_hex(1 + n % 99), 24, '0') end,
       job_id_at(created) || substr(md5(n::text), 1, 12),
       (array ['codebook_generation', 'auto_coding', 'one_call'])[1 + n % 3],
       status, case status when 'completed' then 500 else 137 end, 500, 0, 3, case status when 'queued' then 0 else 1 end,
       created + interval '40 seconds',
       case status when 'processing' then now() + interval '1 day' end,
       case when status <> 'queued' then md5(n::text)::uuid end, case when status <> 'queued' then 3600 end,
       case when status <> 'queued' then 'bench' end,
       case status when 'failed' then 'MODEL_TIMEOUT' end, case status when 'failed' then 'The model did not answer in time' end,
       '{"question":"Why did you choose us?"}',
       case status when 'completed' then
         ('{"responses_coded":500,"codes":[' || repeat('{"code":"price","count":12,"share":0.024},', 8) || '{"code":"other","count":' || n || '}]}')::json end
from (select n, now() - interval '23 hours' * (1 - n::float8 / :count) as created,
             case when n / 4 % 100 < 88 then 'completed' when n / 4 % 100 < 92 then 'failed' when n / 4 % 100 < 96 then 'processing' else 'queued' end as status
      from generate_series(1, :count) n) made;

vacuum analyze job;
checkpoint;
