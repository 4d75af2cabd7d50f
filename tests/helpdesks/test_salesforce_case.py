"""One case of Salesforce's at a time: who closed it, what was seen before the history, and rows that nobody would write."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.helpdesks.anything import any_json, bent, keys_in, samples, withstood
from tests.helpdesks.rules import NOW
from tests.tries import tries

from ourword.core.event import Event
from ourword.demo.exports import salesforce
from ourword.demo.exports.salesforce_rows import id_of
from ourword.helpdesks.known import recognised
from ourword.helpdesks.questions import guessed, questions
from ourword.helpdesks.salesforce import SHAPES
from ourword.helpdesks.salesforce.parts import record, serial
from ourword.helpdesks.shape import Answers, Look
from ourword.helpdesks.way import ByShape, look_at
from ourword.outcomes.mapper import Skipped

CASE_ID, ANN, PEOPLE = "500Kj00000AbCdEIAV", "003Kj0000000001IAA", "00GKj0000000001IAA"
BOT, FLOW, JO, PORTAL = "005Kj0000000001IAA", "005Kj0000000002IAA", "005Kj0000000003IAA", "005Kj0000000009IAA"
SOLVED = Answers(bots=(BOT[:15],), solved=("closed",))


def at(minute: int) -> str:
    return f"2026-11-09T10:{minute:02}:00.000Z"


def case(**more: Any) -> dict[str, Any]:
    made = {"Id": CASE_ID, "CaseNumber": "00001026", "ContactId": ANN, "Status": "Closed", "IsClosed": "true", "OwnerId": JO, "CreatedDate": at(0)}
    return {name: value for name, value in {**made, "ClosedDate": at(30), **more}.items() if value is not None}


def change(minute: int, field: str, old: str, new: str, by: str = JO, **more: Any) -> dict[str, Any]:
    id_ = f"017Kj00000000{minute:02}"
    made = {"Id": id_, "CaseId": CASE_ID, "CreatedById": by, "CreatedDate": at(minute), "Field": field, "OldValue": old, "NewValue": new}
    return {name: value for name, value in {**made, **more}.items() if value}


def user(id_: str, type_: str = "Standard", name: str = "Jo Berg") -> dict[str, Any]:
    return {"Id": id_, "Username": "jo@shop.example", "UserType": type_, "Name": name, "Email": "jo@shop.example"}


USERS = (user(JO), user(BOT, name="Shop Assistant"), user(FLOW, "AutomatedProcess", "Automated Process"), user(PORTAL, "CspLitePortal", "Ann"))


def look_of(*rows: dict[str, Any]) -> Look:
    look = Look()
    for row in rows:
        shape = recognised(row, "any.csv")
        assert shape is not None
        look_at(shape, iter([row]), look)
    return look


def told(*rows: dict[str, Any], given: Answers = SOLVED) -> list[dict[str, Any]]:
    """What rows say together, each a file of its own; what is skipped is a type of its own."""
    look, found = look_of(*rows), []
    for row in rows:
        shape = recognised(row, "any.csv")
        assert shape is not None
        for each in ByShape(shape, given, look).reader(place="any", now=None).take(row, 1):
            if isinstance(each, Event):
                found.append({"type": each.type, "subject": each.subject, "at": each.instant, "sequence": each.sequence, **each.data})
            elif isinstance(each, Skipped):
                found.append({"type": "skipped", "what": each.what})
    return found


def types(found: list[dict[str, Any]]) -> list[str]:
    return [each["type"] for each in found]


def closes(found: list[dict[str, Any]]) -> list[tuple[str | None, bool]]:
    return [(each.get("closed_by"), each["claimed_resolved"]) for each in found if each["type"] == "contact.closed"]


@pytest.mark.parametrize(
    ("by", "who"),
    [
        pytest.param(JO, "person", id="an agent"),
        pytest.param(BOT, "automation", id="a machine in a user's seat"),
        pytest.param(FLOW, "rule", id="a flow"),
        pytest.param(PORTAL, "customer", id="the customer, in the portal"),
        pytest.param("005Kj0000000099IAA", None, id="somebody of whom no file tells"),
    ],
)
def test_who_closed_it_is_whoever_changed_its_state(by: str, who: str | None) -> None:
    """A close by somebody unknown may have been anybody's: it is counted for nobody."""
    assert [(who, True)] == closes(told(*USERS, case(), change(30, "Status", "Working", "Closed", by)))


def test_without_users_only_who_had_a_case_is_a_person() -> None:
    """An agent has cases on their desk; a customer of the portal, and a flow, have none."""
    assert [("person", True)] == closes(told(case(), change(30, "Status", "Working", "Closed", JO)))
    assert [(None, True)] == closes(told(case(), change(30, "Status", "Working", "Closed", PORTAL)))


def test_one_close_is_told_once_whichever_file_tells_it() -> None:
    """A case's own `ClosedDate` and the history's row of it are written as the case is saved, maybe a second apart."""
    row = change(30, "Status", "Working", "Closed", JO)
    for some in ((case(), row), (case(ClosedDate="2026-11-09T10:30:02.000Z"), row), (case(ClosedDate=at(30).replace(".000Z", "Z")), row)):
        assert 1 == len(closes(told(*some)))

    assert [(None, True), ("person", True)] == closes(told(case(ClosedDate=at(40)), row))


@pytest.mark.parametrize(
    ("more", "claimed"),
    [
        ({"IsClosed": "true"}, [(None, True)]),
        ({"IsClosed": None}, [(None, True)]),
        ({"IsClosed": "true", "Status": "Given up"}, [(None, False)]),
        ({"IsClosed": "false"}, []),
        ({"IsClosed": None, "Status": "Working"}, []),
    ],
)
def test_a_case_that_is_closed_at_no_known_time_is_told(more: dict[str, Any], claimed: list[tuple[str | None, bool]]) -> None:
    """It had dropped out of what was called resolved, and nothing said so."""
    found = told(case(ClosedDate=None, **more))

    assert closes(found) == claimed
    assert [each["at"] for each in found if each["type"] == "contact.closed"] == [None] * len(claimed)


def test_states_are_closed_ones_where_cases_say_so() -> None:
    """A company names them itself; what is closed and not called solved is no claim."""
    unsolved = case(Status="Given up")
    other = case(Id="500Kj00000AbCdF", Status="Answered", IsClosed="false", ClosedDate=None)
    assert [(None, False)] == closes(told(unsolved))
    assert [("person", False)] == closes(told(unsolved, change(30, "Status", "Working", "Given up")))
    assert [] == closes(told(unsolved, other, change(20, "Status", "Working", "Answered")))[1:]


def test_from_one_closed_state_to_another_is_no_second_close() -> None:
    """Unless one of them is called solved and the other is not: then it is claimed anew."""
    first, given_up = change(20, "Status", "Working", "Closed - Duplicate"), change(30, "Status", "Closed - Duplicate", "Given up")

    assert [("person", False)] == closes(told(case(Status="Given up"), first, given_up))
    assert [("person", False), ("person", True)] == closes(told(case(), first, change(30, "Status", "Closed - Duplicate", "Closed")))


def test_opened_again_is_told_even_where_the_close_is_older_than_the_history() -> None:
    """The row says from which state it came."""
    assert ["contact.opened", "contact.reopened"] == types(
        told(case(Status="New", IsClosed="false", ClosedDate=None), change(20, "Status", "Closed", "New"))
    )


def test_a_persons_first_deed_is_known_and_a_rules_is_not_theirs() -> None:
    """Who takes a case over, or works on it, has come; being assigned one by a rule is no deed."""
    still = case(Status="Working", IsClosed="false", ClosedDate=None)
    took = change(5, "Owner", PEOPLE, JO, JO)
    for some in ((took,), (change(5, "ownerAccepted", PEOPLE, JO, JO),), (change(6, "Status", "New", "Working", JO),)):
        assert ["contact.opened", "human.joined"] == types(told(still, *some))
    for some in ((change(5, "Owner", BOT, JO, FLOW),), (change(6, "Status", "New", "Working", BOT),)):
        assert "human.joined" not in types(told(*USERS, still, *some))


def test_from_a_machines_desk_to_a_queue_the_customer_waits_for_a_person() -> None:
    """Of the two rows of such a change only the one with ids is read; names are anybody's."""
    some = (change(4, "Owner", "Shop Assistant", "People", BOT), change(5, "Owner", BOT, PEOPLE, BOT))

    assert ["contact.opened", "human.queued"] == types(told(case(ClosedDate=None, IsClosed="false"), *some))


@pytest.mark.parametrize("gone", [{"MasterRecordId": "500Kj00000AbCdF"}, {"IsDeleted": "true"}, {"IsDeleted": "1"}])
def test_a_case_that_was_merged_or_deleted_is_no_contact(gone: dict[str, str]) -> None:
    """Nor is its history."""
    assert [] == told(case(**gone), change(30, "Status", "Working", "Closed"))


def test_ids_of_fifteen_and_of_eighteen_signs_are_one() -> None:
    """A report has the short ones, Data Loader the long ones."""
    assert {"salesforce-500Kj00000AbCdE"} == {each["contact"] for each in told(case(Id=CASE_ID[:15]), change(30, "Status", "Working", "Closed"))}
    assert {"customer:003Kj0000000001"} == {each["subject"] for each in told(case(ContactId=ANN[:15]), case())}


def test_who_has_no_contact_is_who_wrote_the_mail() -> None:
    """A deleted contact leaves a case to nobody; an address that was given stays."""
    assert {"customer:ann@mail.example"} == {each["subject"] for each in told(case(ContactId=None, SuppliedEmail="Ann@mail.example"))}
    assert {""} == {each["subject"] for each in told(case(ContactId=None))}


def test_a_merged_contact_is_who_it_was_merged_into() -> None:
    """As *Export All* has it."""
    merged = {"Id": ANN, "LastName": "Ann", "IsDeleted": "true", "MasterRecordId": "003Kj0000000002IAA"}

    assert {"customer:003Kj0000000002"} == {each["subject"] for each in told(merged, case())}


def test_capitals_are_the_same_names() -> None:
    """As older Data Loaders write them; a report's labels are another thing, and stay a table."""
    assert ["contact.opened", "contact.closed"] == types(told({name.upper(): value for name, value in case().items()}))
    assert (
        recognised({"Case Number": "00001026", "Status": "Closed", "Date/Time Opened": "11/9/2026 10:22 AM", "Case ID": "500"}, "report.csv") is None
    )


def test_a_row_that_lost_its_case_is_skipped_and_not_passed_over() -> None:
    """Without that field it looks like any record; in this file it is a change of which nobody knows the case."""
    row = change(30, "Status", "Working", "Closed")
    shape = recognised(row, "CaseHistory.csv")
    assert shape is not None
    reader = ByShape(shape, SOLVED, look_of(row)).reader(place="any", now=None)

    assert ["Skipped"] == [type(each).__name__ for each in reader.take({name: value for name, value in row.items() if name != "CaseId"}, 2)]


def test_what_else_a_whole_export_holds_is_no_table_of_tickets() -> None:
    """Accounts and opportunities have customers, states and times; an object of one's own may well be one of tickets."""
    account = {"Id": "001Kj0000000001IAA", "Name": "Acme", "Email": "a@acme.example", "Status": "Closed", "CreatedDate": at(0), "CreatedById": JO}
    shape = recognised(account, "Account.csv")

    assert shape is not None
    assert "salesforce.others" == shape.name
    assert [] == told(account)
    assert recognised({**account, "Id": "a01Kj0000000001IAA"}, "Ticket__c.csv") is None
    assert ["contact.opened"] == types(told(case(CaseNumber=None, ClosedDate=None, IsClosed="false"))), "the number is not needed"


def test_users_without_their_types_have_names_and_no_more() -> None:
    """Who is a customer of the portal is then unknown."""
    bare = {name: value for name, value in user(JO).items() if name != "UserType"}
    row = change(30, "Status", "Working", "Closed", JO)

    assert ["Jo Berg"] == [each.words for each in questions(look_of(bare, row))[0].choices]
    assert [(None, True)] == closes(told(bare, case(OwnerId=None), row))
    assert [("person", True)] == closes(told(bare, case(), row))


def test_times_without_a_zone_are_of_the_zone_that_was_answered() -> None:
    """And one that only a spreadsheet could have written is skipped, never guessed."""
    zoned = Answers(solved=("closed",), zone="Europe/Berlin")
    local = told(case(CreatedDate="2026-11-09 11:00:00", ClosedDate="2026-11-09 11:30:00"), given=zoned)

    assert [each["at"] for each in told(case())] == [each["at"] for each in local]
    for written in ("11/9/2026 10:00 AM", "09.11.2026 10:00", "2026-11-09", "soon"):
        assert ["skipped"] == types(told(case(CreatedDate=written)))


def test_a_query_s_answer_holds_cases() -> None:
    """As the API gives it, one page a line."""
    page = {"totalSize": 1, "done": True, "records": [{"attributes": {"type": "Case"}, **case(IsClosed=True)}]}

    assert ["contact.opened", "contact.closed"] == types(told(page))


def test_kind_and_order_are_read_from_fields() -> None:
    """One's own field that is called a reason stands before the standard ones; only what is called an order is one."""
    opened = told(case(Reason="Feedback", Contact_Reason__c="refund", Order_Number__c="L-7", Colour__c="red"))[0]

    assert ("refund", [{"type": "order", "id": "L-7", "role": "about"}]) == (opened["kind"], opened["objects"])
    assert "Feedback" == told(case(Reason="Feedback", Type="Other"))[0]["kind"]


def test_who_may_be_a_machine_is_asked_even_where_nobody_speaks() -> None:
    """A history has deeds and no words: without the question a machine's closes would be a person's."""
    look = look_of(*USERS, case(), change(30, "Status", "Working", "Closed", BOT), change(31, "Status", "Closed", "New", FLOW))
    bots = questions(look)[0]

    assert [("Shop Assistant", 1, True)] == [(each.words, each.count, each.guessed) for each in bots.choices]
    assert (BOT[:15],) == guessed(look).bots
    assert ("closed",) == guessed(look).solved


def test_each_case_stands_in_one_state() -> None:
    """Whichever file tells it, and in whatever order."""
    some = [case(), change(10, "Status", "New", "Working"), change(30, "Status", "Working", "Closed")]
    for rows in (some, some[::-1], some[1:], some[:1]):
        assert {"closed": 1} == +look_of(*rows).statuses


@given(number=st.integers(0, 62**9 - 2))
def test_a_later_record_has_a_greater_number(number: int) -> None:
    """Within one second that is all the order there is."""
    assert serial(record(id_of("017", number))) + 1 == serial(record(id_of("017", number + 1)))


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(case(CreatedDate=None) | {"CreatedDate": ""}, id="a case without a time"),
        pytest.param(case(Id="7"), id="a case without an id"),
        pytest.param(change(30, "Status", "New", "Closed", CaseId="7"), id="a change of nothing"),
        pytest.param(change(30, "Status", "New", "Closed", CreatedDate="soon"), id="a change at no time"),
    ],
)
def test_what_cannot_be_read_is_one_skip(row: dict[str, Any]) -> None:
    """With what is missing, in words."""
    assert ["skipped"] == types(told(row))


# ---- anything ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    folder = tmp_path_factory.mktemp("small")
    names = salesforce.write(folder, NOW, contacts=60)
    return samples(folder, sorted({*names} - {"truth.json"}))


@settings(max_examples=tries(200), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_no_row_is_ever_a_fault_of_ours(data: st.DataObject, rows: list[Any]) -> None:
    """Whatever stands in a file, each thing in it is an event that can be kept, or is skipped with its place and a hint."""
    anything = any_json({key for row in rows for key in keys_in(row)} | {"records", "done"})
    row = data.draw(st.one_of(anything, st.just(None)))
    if row is None:
        row = bent(data.draw(st.sampled_from(rows)), data.draw, anything)
    withstood(row, SHAPES, Answers(bots=(BOT[:15],), customer="address", tests=("@mail.example",), zone="nowhere"))
