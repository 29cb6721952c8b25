-- What wrk asks in bench/http: KIND of request, by turns over CASES names, at RATE a second in all,
-- with TOKEN. One thread. Prints one line of JSON.
--
-- Each request has its moment, and is sent then if a connection is free; wrk itself counts in what
-- would have waited behind a slow response.
local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds; long nanoseconds; } moment;
  int clock_gettime(int clock, moment *out);
]]
local kind, cases, rate = os.getenv("KIND"), tonumber(os.getenv("CASES")), tonumber(os.getenv("RATE"))
local monotonic, moment, due = 1, ffi.new("moment"), nil

local function now_ms()
  ffi.C.clock_gettime(monotonic, moment)
  return tonumber(moment.seconds) * 1000 + tonumber(moment.nanoseconds) / 1e6
end

if rate then
  function delay()
    local now = now_ms()
    due = (due or now) + 1000 / rate
    return math.max(0, math.floor(due - now))
  end
end

math.randomseed(7)
local function name(every)
  return string.format("c%07d.test.", math.random(0, cases / every - 1) * every)
end

local paths = {
  fixed = function() return "/healthz" end,
  page = function() return "/domain/" .. name(1) end,
  picture = function() return "/domain/" .. name(10) end,  -- all of these have evidence
  object = function() return "/api/v1/domains/" .. name(1) end,
  case = function() return "/api/v1/cases/" .. name(1) end,
  list = function()
    local filter = math.random(0, 1) == 0 and "outcome=refuse&finding=servers-differ"
      or string.format("operator=op%d.net.", math.random(0, 4999))
    return "/api/v1/cases?limit=50&" .. filter .. "&after=" .. name(1)
  end,
}

wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")
request = function() return wrk.format("GET", paths[kind]()) end

done = function(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"requests": %d, "seconds": %.3f, "p50_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f, "failed": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, latency.max / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
