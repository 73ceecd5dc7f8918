-- wrk's answer as one line of JSON; with PAUSE (milliseconds), each connection waits about so long before it asks again.
local pause = tonumber(os.getenv("PAUSE") or "0")
if pause > 0 then
  function delay()
    return math.random(0, 2 * pause)
  end
end
function done(summary, latency, requests)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format(
    '\n{"requests": %d, "seconds": %.6f, "bytes": %d, "failed": %d, "bad": %d, "p50": %.3f, "p99": %.3f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, failed, summary.errors.status,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
