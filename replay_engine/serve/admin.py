"""The reserved prefix `/__sandbox/`: health, counters, the journal, explanations and sessions. No pack
answers there.
"""

from __future__ import annotations

from collections.abc import Callable

import orjson

from smartsandbox.packs.manifest import Manifest
from smartsandbox.replay_engine.explain.asking import described_from
from smartsandbox.replay_engine.matching.bindings import Bindings
from smartsandbox.replay_engine.serve.admin_clock import clock_routes
from smartsandbox.replay_engine.serve.admin_events import event_routes
from smartsandbox.replay_engine.serve.admin_faults import fault_routes
from smartsandbox.replay_engine.serve.admin_sessions import session_routes
from smartsandbox.replay_engine.serve.answer import Answer, json_answer, problem
from smartsandbox.replay_engine.serve.reload import Reloader
from smartsandbox.replay_engine.serve.request import LiveRequest
from smartsandbox.replay_engine.serve.responder import Responder

PREFIX = b"/__sandbox/"
_RECENT = 1000


class Admin:
    """Answers requests under PREFIX."""

    def __init__(
        self,
        manifest: Manifest,
        responder: Responder,
        connections: Callable[[], int],
        reloader: Reloader | None = None,
    ) -> None:
        self._manifest, self._responder, self._connections, self._reloader = manifest, responder, connections, reloader
        self._routes: dict[tuple[str, str], Callable[[LiveRequest], Answer]] = {
            ("GET", "health"): self._health,
            ("GET", "stats"): self._stats,
            ("GET", "journal"): self._journal,
            ("POST", "explain"): self._explain,
            ("POST", "reload"): self._reload,
            **session_routes(responder.sessions, responder.steps.settle),
            **fault_routes(responder),
            **clock_routes(responder),
            **event_routes(responder),
        }

    def answer(self, request: LiveRequest) -> Answer:
        """404 or 405 as a problem where there is no such route."""
        name = request.path_and_query()[0].removeprefix(PREFIX.decode())
        route = self._routes.get((request.method, name))
        if route is not None:
            return route(request)
        methods = [method for method, known in self._routes if known == name]
        if methods:
            return problem(405, "Wrong method", f"/__sandbox/{name} takes {methods[0]}")
        names = ", ".join(sorted(known for _, known in self._routes))
        return problem(404, "No such route", f"/__sandbox/ has: {names}")

    def _health(self, _: LiveRequest) -> Answer:
        manifest = self._manifest
        pack = {"name": manifest.name, "version": manifest.version, "digest": manifest.digest}
        reload = {"reload": self._reloader.facts()} if self._reloader else {}
        health = {"status": "ok", "pack": pack, "test_only": True, "anonymised": manifest.anonymised, **reload}
        return json_answer(health)

    def _stats(self, _: LiveRequest) -> Answer:
        sessions = self._responder.sessions
        counts = self._responder.journal.counts()
        state = {"sessions": len(sessions), "sessions_evicted": sessions.evicted}
        return json_answer({**counts, **state, "connections": self._connections(), **self._responder.facts()})

    def _journal(self, _: LiveRequest) -> Answer:
        return json_answer(self._responder.journal.recent(_RECENT))

    def _reload(self, _: LiveRequest) -> Answer:
        """Begin; health tells how it went. What is loaded was settled when the server started."""
        if self._reloader is None:
            return problem(409, "Cannot reload", "this server was given an opened pack, not the name of one")
        self._reloader.ask()
        return json_answer({"reloading": True}, 202)

    def _explain(self, request: LiveRequest) -> Answer:
        try:
            described = described_from(orjson.loads(request.body))
        except (ValueError, TypeError, AttributeError) as error:
            reason = "the body is not JSON" if isinstance(error, orjson.JSONDecodeError) else str(error)
            return problem(400, "Not a request", f'{reason}; send {{"method": "GET", "path": "/...", ...}}')
        responder = self._responder
        seeker = responder.lookup.seeker(Bindings(), *described.names())
        return json_answer(responder.explainer.explain(described.asked(responder.matching), seeker).to_json())
