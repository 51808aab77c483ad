-- Completes the jobs of the last call and claims the next in one; a job counts when its completion was acknowledged:
-- wrk -t4 -c4 -d20s -s bench/wrk/exchange.lua http://127.0.0.1:8080

package.path = (debug.getinfo(1, "S").source:match("^@(.*/)") or "./") .. "?.lua;" .. package.path
local queue = require("queue")

local held = {}

function request()
  return queue.post("/internal/v1/jobs/exchange",
    '{"complete":[' .. table.concat(held, ",") .. '],"claim":' .. queue.claim() .. "}")
end

function response(status, _, body)
  local sent = #held
  held = {}
  if status ~= 200 then
    return queue.refuse(status, body)
  end
  queue.completed(status, body, sent)
  held = queue.completions(body)
  if #held == 0 then
    empty = empty + 1
  end
end
