"""Hot reload: another version of the pack is opened and checked aside, and takes over between two requests.

What is on its way finishes as it was decided; no connection is closed. Sessions begin anew, since their steps are steps
in the pack that is left; what was set for the whole server stays. A version that does not hold changes nothing, which
is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from smartsandbox.packs.errors import SandboxError
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.responder import Responder

Load = Callable[[], Pack]
"""Opens the version that is to be served now. Where it looks was settled when the server started."""
Seen = Callable[[], object]
"""Says cheaply which version `Load` would open: equal for equal ones."""
Install = Callable[[Pack, Responder], None]
Tell = Callable[[str], None]


class Reloader:
    """Reloads one server's pack, one at a time, on its event loop."""

    def __init__(self, pack: Pack, load: Load, options: ServeOptions, install: Install, tell: Tell) -> None:
        self._pack, self._load, self._options, self._install, self._tell = pack, load, options, install, tell
        self._task: asyncio.Task[None] | None = None
        self._again = False
        self._done = self._refused = 0
        self._last = ""

    def ask(self) -> None:
        """Reload soon. Asked while one is under way, it is done once more after that."""
        if self._task is not None and not self._task.done():
            self._again = True
            return
        self._task = asyncio.get_running_loop().create_task(self._run())

    def facts(self) -> dict[str, Any]:
        """How it went so far, as JSON."""
        busy = self._task is not None and not self._task.done()
        return {"reloading": busy, "reloaded": self._done, "refused": self._refused, "last": self._last}

    async def _run(self) -> None:
        self._again = True
        while self._again:
            self._again = False
            self._say(await self._once())

    async def _once(self) -> str:
        """What came of one attempt, in words."""
        loop, serving = asyncio.get_running_loop(), f"{self._pack.manifest.name}@{self._pack.manifest.version}"
        try:
            pack = await loop.run_in_executor(None, self._load)
            if pack.manifest.digest == self._pack.manifest.digest:
                return f"{serving} is the newest already"
            responder = await loop.run_in_executor(None, Responder, pack, self._options)
        except (SandboxError, OSError, ValueError) as error:
            self._refused += 1
            reason = str(error) if isinstance(error, SandboxError) else type(error).__name__
            return f"reload refused, {serving} serves on: {reason}"
        self._pack = pack
        self._install(pack, responder)
        self._done += 1
        return f"serving {pack.manifest.name}@{pack.manifest.version} from here on, instead of {serving}"

    def _say(self, words: str) -> None:
        self._last = words
        self._tell(words)


async def watch(seen: Seen, ask: Callable[[], None], every: float = 1.0) -> None:
    """Look every so many seconds at what would be loaded, and `ask` whenever that is another thing than before."""
    loop = asyncio.get_running_loop()
    last = await loop.run_in_executor(None, _safely, seen)
    while True:
        await asyncio.sleep(every)
        now = await loop.run_in_executor(None, _safely, seen)
        if now != last:
            last = now
            ask()


def _safely(seen: Seen) -> object:
    """None where nothing can be loaded; asking then tells why."""
    try:
        return seen()
    except (SandboxError, OSError):
        return None
