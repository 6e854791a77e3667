"""Plays a policy through in memory: what the attacks would find in the release of a small capture. Nothing is written.

The key is no secret, so a rehearsal of the same capture and policy finds the same each time; what it makes is thrown
away with it.
"""

from __future__ import annotations

from hashlib import sha256

from smartsandbox.anonymize.apply import prepare
from smartsandbox.anonymize.checks.attacks import AttackEvidence, attack_verdicts
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.timeline.second import second_start
from smartsandbox.anonymize.transform import Transformer
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.progress import Track, silent
from smartsandbox.packs.trace import Trace

MOST_EXCHANGES = 3_000
"""A larger capture is not rehearsed: it would have to be held in memory, and it gives people others to hide among."""


def rehearse(trace: Trace, policy: Policy, turn: int = 0, track: Track = silent) -> tuple[Verdict, ...]:
    """The verdicts of the attacks. Another `turn` draws everything anew. Raises as `prepare` does."""
    key = RunKey(sha256(f"rehearsal {turn}".encode()).digest(), is_test=True)
    settled, _ = prepare(trace, policy, key)
    words = f"rehearsing the draft, round {turn + 1}"
    try:
        transformer = Transformer(settled)
        made = list(transformer.run(settled.spared.of(track(trace.exchanges(), words, trace.count))))
        again = second_start(settled.found.course, settled.times.course, policy.k, key)
        speaker = settled.found.subjects.speaker_of
        return attack_verdicts(
            AttackEvidence(policy, trace.exchanges, lambda: made, settled.published_id, again, speaker)
        )
    finally:
        settled.found.close()
