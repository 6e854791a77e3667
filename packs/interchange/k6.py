"""A pack as a k6 script that keeps the recorded gaps; what it sends stands in a JSON file beside it.

A virtual user carries the sessions of one lane, and each request waits for its recorded offset, divided by SPEED. k6
is a closed loop inside a user: a slow target holds back the rest of its session, as it did the recorded client.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import orjson

from smartsandbox.packs.interchange.base import Exported, banner, text_file
from smartsandbox.packs.interchange.entries import Entry, as_text, for_sandbox, has_hosts, http_entries, values_by_name
from smartsandbox.packs.interchange.lanes import lanes
from smartsandbox.packs.pack import Pack

_SCRIPT = """\
// %(banner)s
// k6 run -e TARGET=http://127.0.0.1:8080 [-e SPEED=1] %(name)s
import http from 'k6/http';
import encoding from 'k6/encoding';
import exec from 'k6/execution';
import { SharedArray } from 'k6/data';
import { check, sleep } from 'k6';

const TARGET = __ENV.TARGET || 'http://127.0.0.1:8080';
const SPEED = Number(__ENV.SPEED || 1);
const lanes = new SharedArray('lanes', () => JSON.parse(open('./%(data)s')));

export const options = {
  discardResponseBodies: true,
  scenarios: {
    replay: {
      executor: 'per-vu-iterations',
      vus: %(lanes)d,
      iterations: 1,
      maxDuration: `${Math.ceil(%(seconds)s / SPEED) + 60}s`,
    },
  },
};

function body(step) {
  if (step.base64 !== undefined) return encoding.b64decode(step.base64);
  return step.body === undefined ? null : step.body;
}

export default function () {
  for (const step of lanes[exec.vu.idInTest - 1]) {
    const wait = step.at / SPEED - (Date.now() - exec.scenario.startTime) / 1000;
    if (wait > 0) sleep(wait);
    const answer = http.request(step.method, TARGET + step.target, body(step), {
      headers: step.headers,
      redirects: 0,
      tags: { name: step.endpoint },
      responseCallback: http.expectedStatuses(step.status),
    });
    check(answer, { 'status as recorded': (got) => got.status === step.status });
  }
}
"""


def write_script(pack: Pack, path: Path) -> Exported:
    """Write the script to `path` and its data beside it, with the suffix .json. A failure expects status 0."""
    data = path.with_suffix(".json")
    done, names_host = Exported((path, data)), has_hosts(pack)
    dealt = lanes(http_entries(pack, done))
    with text_file(data) as out:
        out.write("[")
        for number, lane in enumerate(dealt):
            out.write(",\n" if number else "\n")
            out.write(orjson.dumps([_step(entry, names_host) for entry in lane]).decode())
            done.written += len(lane)
        out.write("\n]\n")
    seconds = f"{pack.manifest.span_us / 1e6:.3f}"
    with text_file(path) as out:
        out.write(_SCRIPT % {"banner": banner(pack), "name": path.name, "data": data.name, "lanes": len(dealt),
                             "seconds": seconds})  # fmt: skip
    return done


def _step(entry: Entry, names_host: bool) -> dict[str, Any]:
    exchange = entry.exchange
    request, complete = exchange.request, exchange.failure is None
    lines = values_by_name(for_sandbox(entry, names_host))
    step: dict[str, Any] = {
        "at": exchange.started_us / 1e6,
        "method": request.method,
        "target": request.target,
        "headers": {name: ", ".join(values) for name, values in lines.items()},
        "endpoint": entry.endpoint,
        "status": exchange.response.status if exchange.response and complete else 0,
    }
    if request.body:
        text = as_text(request.body)
        step |= {"base64": base64.b64encode(request.body).decode()} if text is None else {"body": text}
    return step
