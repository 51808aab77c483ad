-- GETs of PATHS, a file with one path a line, in an order of its own for each thread. With BENCH_RATE at random moments, about
-- so many a second in all, if that many CONNECTIONS answer in time; otherwise as fast as they are answered.
-- The last line of the output is the result as JSON, for bench/run.

local paths = {}
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  for line in io.lines(os.getenv("PATHS")) do
    paths[#paths + 1] = line
  end
  math.randomseed(number * 7919 + 1)
  local headers = {}
  if os.getenv("BENCH_KEY") then
    headers["x-api-key"] = os.getenv("BENCH_KEY")
  end
  for i, path in ipairs(paths) do
    paths[i] = wrk.format("GET", path, headers)
  end
end

function request()
  return paths[math.random(#paths)]
end

local rate = tonumber(os.getenv("BENCH_RATE"))
if rate then
  local longest = math.floor(2e3 * tonumber(os.getenv("CONNECTIONS")) / rate)
  function delay()
    return math.random(0, longest)
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.3f,"bytes":%d,"p50":%.3f,"p99":%.3f,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
