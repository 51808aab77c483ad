select k.id, k.organization_id, k.scopes, k.requests_per_minute, k.revoked_at, o.disabled_at, k.expires_at
from api_key k left join organization o on o.id = k.organization_id where k.hash = sha256(:'key'::bytea);
select j.id, j.type, j.status, j.processed, j.total, j.updated_at, j.result, j.error_code, j.error_message from job j
where j.organization_id = :'organization' and j.id = :'id';
