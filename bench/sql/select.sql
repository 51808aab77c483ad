select j.id, j.type, j.status, j.processed, j.total, j.updated_at, j.result, j.error_code, j.error_message from job j
where j.organization_id = :'organization' and j.id = :'id';
