-- Submits in batches: wrk -t4 -c4 -d20s -s bench/wrk/submit.lua http://127.0.0.1:8080

package.path = (debug.getinfo(1, "S").source:match("^@(.*/)") or "./") .. "?.lua;" .. package.path
local queue = require("queue")

local call

function init()
  local entries = {}
  for i = 1, queue.batch do
    entries[i] = queue.job()
  end
  call = queue.post("/internal/v1/jobs/batch", '{"jobs":[' .. table.concat(entries, ",") .. "]}")
end

function request()
  return call
end

function response(status, _, body)
  if status == 201 then
    jobs = jobs + queue.batch
  else
    queue.refuse(status, body)
  end
end
