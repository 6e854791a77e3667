from __future__ import annotations

from smartsandbox.packs.capture.report import MAX_LINES, NAMED, Report


def test_a_dropped_entry_is_counted_by_reason_and_listed_with_its_place() -> None:
    report = Report(place="a.har")
    report.drop(3, "the request is missing", "TypeError")
    assert report.ledger.dropped == {"the request is missing": 1}
    assert report.listing() == ["a.har entry 3: the request is missing (TypeError)"]


def test_an_unreadable_file_stands_in_the_ledger() -> None:
    report = Report(place="a.har")
    report.drop_file("the file is empty")
    assert report.ledger.unreadable_files == {"a.har": "the file is empty"}
    assert report.listing() == ["a.har: the file is empty"]


def test_the_lines_are_bounded_and_say_how_many_more_there_were() -> None:
    report = Report(place="a.har")
    for entry in range(MAX_LINES + 7):
        report.drop(entry, "bad")
    assert len(report.lines) == MAX_LINES
    assert report.listing()[-1] == "and 7 more like these"
    assert report.ledger.seen == MAX_LINES + 7


def test_files_that_are_no_captures_share_one_line_that_names_the_first() -> None:
    report = Report()
    for number in range(NAMED + 3):
        report.place = f"{number}.md"
        report.pass_over()
    names = ", ".join(f"{number}.md" for number in range(NAMED))
    assert report.listing() == [f"{NAMED + 3} files are not themselves captures: {names} and 3 more"]
