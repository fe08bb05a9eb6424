-- A session a connection: every thread has one connection and one cookie.
local cookies = {}
for line in io.lines(os.getenv("LOAD_COOKIES")) do cookies[#cookies + 1] = line end
local next_thread = 0

function setup(thread)
   next_thread = next_thread + 1
   thread:set("cookie", cookies[(next_thread - 1) % #cookies + 1])
end

function request()
   local headers = { ["Cookie"] = "sreda=" .. cookie, ["Accept-Language"] = "ru" }
   return wrk.format("GET", nil, headers)
end

function done(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format(
      "RESULT %.1f %.3f %.3f %d\n",
      summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3,
      latency:percentile(99) / 1e3,
      errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
