-- wrk: requests drawn uniformly from the stubs. Environment: N (accounts), POSTS (transfers), MODE (get or post), SEED.
-- At most DRAWS requests are made ready, whatever N is, so that the client costs the same for every size of pack.
local DRAWS = 200000
local requests = {}

function init(args)
  math.randomseed(tonumber(os.getenv("SEED")))
  local n, posts = tonumber(os.getenv("N")), tonumber(os.getenv("POSTS"))
  if os.getenv("MODE") == "post" then
    for j = 0, posts - 1 do
      requests[j + 1] = wrk.format("POST", "/v1/transfers", {["Content-Type"] = "application/json"},
        '{"account":"acct_' .. j .. '","amount":' .. (100 + j) .. ',"currency":"eur"}')
    end
  else
    for j = 1, math.min(DRAWS, n) do
      local i = n <= DRAWS and j - 1 or math.random(0, n - 1)
      requests[j] = wrk.format("GET", "/v1/accounts/acct_" .. i)
    end
  end
end

function request()
  return requests[math.random(#requests)]
end

function done(summary, latency, requests)
  io.write(string.format('\nJSON{"requests":%d,"us":%d,"p50_us":%d,"p99_us":%d,"failed":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
