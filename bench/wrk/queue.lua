-- What the loads on the queue have in common. wrk gives each thread a Lua state of its own; started with as many
-- connections as threads, a thread is one client that does one call after the other: request() decides the next one,
-- response() looks at what came of it.
--
-- BENCH_SERVICE_KEY   a key with scope "service"
-- BENCH_ORGANIZATION  whose jobs are submitted
-- BENCH_BATCH         jobs in a call, 1 to 100; 100 unless given

local queue = {}

queue.key = assert(os.getenv("BENCH_SERVICE_KEY"), "BENCH_SERVICE_KEY is not set")
queue.batch = tonumber(os.getenv("BENCH_BATCH") or 100)

local headers = { ["x-api-key"] = queue.key, ["Content-Type"] = "application/json" }

-- Globals of a thread, which done() reads: jobs that a call was acknowledged for, claims that brought none, and answers
-- that were not what they should be.
jobs = 0
empty = 0
refused = 0

function queue.post(path, body)
  return wrk.format("POST", path, headers, body)
end

function queue.job()
  local organization = assert(os.getenv("BENCH_ORGANIZATION"), "BENCH_ORGANIZATION is not set")
  return '{"organization_id":"' .. organization ..
      '","type":"auto_coding","total":100,"payload":{"question":"Why did you choose us?","responses":100}}'
end

function queue.claim()
  return '{"worker":"wrk","limit":' .. queue.batch .. ',"lease_seconds":300}'
end

-- The jobs of a claim as entries of a completion: a list of JSON texts. In what an exchange answers, the jobs that were
-- completed come before them.
function queue.completions(body)
  local entries = {}
  local claimed = body:find('"claimed":', 1, true) or 1
  for id, token in body:sub(claimed):gmatch('"id":"(job_%x+)".-"lease_token":"([%w_-]+)"') do
    entries[#entries + 1] = '{"id":"' .. id .. '","lease_token":"' .. token .. '","result":{"responses_coded":100}}'
  end
  return entries
end

function queue.count(body, text)
  local found = 0
  local at = 1
  while true do
    local from, to = body:find(text, at, true)
    if not from then
      return found
    end
    found = found + 1
    at = to + 1
  end
end

-- Counts the jobs that were completed. A call of which one was not is refused.
function queue.completed(status, body, sent)
  local completed = queue.count(body, '"status":"completed"')
  jobs = jobs + completed
  if completed < sent then
    queue.refuse(status, body)
  end
end

function queue.refuse(status, body)
  refused = refused + 1
  if refused == 1 then
    io.stderr:write("refused: ", status, " ", body:sub(1, 200), "\n")
  end
end

local threads = {}

function setup(thread)
  threads[#threads + 1] = thread
end

-- One line for a program beside what wrk prints: jobs/s, the calls' p50 and p99 in ms, and what went wrong.
function done(summary, latency)
  local total, none, bad = 0, 0, 0
  for _, thread in ipairs(threads) do
    total = total + thread:get("jobs")
    none = none + thread:get("empty")
    bad = bad + thread:get("refused")
  end
  local errors = summary.errors
  io.write(string.format(
    "jobs=%d seconds=%.2f jobs_per_second=%.0f calls=%d call_p50_ms=%.2f call_p99_ms=%.2f empty=%d refused=%d errors=%d\n",
    total, summary.duration / 1e6, total / (summary.duration / 1e6), summary.requests,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, none, bad,
    errors.connect + errors.read + errors.write + errors.timeout))
end

return queue
