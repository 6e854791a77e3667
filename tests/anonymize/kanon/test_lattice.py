from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.kanon.lattice import MAX_NODES, Frontier
from smartsandbox.packs.errors import UsageError


def _search(frontier: Frontier, passing: set[tuple[int, ...]], costs: np.ndarray) -> tuple[tuple[int, ...] | None, int]:
    best, checks = None, 0
    while (node := frontier.next()) is not None:
        checks += 1
        frontier.checked(node, -1.0 if node in passing else 1.0, float(costs[node]))
        if node in passing:
            frontier.passed(node, float(costs[node]))
            if best is None or (costs[node], frontier.tie(node)) < (costs[best], frontier.tie(best)):
                best = node
    return best, checks


def test_a_chain_is_searched_in_few_steps() -> None:
    costs = np.arange(1000.0)
    best, checks = _search(Frontier([1000], costs), {(i,) for i in range(700, 1000)}, costs)
    assert best == (700,)
    assert checks <= 40


def test_a_lattice_without_a_passing_node_is_settled_by_its_top() -> None:
    costs = np.add.outer(np.arange(9.0), np.arange(9.0))
    best, checks = _search(Frontier([9, 9], costs), set(), costs)
    assert best is None
    assert checks < 81


def test_ties_go_to_the_smaller_sum_and_then_the_smaller_levels() -> None:
    costs = np.zeros((2, 2))
    assert _search(Frontier([2, 2], costs), {(0, 1), (1, 0), (1, 1)}, costs)[0] == (0, 1)


def test_a_lattice_beyond_reason_is_refused_with_what_to_do() -> None:
    with pytest.raises(UsageError, match=f"the search takes {MAX_NODES}.*Mondrian"):
        Frontier([10] * 7)


@given(
    heights=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    seeds=st.lists(st.integers(0, 255), max_size=4),
    known=st.booleans(),
)
def test_the_cheapest_node_above_any_border_is_found(heights: list[int], seeds: list[int], known: bool) -> None:
    nodes = list(product(*map(range, heights)))
    minimal = [nodes[seed % len(nodes)] for seed in seeds]
    passing = {node for node in nodes if any(all(map(int.__ge__, node, low)) for low in minimal)}
    costs = np.zeros(())
    for axis, height in enumerate(heights):
        costs = costs[..., None] + np.cumsum([(3 * level + axis) % 4 for level in range(height)])
    best, checks = _search(Frontier(heights, costs.astype(float) if known else None), passing, costs)
    wanted = min(passing, key=lambda node: (costs[node], sum(node), node), default=None)
    assert best == wanted
    assert checks <= len(nodes)
