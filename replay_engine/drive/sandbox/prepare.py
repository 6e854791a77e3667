"""From the rules of a sandbox to what they change in every request of a run: callers log in, keys stand ready."""

from __future__ import annotations

from smartsandbox.replay_engine.clock import Clock, utc_now
from smartsandbox.replay_engine.drive.dialogue import Dialogue
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.sandbox.finish import Finish
from smartsandbox.replay_engine.drive.sandbox.login import log_in
from smartsandbox.replay_engine.drive.target import Target


async def prepare(dialogue: Dialogue, options: DriveOptions, target: Target, clock: Clock) -> None:
    """Log every caller in and set the dialogue's finish. Raises NotReadyError if the target lets one not in."""
    rules = options.rules
    if not (rules.signers or rules.logins or rules.fresh):
        return
    tokens = []
    for login in rules.logins:
        callers = dialogue.callers(login.into)
        tokens.append((login.into, await log_in(login, callers, target, clock, options.timeout)))
    dialogue.finish = Finish(tokens, rules.signers, lambda: utc_now().timestamp(), rules.fresh, options.run)
