-- Every thread has one connection and some of the people, who ask in turn.
local cookies = {}
for line in io.lines(os.getenv("LOAD_COOKIES")) do cookies[#cookies + 1] = line end
local threads = tonumber(os.getenv("LOAD_THREADS"))
local started = 0

function setup(thread)
   started = started + 1
   thread:set("first", started)
end

function init(args)
   mine, turn = {}, 0
   for n = first, #cookies, threads do mine[#mine + 1] = "sreda=" .. cookies[n] end
end

function request()
   turn = turn % #mine + 1
   return wrk.format("GET", nil, { ["Cookie"] = mine[turn], ["Accept-Language"] = "ru" })
end

function done(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format(
      "RESULT %.1f %.3f %.3f %d\n",
      summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3,
      latency:percentile(99) / 1e3,
      errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
