"""What must hold before anything leaves a stage, as findings: one line each, none where the gate is open.

The asset checks show these, and the step that publishes asks again, so a check that was never run stops it as well.
Findings name places and counts, never captured values.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from smartsandbox.packs.errors import SandboxError
from smartsandbox.pipelines.source_values import SINGLE_NAMES, SourceValue

if TYPE_CHECKING:
    from smartsandbox.packs.trace import Trace
    from smartsandbox.replay_engine.self_replay import SelfReplay

MADE_WITH_TEST_KEY = "it says `anonymised: false`: it was made with a test key, and can be made again"
MOST_DISTANT = 0.5
"""A synthetic column further than this from the anonymised one (0 is equal, 1 nothing in common) is worth a look."""

Gate = Callable[[Path], Iterator[str]]


def findings(gate: Gate, folder: Path) -> list[str]:
    """All findings of a gate. What makes the folder unreadable is a finding too, so that no gate opens by accident."""
    found: list[str] = []
    try:
        found.extend(gate(folder))
    except (SandboxError, OSError, ValueError) as error:
        found.append(str(error) if isinstance(error, SandboxError) else f"unreadable ({type(error).__name__})")
    return found


def ledger_gate(folder: Path) -> Iterator[str]:
    """A raw trace: every exchange seen was kept or dropped with a reason, and the rows are those that were counted."""
    from smartsandbox.packs.trace import Trace

    trace = Trace.open(folder)
    yield from _unbalanced(trace)
    if trace.recomputed_digest() != trace.digest:
        yield "the rows do not have the digest that trace.json names"


def _unbalanced(trace: "Trace") -> Iterator[str]:
    ledger = trace.ledger
    dropped = sum(ledger["dropped"].values())
    if ledger["seen"] != ledger["kept"] + dropped:
        yield f"{ledger['seen']} were seen, but {ledger['kept']} kept and {dropped} dropped"
    if ledger["kept"] != trace.count:
        yield f"{ledger['kept']} were kept, but the trace holds {trace.count}"
    if trace.count == 0:
        yield "no exchange was kept"


def privacy_gate(folder: Path) -> Iterator[str]:
    """An anonymised trace: its certificate passed, fits its rows, and was not made with a test key."""
    from smartsandbox.packs.certificate import SafeTrace

    certificate = SafeTrace.open(folder).certificate
    if not certificate.anonymised:
        yield MADE_WITH_TEST_KEY


def pack_gate(folder: Path) -> Iterator[str]:
    """A pack: its certificate and files hold, and every digest and match key comes out the same from its rows."""
    from smartsandbox.packs.pack import Pack

    pack = Pack.open(folder)
    yield from pack.verify()
    if not pack.manifest.anonymised:
        yield MADE_WITH_TEST_KEY


def fixture_gate(folder: Path) -> Iterator[str]:
    """A fixture set: its certificate and files hold, and every digest comes out the same from its rows."""
    from smartsandbox.fixtures.fixture_set import FixtureSet

    opened = FixtureSet.open(folder)
    yield from opened.verify()
    if not opened.manifest.anonymised:
        yield MADE_WITH_TEST_KEY


def fidelity_gate(folder: Path) -> Iterator[str]:
    """A fixture set: no synthetic column is far from the anonymised one it was modelled on."""
    from smartsandbox.fixtures.manifest import FixtureManifest

    for item in FixtureManifest.read(folder).quality["distances"]:
        if item["distance"] > MOST_DISTANT:
            yield f"{item['table']}.{item['column']}: {item['metric']} {item['distance']}, over {MOST_DISTANT}"


def replay_gate(folder: Path) -> Iterator[str]:
    """A pack: served and driven against itself, every answer is the recorded one."""
    from smartsandbox.packs.pack import Pack
    from smartsandbox.replay_engine.self_replay import self_replay

    yield from replay_findings(self_replay(Pack.open(folder)))


def replay_findings(replay: "SelfReplay") -> Iterator[str]:
    """What a self-replay found, in counts and in the pack's own exchange ids; nothing where every answer matched."""
    if not replay.passed:
        kinds = ", ".join(f"{kind} {count}" for kind, count in replay.differs.items()) or "never attempted"
        yield f"{replay.matches} of {replay.exchanges} exchanges came back as recorded; what differs: {kinds}"
        yield f"exchanges to look at first: {', '.join(replay.examples)}"


def leak_gate(folder: Path, values: Iterable[SourceValue]) -> Iterator[str]:
    """Anything to be published: none of these values stands in its files, in any of ten encodings."""
    from smartsandbox.anonymize.leaks.files import scan_files

    yield from scan_files(sorted(folder.iterdir()), [one.value for one in values])


def synthetic_leak_gate(folder: Path, values: Iterable[SourceValue]) -> Iterator[str]:
    """The same for synthetic rows, where a first or a last name alone may be equal by chance; full names may not."""
    yield from leak_gate(folder, [one for one in values if one.kind not in SINGLE_NAMES])
