-- Submits one by one: wrk -t16 -c16 -d20s -s bench/wrk/submit-one.lua http://127.0.0.1:8080

package.path = (debug.getinfo(1, "S").source:match("^@(.*/)") or "./") .. "?.lua;" .. package.path
local queue = require("queue")

local call

function init()
  call = queue.post("/internal/v1/jobs", queue.job())
end

function request()
  return call
end

function response(status, _, body)
  if status == 201 then
    jobs = jobs + 1
  else
    queue.refuse(status, body)
  end
end
