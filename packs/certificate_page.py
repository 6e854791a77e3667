"""The certificate as one HTML file that a privacy reviewer reads in two minutes: no script, no font, no network.

First what is claimed and against whom, then each test by the criterion of WP216 that it speaks to, what became of the
values, what is not covered, and who signed. Pure; the sentences are those of `claims`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from smartsandbox.packs.certificate import Certificate
from smartsandbox.packs.certificate_figures import Share, shares_figure
from smartsandbox.packs.certificate_tables import groups, listed, tests_by_criterion
from smartsandbox.packs.claims import ADVERSARY, accepted_as_test, claim_of, not_covered, waived
from smartsandbox.packs.keyring import TrustedKey

STYLE = (Path(__file__).parent / "certificate.css").read_text("utf-8")

_VALUES = ("kept", "surrogated", "generalised", "retimed", "dropped")
_STYLES = ("v1", "v2", "v3", "v4", "v5")


@dataclass(frozen=True, slots=True)
class About:
    """What a page is about: "pack", "fixture set" or "anonymised trace", its name, and digests to show, by name."""

    kind: str
    name: str
    digests: Mapping[str, str] = field(default_factory=dict)


def certificate_page(
    certificate: Certificate, about: About, signers: Sequence[TrustedKey], signature_problem: str | None = None
) -> str:
    """The page. `signers` are keys that the reader of it trusts; without any it says that nobody vouches."""
    title = f"Privacy certificate of {about.name}"
    return "\n".join(
        (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>",
            '<p class="banner" role="note">TEST ONLY: for API sandboxes, no production data</p><main>',
            f'<h1>{escape(title)}</h1><p class="sub">{escape(_kind_words(about))}</p>',
            *_claim(certificate, signers, signature_problem),
            "<h2>Against whom</h2>",
            listed(ADVERSARY),
            *_waivers(certificate),
            "<h2>Tests, by what they speak to</h2>",
            tests_by_criterion(certificate.verdicts),
            *groups(certificate.verdicts),
            *_values(certificate.ledger),
            "<h2>What is not covered</h2>",
            listed(not_covered(certificate)),
            "<h2>Who signed, and what</h2>",
            _signed(certificate, about, signers, signature_problem),
            "</main></body></html>\n",
        )
    )


def _kind_words(about: About) -> str:
    made = {"pack": "a replay pack cut from one", "fixture set": "a fixture set whose models were fitted on one"}
    return f"It speaks of one anonymised trace{f'; this is {made[about.kind]}' if about.kind in made else ''}."


def _claim(certificate: Certificate, signers: Sequence[TrustedKey], problem: str | None) -> Iterator[str]:
    claim = claim_of(certificate)
    yield _notice(claim.tone, claim.word, claim.sentence)
    if certificate.problems():
        yield listed(certificate.problems())
    if not signers:
        words = problem or "it is not signed by a key that is trusted here"
        yield _notice("bad", "Nobody vouches for it", f"{words[:1].upper()}{words[1:].rstrip('.')}.")


def _notice(tone: str, word: str, sentence: str) -> str:
    return f'<p class="claim {tone}"><strong>{escape(word)}</strong><span>{escape(sentence)}</span></p>'


def _waivers(certificate: Certificate) -> Iterator[str]:
    found = waived(certificate)
    if found:
        yield "<h2>Accepted without a result</h2>"
        yield "<p>These checks could not tell. They did not pass; the policy accepts that, for the reason given.</p>"
        yield listed(f"{verdict.check}: {verdict.waiver}" for verdict in found)
    stated = accepted_as_test(certificate)
    if stated:
        yield "<h2>Accepted for test accounts only</h2>"
        yield (
            f"<p>The policy states: <strong>{escape(certificate.test_accounts)}</strong>. These checks ask whether a "
            "person can be found. They did not hold, and are accepted because nobody real was captured, as is stated. "
            "If that is wrong, people can be found in this.</p>"
        )
        yield listed(f"{verdict.check}: {verdict.summary}" for verdict in stated)


def _values(ledger: Mapping[str, Any]) -> Iterator[str]:
    shares = _shares(ledger)
    total = sum(share.count for share in shares)
    if not total:
        return
    words = ", ".join(f"{share.name} {share.count / total:.1%}" for share in shares)
    rows = "".join(
        f'<tr><th scope="row"><svg class="swatch" viewBox="0 0 10 10" aria-hidden="true"><rect class="{share.style}" '
        f'width="10" height="10"/></svg>{escape(share.name)}</th><td class="number">{share.count:,}</td>'
        f'<td class="number">{share.count / total:.1%}</td></tr>'
        for share in shares
    )
    yield "<h2>What became of the values</h2>" + shares_figure(shares, f"Values by what became of them: {words}")
    yield f'<table class="short"><caption>Of {total:,} values in all exchanges</caption><tbody>{rows}</tbody></table>'


def _shares(ledger: Mapping[str, Any]) -> list[Share]:
    counted = {name: value for name, value in ledger.items() if isinstance(value, int) and name != "leaves"}
    names = [*(name for name in _VALUES if name in counted), *sorted(counted.keys() - set(_VALUES))]
    return [Share(name, counted[name], _STYLES[at % len(_STYLES)]) for at, name in enumerate(names)]


def _signed(certificate: Certificate, about: About, signers: Sequence[TrustedKey], problem: str | None) -> str:
    keys = [(f"signed, trusted as {one.name}", f"Ed25519 key {one.fingerprint}") for one in signers]
    digests = {
        **about.digests,
        "certificate": certificate.digest,
        "anonymised trace": certificate.content_digest,
        "policy": certificate.policy_digest,
        "run key (destroyed)": f"SHA-256 {certificate.key_commitment}",
    }
    facts = keys or [("signed", problem or "by no key that is trusted here")]
    return (
        "<dl>"
        + "".join(f"<div><dt>{escape(a)}</dt><dd>{_code(b)}</dd></div>" for a, b in (*facts, *digests.items()))
        + "</dl>"
    )


def _code(value: str) -> str:
    words, _, last = value.rpartition(" ")
    return f"{escape(words)} <code>{escape(last)}</code>" if len(last) == 64 else escape(value)
