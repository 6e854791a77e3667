"""The control group: half of the people are published, the other half are asked about as strangers; then they swap.

Every person of a real run is in the publication, so nobody is left who could serve as control. A half stands for the
run: groups of quasi-identifiers are made again from the half alone, because a group that a stranger helped to form
would tell about the stranger. Sessions are not grouped. They are published whole, so that a session hides among as many
as it does in truth, and each stranger's own one is looked over when the stranger is looked for (see `reidentify`).

That is done only if the same procedure, given everybody, gives what was published. If it does not, the published
values themselves are attacked, and the attack is at least as strong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.attacks.base import Sample
from smartsandbox.anonymize.attacks.extract import Extract, Rows
from smartsandbox.anonymize.attacks.people import People
from smartsandbox.anonymize.attacks.sessions import Session

Regroup = Callable[[Mapping[str, Mapping[str, str]]], Mapping[str, Mapping[str, str]]]
"""From quasi-identifiers by person to published ones by person: the publication's own procedure."""

NAMED = "half of the people, published alone"
AS_PUBLISHED = "half of the people, published values as they stand"


@dataclass(frozen=True, slots=True)
class Fold:
    """One way round: `original` are in the publication, `control` are not."""

    original: Sample
    published: Sample
    control: Sample


@dataclass(frozen=True, slots=True)
class Split:
    """Both ways round, and how the control was made."""

    folds: tuple[Fold, ...]
    method: str


def split(found: Extract, regroup: Regroup, names: frozenset[str], rng: np.random.Generator) -> Split:
    """Two folds with the halves drawn at random. `names` are the quasi-identifiers, which `regroup` publishes."""
    everybody = np.arange(len(found.raw))
    again = regrouped(found, regroup, names, everybody)
    faithful = all(one == other for one, other in zip(again, found.published, strict=True))
    people = _halves(len(found.raw), rng)
    keys = sorted({session.key for session in found.raw_sessions})
    dealt = [frozenset(keys[at] for at in half) for half in _halves(len(keys), rng)]
    folds = []
    for inside, outside in ((0, 1), (1, 0)):
        rows = regrouped(found, regroup, names, people[inside]) if faithful else found.published
        raw, shown = found.tables(rows)
        folds.append(_fold(found, (raw, shown), (people[inside], people[outside]), (dealt[inside], dealt[outside])))
    return Split(tuple(folds), NAMED if faithful else AS_PUBLISHED)


def _fold(
    found: Extract,
    tables: tuple[People, People],
    people: tuple[NDArray[np.int64], NDArray[np.int64]],
    keys: tuple[frozenset[str], frozenset[str]],
) -> Fold:
    raw, shown = tables
    return Fold(
        original=Sample(raw.take(people[0]), tuple(_within(found.raw_sessions, keys[0]))),
        published=Sample(
            shown.take(people[0]),
            found.published_sessions,
            found.again_sessions,
        ),
        control=Sample(raw.take(people[1]), tuple(_within(found.raw_sessions, keys[1]))),
    )


def _halves(count: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    dealt = rng.permutation(count)
    return np.sort(dealt[: count // 2]), np.sort(dealt[count // 2 :])


def _within(sessions: tuple[Session, ...], keys: frozenset[str]) -> Iterator[Session]:
    return (session for session in sessions if session.key in keys)


def regrouped(found: Extract, regroup: Regroup, names: frozenset[str], people: NDArray[np.int64]) -> Rows:
    """The published rows with the quasi-identifiers of `people` as the procedure publishes them alone."""
    width = len(str(len(found.raw)))
    asked = {
        str(at).zfill(width): {name: value for name, value in found.raw[at].items() if name in names} for at in people
    }
    made = regroup({person: row for person, row in asked.items() if row}) if names else {}
    rows = [dict(row) for row in found.published]
    for person, values in made.items():
        rows[int(person)].update(values)
    return tuple(rows)
