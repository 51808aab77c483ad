-- Claims jobs and completes them, call by call; a job counts when its completion was acknowledged:
-- wrk -t4 -c4 -d20s -s bench/wrk/claim-complete.lua http://127.0.0.1:8080

package.path = (debug.getinfo(1, "S").source:match("^@(.*/)") or "./") .. "?.lua;" .. package.path
local queue = require("queue")

local claim
local held = {}

function init()
  claim = queue.post("/internal/v1/jobs/claim", queue.claim())
end

function request()
  if #held == 0 then
    return claim
  end
  return queue.post("/internal/v1/jobs/complete", '{"jobs":[' .. table.concat(held, ",") .. "]}")
end

function response(status, _, body)
  local sent = #held
  held = {}
  if status ~= 200 then
    queue.refuse(status, body)
  elseif sent > 0 then
    queue.completed(status, body, sent)
  else
    held = queue.completions(body)
    if #held == 0 then
      empty = empty + 1
    end
  end
end
