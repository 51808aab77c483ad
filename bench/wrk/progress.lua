-- Reports progress of leased jobs at a fixed rate; each thread reports of jobs of its own, one after the other:
-- LEASES=leases.txt BENCH_RATE=2000 wrk -t16 -c16 -d20s -s bench/wrk/progress.lua http://127.0.0.1:8080
--
-- LEASES      a file with an id and its lease token a line
-- BENCH_RATE  calls per second of all threads together; as fast as they are answered unless given

package.path = (debug.getinfo(1, "S").source:match("^@(.*/)") or "./") .. "?.lua;" .. package.path
local queue = require("queue")
local ffi = require("ffi")

ffi.cdef("typedef struct { long s; long ns; } bench_time; int clock_gettime(int clock, bench_time *now);")

local THREADS = 16

local calls = {}
local last = 0
local start
local sent = 0
local now = ffi.new("bench_time")

local function millis()
  ffi.C.clock_gettime(1, now)
  return tonumber(now.s) * 1e3 + tonumber(now.ns) / 1e6
end

local number = 0
local common = setup
function setup(thread)
  thread:set("number", number)
  number = number + 1
  common(thread)
end

function init()
  local n = 0
  for line in io.lines(assert(os.getenv("LEASES"), "LEASES is not set")) do
    if n % THREADS == _G.number % THREADS then
      local id, token = line:match("(%S+) (%S+)")
      calls[#calls + 1] = queue.post("/internal/v1/jobs/" .. id .. "/progress",
        '{"lease_token":"' .. token .. '","processed":' .. n % 100 .. "}")
    end
    n = n + 1
  end
end

function request()
  last = last % #calls + 1
  return calls[last]
end

-- Milliseconds to wait: what is late is not made up for by waiting less than nothing, only by not waiting.
function delay()
  local rate = tonumber(os.getenv("BENCH_RATE"))
  if not rate then
    return 0
  end
  start = start or millis() - _G.number * 1e3 / rate
  sent = sent + 1
  return math.max(0, math.floor(start + sent * THREADS * 1e3 / rate - millis() + 0.5))
end

function response(status, _, body)
  if status == 200 then
    jobs = jobs + 1
  else
    queue.refuse(status, body)
  end
end
