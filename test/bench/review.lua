-- Posts the file named after "--" on wrk's command line; with a number behind
-- it, each connection rests for so many milliseconds before a request.
function init(args)
  local file = assert(io.open(args[1], "rb"))
  wrk.method = "POST"
  wrk.body = file:read("*a")
  wrk.headers["Content-Type"] = "application/json"
  file:close()
  local rest = tonumber(args[2])
  if rest then
    delay = function() return rest end
  end
end

-- Latencies in milliseconds, for a machine to read.
function done(summary, latency)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format(
    '\nresult {"requests":%d,"seconds":%.6f,"refused":%d,"broken":%d,' ..
    '"p50":%.4f,"p99":%.4f,"p99.9":%.4f}\n',
    summary.requests, summary.duration / 1e6, errors.status, broken,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency:percentile(99.9) / 1e3))
end
