"""From the rules of a sandbox to what they change in every request of a run: callers log in, keys stand ready."""

from __future__ import annotations

from smartsandbox.replay_engine.clock import Clock, utc_now
from smartsandbox.replay_engine.drive.dialogue import Dialogue
from smartsandbox.replay_engine.drive.rules_file import SandboxRules
from smartsandbox.replay_engine.drive.sandbox.finish import Finish
from smartsandbox.replay_engine.drive.sandbox.login import log_in
from smartsandbox.replay_engine.drive.target import Target


async def prepare(dialogue: Dialogue, rules: SandboxRules, target: Target, clock: Clock, timeout: float) -> None:
    """Log every caller in and set the dialogue's finish. Raises NotReadyError if the target lets one not in."""
    if not rules.signers and not rules.logins:
        return
    tokens = []
    for login in rules.logins:
        callers = dialogue.callers(login.into)
        tokens.append((login.into, await log_in(login, callers, target, clock, timeout)))
    dialogue.finish = Finish(tokens, rules.signers, lambda: utc_now().timestamp())
