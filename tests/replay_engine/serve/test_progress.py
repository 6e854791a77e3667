"""Slow readers and those that do not read."""

from smartsandbox.replay_engine.serve.progress import Progress


def test_only_bytes_that_do_not_go_count() -> None:
    progress = Progress()
    left = [(0, 1), (0, 9), (50, 10), (50, 12), (40, 13), (40, 20), (0, 21), (40, 22)]
    assert [progress.stalled(*now) for now in left] == [0, 0, 0, 2, 0, 7, 0, 0]
