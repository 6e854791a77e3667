"""What to tell a reviewer whose run was refused by attacks: the few lines with which it went through in rehearsal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smartsandbox.anonymize.careful import rehearsed
from smartsandbox.anonymize.checks.attacks import SEED
from smartsandbox.anonymize.leaves import to_text
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.policy_text import waiver_lines
from smartsandbox.anonymize.rehearsal import MOST_EXCHANGES
from smartsandbox.anonymize.remedies import OF_SIZES, size_line
from smartsandbox.anonymize.size_forecast import size_forecast
from smartsandbox.anonymize.suggest import Draft
from smartsandbox.packs.bounds import finds_people
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.progress import Track, silent
from smartsandbox.packs.trace import Trace

THROUGH = "# rehearsed with these lines in the policy, the run went through:"
NOTHING = (
    "# rehearsed: no classes of size, cuts or stricter decisions let it through. Capture more sessions that do the same"
    " things; or, if nobody real stands in this capture, say whose accounts these are under `test_accounts`"
)
NEAR = "# rehearsed with other draws the attacks held: they are near their bounds: decide more strictly what is blamed"


def way_through(trace: Trace, policy: Policy, verdicts: Iterable[Verdict], track: Track = silent) -> str:
    """Lines to print, "" where checks other than attacks refused the run. A large capture is not rehearsed: there the
    classes of size are forecast alone.
    """
    refused = [one for one in verdicts if not one.accepted]
    if not all(finds_people(one.check) for one in refused):
        return ""
    if trace.count > MOST_EXCHANGES:
        return _sized(trace, policy) if any(one.check == OF_SIZES for one in refused) else ""
    found = rehearsed(Draft(policy, {}), trace, track, clean=1)
    lines = [*found.costs, *found.edits, *_waivers(policy, found.policy), *_decisions(policy, found.policy)]
    if lines:
        return "\n".join((THROUGH, *lines))
    return NOTHING if found.foreseen else NEAR


def _sized(trace: Trace, policy: Policy) -> str:
    forecast = size_forecast(trace.exchanges, SEED)
    if forecast.least <= policy.sizes:
        return ""
    said = f"# forecast with this line in the policy: {forecast.outcome}, risk {forecast.risk:.3f}"
    return f"{said}\n{size_line(trace, forecast.least)}"


def _waivers(before: Policy, after: Policy) -> Iterator[str]:
    added = {check: reason for check, reason in after.waivers.items() if check not in before.waivers}
    if added:
        yield from ("waive:", *waiver_lines(added))


def _decisions(before: Policy, after: Policy) -> Iterator[str]:
    for address, decision in sorted(after.decisions.items()):
        was = before.decisions[address]
        if was != decision:
            yield f"# {address.endpoint}, {address.location} {to_text(address.pointer)}: {was} -> {decision}"
