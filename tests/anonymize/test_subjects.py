from smartsandbox.anonymize.spilled import Scratch
from smartsandbox.anonymize.subjects import SubjectCollector, group_sizes

BODY = "response.body"


def test_the_nearest_enclosing_object_names_the_person() -> None:
    people = SubjectCollector()
    for person, city in (("cus_1", "Oslo"), ("cus_2", "Bergen")):
        scope = (1, int(person[-1]) + 1)
        people.subject(BODY, scope, person)
        people.attribute("city", (*scope, 9), city)
    people.close("s_1", "ex_1")
    table = people.table()
    assert table.rows == {"=cus_1": {"city": "Oslo"}, "=cus_2": {"city": "Bergen"}}
    assert table.owners.of("ex_1") == ["=cus_1", "=cus_2"]


def test_rows_of_one_person_are_joined_over_exchanges() -> None:
    people = SubjectCollector()
    people.subject("path", (1,), "cus_1")
    people.attribute("city", (2,), "Oslo")
    people.close("s_1", "ex_1")
    people.subject(BODY, (1,), "CUS_1")
    people.attribute("birth_date", (1,), "1980-01-01")
    people.close("s_2", "ex_2")
    assert people.table().rows == {"=cus_1": {"city": "Oslo", "birth_date": "1980-01-01"}}


def test_two_identifiers_in_one_object_are_one_person() -> None:
    people = SubjectCollector()
    people.subject(BODY, (1,), "cus_1")
    people.subject(BODY, (1,), "ann@x.test")
    people.close("s_1", "ex_1")
    people.subject(BODY, (1,), "ann@x.test")
    people.attribute("city", (1,), "Oslo")
    people.close("s_2", "ex_2")
    table = people.table()
    assert table.population == 1
    assert list(table.rows.values()) == [{"city": "Oslo"}]


def test_without_a_subject_the_session_is_the_person_until_it_says_who_it_is() -> None:
    people = SubjectCollector()
    people.attribute("city", (1,), "Oslo")
    people.close("s_1", "ex_1")
    people.subject("request.header", (1,), "cus_1")
    people.close("s_1", "ex_2")
    people.attribute("city", (1,), "Bergen")
    people.close("s_2", "ex_3")
    table = people.table()
    assert table.rows == {"=cus_1": {"city": "Oslo"}, "session:s_2": {"city": "Bergen"}}
    assert [table.owners.of(f"ex_{number}") for number in (3, 1, 2)] == [["session:s_2"], ["=cus_1"], []]


def test_of_several_values_the_first_in_the_trace_is_published_whichever_name_it_came_with() -> None:
    people = SubjectCollector(scratch=Scratch(hot=1))
    for number, (name, city) in enumerate((("ann@x.test", "Oslo"), ("cus_1", "Bergen"), ("ann@x.test", "Molde"))):
        people.subject("path", (1,), name)
        people.attribute("city", (2,), city)
        people.close(f"s_{number}", f"ex_{number}")
    people.subject(BODY, (1,), "cus_1")
    people.subject(BODY, (1,), "ann@x.test")
    people.close("s_9", "ex_9")
    table = people.table()
    assert list(table.rows.values()) == [{"city": "Oslo"}]
    assert {table.owners.of(f"ex_{number}")[0] for number in range(3)} == set(table.rows)


def test_people_with_less_known_are_counted_with_those_they_fit() -> None:
    sizes = group_sizes([("a", "x"), ("a", "x"), ("a", None)])
    assert sizes == {("a", "x"): 2, ("a", None): 3}


def test_two_names_of_one_person_are_told_whichever_exchange_comes_first() -> None:
    def told(joined_first: bool) -> dict[str, dict[str, str]]:
        people = SubjectCollector()

        def joining() -> None:
            people.subject("response.body", (1,), "cus_1")
            people.subject("response.body", (1,), "a@b.test")
            people.close("s_1", "ex_1")

        if joined_first:
            joining()
        people.subject("query", (1,), "cus_1")
        people.subject("response.body", (2,), "a@b.test")
        people.attribute("city", (), "Ulm")
        people.close("s_2", "ex_2")
        if not joined_first:
            joining()
        return people.table().rows

    assert told(joined_first=True) == told(joined_first=False) == {"=a@b.test": {"city": "Ulm"}}
