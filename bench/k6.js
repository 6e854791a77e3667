// k6: requests from the arrival-rate executor, which is its open loop. Environment: RATE, SECONDS, URL.
import http from 'k6/http';

export const options = {
  discardResponseBodies: true,
  scenarios: {
    arrivals: {
      executor: 'constant-arrival-rate',
      rate: Number(__ENV.RATE),
      timeUnit: '1s',
      duration: `${__ENV.SECONDS}s`,
      preAllocatedVUs: 64,
      maxVUs: 256,
    },
  },
};

export default function () {
  const entry = Math.floor(Math.random() * 1000);
  http.get(`${__ENV.URL}/v1/accounts/acct_demo0001/entries/${entry}`, { tags: { name: 'entry' } });
}
