from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from smartsandbox.demo.people import originals
from smartsandbox.demo.recording import RecordedDemo, record


class _Counted:
    """A Track that counts what passes."""

    def __init__(self) -> None:
        self.seen = 0

    def __call__(self, items: Iterable[Any], label: str, total: int | None = None) -> Iterable[Any]:
        for item in items:
            self.seen += 1
            yield item


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[RecordedDemo, _Counted, list[Any]]:
    from mitmproxy.io import FlowReader

    track = _Counted()
    demo = record(1, 7, tmp_path_factory.mktemp("demo"), 150, track)
    with demo.flow_file.open("rb") as file:
        return demo, track, list(FlowReader(file).stream())


@pytest.mark.slow
def test_every_request_sent_is_a_flow_with_real_times(recorded: tuple[RecordedDemo, _Counted, list[Any]]) -> None:
    demo, track, flows = recorded
    assert len(flows) == demo.count
    assert track.seen == 150
    assert all(flow.error or flow.response.timestamp_end > flow.request.timestamp_start > 1.7e9 for flow in flows)


@pytest.mark.slow
def test_the_recording_is_of_the_service_by_its_name_with_many_customers(
    recorded: tuple[RecordedDemo, _Counted, list[Any]],
) -> None:
    _, _, flows = recorded
    assert {flow.request.pretty_host for flow in flows} == {"api.harbourpay.test"}
    assert 10 <= len({flow.client_conn.id for flow in flows}) < len(flows) / 4


@pytest.mark.slow
def test_the_recording_holds_personal_data_in_plain_sight(recorded: tuple[RecordedDemo, _Counted, list[Any]]) -> None:
    demo, _, flows = recorded
    text = b"\n".join(flow.request.raw_content or b"" for flow in flows).decode()
    for kind in ("name", "email", "iban", "card_number", "password"):
        assert any(value in text for value in originals(demo.people)[kind]), kind


@pytest.mark.slow
def test_nothing_but_the_recording_is_left_in_the_folder(recorded: tuple[RecordedDemo, _Counted, list[Any]]) -> None:
    demo, _, _ = recorded
    assert [path.name for path in demo.flow_file.parent.iterdir()] == ["harbourpay.mitm"]
