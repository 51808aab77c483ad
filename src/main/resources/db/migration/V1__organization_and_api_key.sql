create table organization (
    id          text collate "C" primary key
        constraint organization_id_form check (id ~ '^org_[0-9a-f]{24}$'),
    name        text           not null,
    created_at  timestamptz(3) not null default date_trunc('milliseconds', now()),
    disabled_at timestamptz(3)
);

-- A key without an organization is a service key: it belongs to the operator.
create table api_key (
    id                  text collate "C" primary key
        constraint api_key_id_form check (id ~ '^key_[0-9a-f]{24}$'),
    organization_id     text collate "C" references organization (id),
    name                text           not null,
    prefix              text           not null,
    hash                bytea          not null unique
        constraint api_key_hash_is_sha256 check (octet_length(hash) = 32),
    scopes              text[]         not null,
    requests_per_minute integer
        constraint api_key_requests_per_minute_not_negative check (requests_per_minute >= 0),
    created_at          timestamptz(3) not null default date_trunc('milliseconds', now()),
    expires_at          timestamptz(3),
    last_used_at        timestamptz(3),
    revoked_at          timestamptz(3),
    constraint api_key_scopes_fit_its_owner check (
        cardinality(scopes) > 0
        and scopes <@ case when organization_id is null then array ['service', 'admin'] else array ['read', 'write'] end)
);

create index api_key_organization on api_key (organization_id);
