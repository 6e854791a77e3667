"""Shipped helper for tests: a tiny live API that hands out fresh values and refuses those that it did not hand out.

It is what a recording is driven at in earnest: the token, cookie, cursors, ids and validators of one seed mean nothing
to an instance with another. `record` is a client's journey through it, as exchanges.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from smartsandbox.packs.model import Exchange, Headers, Request, Response
from smartsandbox.packs.testing import JSON, a_request, an_exchange

Extra = Callable[["Live"], Mapping[str, Any]]
PAGES = 3


@dataclass
class Live:
    """One instance. `extra` adds fields to each JSON answer, such as volatile ones."""

    seed: str
    extra: Extra = lambda live: {}
    issued: int = 0
    tokens: set[str] = field(default_factory=set)
    cookies: set[str] = field(default_factory=set)
    cursors: dict[str, int] = field(default_factory=dict)
    items: list[str] = field(default_factory=list)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    payments: dict[int, str] = field(default_factory=dict)
    seen: list[tuple[str, int]] = field(default_factory=list)
    """Each request line and the status of its answer."""

    def fresh(self, prefix: str) -> str:
        """A value that nobody had before."""
        self.issued += 1
        return prefix + blake2b(f"{self.seed}/{self.issued}".encode(), digest_size=8).hexdigest()

    def answer(self, request: Request) -> Response:
        """The answer to a request."""
        found = self._answer(request, {name.lower(): value for name, value in request.headers})
        self.seen.append((f"{request.method} {request.target}", found.status))
        return found

    def _answer(self, request: Request, headers: Mapping[str, str]) -> Response:
        parts = request.path.strip("/").split("/")
        if (request.method, request.path) == ("POST", "/login"):
            return self._login()
        if headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return self._json(401, {"error": "token"})
        if headers.get("cookie", "").partition("sid=")[2] not in self.cookies:
            return self._json(401, {"error": "cookie"})
        if parts[0] == "items":
            return self._page(parse_qs(request.query).get("after", [""])[0])
        if parts[0] == "orders":
            return self._order(request, headers, parts[1] if len(parts) > 1 else "")
        return self._payment(request, parts)

    def _login(self) -> Response:
        token, cookie = self.fresh("tok_"), self.fresh("")
        self.tokens.add(token)
        self.cookies.add(cookie)
        return self._json(200, {"access_token": token}, (("Set-Cookie", f"sid={cookie}; Path=/; HttpOnly"),))

    def _page(self, after: str) -> Response:
        if after and after not in self.cursors:
            return self._json(400, {"error": "cursor"})
        number = self.cursors[after] if after else 0
        items = [{"id": self.fresh("item_"), "rank": 2 * number + at} for at in range(2)]
        self.items += [str(item["id"]) for item in items]
        following = self.fresh("") if number + 1 < PAGES else None
        if following:
            self.cursors[following] = number + 1
        return self._json(200, {"data": items, "next": f"/items?after={following}" if following else None})

    def _order(self, request: Request, headers: Mapping[str, str], name: str) -> Response:
        if request.method == "POST":
            item = json.loads(request.body)["lines"][0]["item"]
            if item not in self.items:
                return self._json(422, {"error": "item"})
            name = self.fresh("ord_")
            self.orders[name] = {"id": name, "lines": [{"item": item}], "etag": self.fresh('"') + '"', "note": ""}
            return self._shown(201, name, (("Location", f"/orders/{name}"),))
        if name not in self.orders:
            return self._json(404, {"error": "order"})
        order = self.orders[name]
        if headers.get("if-none-match") == order["etag"]:
            return Response(304, "Not Modified", (("ETag", order["etag"]),))
        if request.method == "PATCH":
            if headers.get("if-match") != order["etag"]:
                return self._json(412, {"error": "etag"})
            order.update(json.loads(request.body), etag=self.fresh('"') + '"')
        return self._shown(200, name)

    def _shown(self, status: int, name: str, headers: Headers = ()) -> Response:
        order = self.orders[name]
        shown = {key: value for key, value in order.items() if key != "etag"}
        return self._json(status, {**shown, "self": f"/orders/{name}"}, (*headers, ("ETag", order["etag"])))

    def _payment(self, request: Request, parts: list[str]) -> Response:
        if request.method == "POST":
            order = parse_qs(request.body.decode())["order"][0]
            if order not in self.orders:
                return self._json(422, {"error": "order"})
            number = int(self.fresh("")[:6], 16)
            self.payments[number] = order
            return self._json(201, {"id": number, "order": order})
        number = int(parts[1])
        if number not in self.payments:
            return self._json(404, {"error": "payment"})
        return self._json(200, {"id": number, "order": self.payments[number]})

    def _json(self, status: int, value: dict[str, Any], headers: Headers = ()) -> Response:
        return Response(status, "OK", (*headers, *JSON), json.dumps({**value, **self.extra(self)}).encode())


def record(live: Live, session: str = "s1", start_us: int = 0) -> list[Exchange]:
    """A client's journey through a live API: log in, three pages, an order and its changes, a payment."""
    made: list[Exchange] = []
    client: Headers = ()

    def call(method: str, target: str, headers: Headers = (), **given: Any) -> Any:
        request = a_request(method, target, headers=(*client, *headers), **given)
        response = live.answer(request)
        name, at = f"{session}-{len(made):02d}", start_us + len(made) * 3000
        made.append(an_exchange(name, request, response, at_us=at, session=session))
        return dict(response.headers), json.loads(response.body or b"{}")

    headers, body = call("POST", "/login", json={"user": "ann"})
    cookie = headers["Set-Cookie"].partition(";")[0]
    client = (("Authorization", f"Bearer {body['access_token']}"), ("Cookie", f"lang=en; {cookie}"))
    page = call("GET", "/items")[1]
    while page["next"]:
        page = call("GET", page["next"])[1]
    headers, order = call("POST", "/orders", json={"lines": [{"item": page["data"][1]["id"]}], "price": 1.50})
    call("GET", headers["Location"])
    headers, _ = call("PATCH", f"/orders/{order['id']}", (("If-Match", headers["ETag"]),), json={"note": "gift"})
    call("GET", f"/orders/{order['id']}", (("If-None-Match", headers["ETag"]),))
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    paid = call("POST", "/payments", form, body=f"order={order['id']}&how=card".encode())[1]
    call("GET", f"/payments/{paid['id']}")
    return made


@contextmanager
def running(live: Live) -> Iterator[str]:
    """Serve it on a free loopback port in a thread of its own, until the block ends; gives its URL."""
    started, ends = Event(), dict[str, Any]()

    async def serve() -> None:
        ends["loop"], ends["stop"] = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(lambda reader, writer: _talk(live, reader, writer), "127.0.0.1", 0)
        ends["port"] = server.sockets[0].getsockname()[1]
        started.set()
        await ends["stop"].wait()
        server.close()

    thread = Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    if not started.wait(30):
        raise RuntimeError("the live API did not start")
    try:
        yield f"http://127.0.0.1:{ends['port']}"
    finally:
        ends["loop"].call_soon_threadsafe(ends["stop"].set)
        thread.join(30)


async def _talk(live: Live, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, _ = head[0].split(" ")
            headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in head[1:-2]))
            size = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
            url = urlsplit(target)
            body = await reader.readexactly(size)
            answer = live.answer(Request(method, "http", "", url.path, url.query, headers, body))
            writer.write(_wire(answer))
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
        writer.close()  # cancelled only at the very end; a cancelled task would be reported as lost


def _wire(answer: Response) -> bytes:
    length = () if answer.status == 304 else (("Content-Length", str(len(answer.body))),)
    lines = "".join(f"{name}: {value}\r\n" for name, value in (*answer.headers, *length))
    return f"HTTP/1.1 {answer.status} OK\r\n{lines}\r\n".encode("latin-1") + answer.body
