"""What the policy let through: no value that identifies by its form may stand in the output, whatever was decided.

The search is in `form_search`. A finding names the leaf whose decision is to be changed.
"""

from __future__ import annotations

from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.checks.form_search import TOKENS, FormSearch, Found
from smartsandbox.anonymize.forms import FORMS
from smartsandbox.anonymize.policy import Policy
from smartsandbox.packs.certificate import Verdict


def kept_identifiers(evidence: Evidence) -> Verdict:
    """Passes if no valid card, account, address, number, token or secret stands in the output but our own."""
    walked = evidence.walk.walked
    search = walked.search
    findings = [*_findings(search, walked.unmatched, evidence.policy)]
    hits = sum(count for _, count in findings)
    return Verdict(
        check="identifying forms",
        criterion="singling out",
        passed=not findings,
        summary=f"{hits} values identify by their form alone" if hits else "no value identifies by its form alone",
        bounds={"hits": 0, "forms": [*(form.name for form in FORMS), TOKENS]},
        metrics={"values": search.leaves, "hits": hits},
        findings=tuple(line for line, _ in findings),
    )


def _findings(search: FormSearch, unmatched: int, policy: Policy) -> list[tuple[str, int]]:
    """(line, count) by leaf and form; where a number's check digit holds as rarely as by chance, the leaf holds ids."""
    chance = {form.name: form.chance for form in FORMS}
    lines = [
        (f"{address}: {len(found.valid)} {form}; it is decided as `{policy.decide(*address)}`", len(found.valid))
        for (address, form), found in sorted(search.found.items())
        if found.valid and not _is_chance(found, chance.get(form, 0.0))
    ]
    if unmatched:
        lines.append((f"{unmatched} requests are of no endpoint of the policy", unmatched))
    return lines


_ENOUGH = 5


def _is_chance(found: Found, chance: float) -> bool:
    return len(found.shaped) >= _ENOUGH and len(found.valid) < 3 * chance * len(found.shaped)
