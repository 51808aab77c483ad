-- The answer that a request with an Idempotency-Key got, for its repeats. A row belongs to the first job that the request
-- made: that job's id says when it was, so this table is partitioned and forgotten like job. No unique constraint could
-- hold across partitions; an advisory lock on the key does (docs/adr/0011).
create table idempotency_key (
    job_id     text collate "C" not null
        constraint idempotency_key_job_id_form check (job_id ~ '^job_[0-9a-f]{24}$'),
    api_key_id text collate "C" not null,
    key        text collate "C" not null,
    body_hash  bytea            not null
        constraint idempotency_key_body_hash_is_sha256 check (octet_length(body_hash) = 32),
    status     smallint         not null,
    answer     text             not null,
    primary key (api_key_id, key, job_id)
) partition by range (job_id);
