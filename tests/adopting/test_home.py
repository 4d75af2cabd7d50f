"""Contracts signed in a home: by whom it needs, one at a time, from today on; and what was decided while nobody had."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import pytest
from tests.blocks import ROOT

from ourword import Ourword
from ourword.adoption.adopting import Files, adopted, outside, sign
from ourword.contract.read import read
from ourword.core.time import datetime_from_instant, instant_from_text
from ourword.deciding.told import told
from ourword.errors import ContractError, LineError, OurwordError, UsageError
from ourword.figures.raising import raise_missed
from ourword.ledger.adoption import Adoption, in_force
from ourword.ledger.entry import ContractSigned
from ourword.ledger.signal_words import in_words
from ourword.signals.signalling import answer, signals
from ourword.stores.home import Home, open_home

LARKSPUR = ROOT / "examples" / "larkspur-refund"
CONTRACT, WIRING = ((LARKSPUR / name).read_text(encoding="utf-8") for name in ("contract.yaml", "wiring.yaml"))
CONTRACT = CONTRACT.replace('"{amount} back within 5 working days"', '"{amount} back by {due}"')  # words that stay true whatever `within` says
SIGNER = str(Path(__file__).with_name("signer.py"))
DAY = 86_400 * 10**9
NOW = instant_from_text("2026-11-23T10:00:00Z") or 0
NAME = "larkspur-care"


def files(*changes: tuple[str, str]) -> Files:
    """Larkspur's contract with some words replaced; each must be there."""
    text = CONTRACT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return Files(read(text.encode(), WIRING.encode()), text.encode(), WIRING.encode())


SECOND = (("version: 3.2.0", "version: 3.3.0"), ("amount > eur(500)", "amount > eur(400)"))
SOONER = (("version: 3.2.0", "version: 3.2.1"), ("within: 5 working days", "within: 3 working days"))
WORDS = (("version: 3.2.0", "version: 3.2.1"), ("say: It was our mistake.", "say: That was our mistake."))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as opened:
        yield opened


def put(home: Home, of: Files, by: str, *, now: int = NOW, **more: Any) -> Adoption:
    return sign(home, of, by=by, now=now, **more)


def entries(home: Home) -> list[ContractSigned]:
    return [each.value for each in home.log() if isinstance(each.value, ContractSigned)]


def refused(home: Home, of: Files, by: str = "mara", **more: Any) -> str:
    before = home.last_seq()
    with pytest.raises(OurwordError) as caught:
        put(home, of, by, **more)

    assert before == home.last_seq()
    return caught.value.code


# ---- whose signature ---------------------------------------------------------------------------------------------------


def test_the_first_contract_is_in_force_once_those_have_signed_whom_it_names(home: Home) -> None:
    """There is nothing that it could be against, so mara's signature is enough."""
    one = put(home, files(), "mara", because="We mean it.")

    assert ("adopted", "first", ("mara",), NOW, None) == (one.standing, one.direction, one.needs, one.begins, one.previous)
    assert ["We mean it."] == [each.because for each in one.signed]
    assert (home.path / "contracts" / one.digest.removeprefix("sha256:") / "contract.yaml").read_text(encoding="utf-8") == CONTRACT


def test_a_change_against_customers_waits_for_those_whom_it_needs(home: Home) -> None:
    """Mara alone cannot lower the limit: somebody who got a refund at once would wait for a person."""
    first = put(home, files(), "mara")
    half = put(home, files(*SECOND), "mara", now=NOW + DAY)
    holds = in_force(adopted(home), NAME, NOW + DAY)
    whole = put(home, files(*SECOND), "omar", now=NOW + 2 * DAY)

    assert ("waits", ("omar",), first.digest, "against") == (half.standing, half.waits_for, half.previous, half.direction)
    assert first.digest == (holds.digest if holds else "")
    assert ("adopted", NOW + 2 * DAY, ("mara", "omar")) == (whole.standing, whole.begins, whole.signers)


def test_a_change_that_is_proved_to_harm_nobody_needs_nobody_more(home: Home) -> None:
    """A promise that is to be kept sooner is against nobody, and neither is a limit that lets more through."""
    put(home, files(), "mara")
    sooner = files(("within: 5 working days, repair", "within: 4 working days, repair"), ("version: 3.2.0", "version: 3.3.0"))

    assert ("towards", "adopted", ("mara",)) == ((one := put(home, sooner, "mara")).direction, one.standing, one.needs)


def test_without_the_solver_nothing_is_known_to_harm_nobody(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown never allows: what was not proved waits as what is against customers does."""
    monkeypatch.setitem(sys.modules, "z3", None)
    put(home, files(), "mara")
    half = put(home, files(*SECOND), "mara", now=NOW + DAY)

    assert ("waits", ("omar",), "unknown") == (half.standing, half.waits_for, half.direction)


def test_other_words_for_the_same_answers_need_nobody_more(home: Home) -> None:
    put(home, files(), "mara")

    assert ("towards", "adopted", ("mara",)) == ((one := put(home, files(*WORDS), "mara")).direction, one.standing, one.needs)


def test_a_change_by_which_nobody_is_worse_off_needs_nobody_more(home: Home) -> None:
    put(home, files(), "mara")
    raised = put(home, files(*SOONER), "mara")

    assert ("towards", "adopted", ("mara",)) == (raised.direction, raised.standing, raised.needs)


def test_what_is_not_proved_is_taken_as_against(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the solver nothing is proved, and an unknown never allows."""

    def missing(*of: object, **more: object) -> NoReturn:
        raise UsageError("usage.solver", "z3 is not installed", place="prove", hint="install it")

    monkeypatch.setattr("ourword.adoption.direction.diff", missing)
    put(home, files(), "mara")
    raised = put(home, files(*SOONER), "mara")

    assert ("unknown", "waits", ("omar",)) == (raised.direction, raised.standing, raised.waits_for)


def test_nobody_is_written_out_of_a_contract_without_being_asked(home: Home) -> None:
    """The new one names ines alone. Mara and omar, whom the one in force names, must agree all the same."""
    put(home, files(), "mara")
    person = ("  - {id: care, role: desk", "  - {id: ines, name: Ines, role: owner, contact: ines@larkspur.example}\n  - {id: care, role: desk")
    signers = ("changes: {need: [mara], against_customers_also: [omar]", "changes: {need: [ines], against_customers_also: [ines]")
    usurped = files(SECOND[0], person, signers)

    assert ("waits", {"mara", "omar"}) == ((one := put(home, usurped, "ines")).standing, set(one.waits_for))


def test_where_nobody_is_named_for_changes_who_answers_for_the_contract_signs(home: Home) -> None:
    unnamed = files(("changes: {need: [mara], against_customers_also: [omar], review: quarterly}", ""))

    assert ("waits", ("mara",)) == ((one := put(home, unnamed, "omar")).standing, one.waits_for)


def test_the_same_signature_again_is_the_first_one(home: Home) -> None:
    first = put(home, files(), "mara", because="Once.")
    again = put(home, files(), "mara", now=NOW + DAY, because="Twice.")

    assert (first.begins, 1) == (again.begins, len(entries(home)))


# ---- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "by", "start", "code"),
    [
        ((), "omra", None, "adopt.by"),
        ((), "care", None, "adopt.by"),
        ((), "", None, "adopt.by"),
        ((("status: active", "status: retired"),), "mara", None, "adopt.status"),
        ((("status: active", "status: draft"),), "mara", None, "adopt.status"),
        ((("owner: mara", "owner: nobody"),), "mara", None, "contract.owner"),
        ((("keep: 3 years", "keep: 3 months"),), "mara", None, "contract.law.keep"),
        ((), "mara", date(2026, 11, 22), "adopt.from"),
        ((("from: 2026-11-01", "from: 2027-01-01"),), "mara", date(2026, 12, 1), "adopt.from"),
    ],
)
def test_what_cannot_be_signed_is_refused_with_nothing_written(
    home: Home, changes: tuple[tuple[str, str], ...], by: str, start: date | None, code: str
) -> None:
    """A stranger, a desk, nobody; what is no longer meant, or not yet; a contract with flaws; the past."""
    found = refused(home, files(*changes), by, start=start)

    assert code == found


def test_a_version_that_was_adopted_is_not_adopted_with_other_words(home: Home) -> None:
    put(home, files(), "mara")

    assert "adopt.version" == refused(home, files(SECOND[1]))


def test_a_version_of_which_only_one_had_signed_may_still_be_mended(home: Home) -> None:
    """Omar found a slip before he signed: what was not adopted is nobody's word yet."""
    put(home, files(), "mara")
    put(home, files(*SECOND), "mara")
    mended = files(SECOND[0], ("amount > eur(500)", "amount > eur(450)"))
    put(home, mended, "mara")
    put(home, mended, "omar")

    assert ["adopted", "lapsed", "adopted"] == [each.standing for each in adopted(home)]
    assert "adopt.version" == refused(home, files(*SECOND), "omar")


def test_a_warning_is_signed_only_by_saying_why(home: Home) -> None:
    flawed = files(("keep: 3 years", "keep: 3 months"))

    assert "adopted" == put(home, flawed, "mara", because="Our lawyers say that the three months are enough here.").standing


def test_who_signs_after_it_is_adopted_is_told_so(home: Home) -> None:
    put(home, files(), "mara")

    assert "adopt.adopted" == refused(home, files(), "omar")


def test_both_sign_for_the_same_day(home: Home) -> None:
    put(home, files(), "mara")
    put(home, files(*SECOND), "mara", start=date(2026, 12, 1))

    assert "adopt.from" == refused(home, files(*SECOND), "omar", start=date(2026, 12, 2))
    assert instant_from_text("2026-11-30T23:00:00Z") == put(home, files(*SECOND), "omar").begins


def test_what_is_to_hold_from_a_later_day_begins_on_that_day_by_itself(home: Home) -> None:
    """The contract itself says from when it holds: its midnight in its own zone."""
    one = put(home, files(("from: 2026-11-01", "from: 2027-01-01")), "mara")

    assert instant_from_text("2026-12-31T23:00:00Z") == one.begins
    assert [None, NAME] == [(found.contract if (found := in_force([one], NAME, at)) else None) for at in (NOW, (one.begins or 0))]


# ---- read again --------------------------------------------------------------------------------------------------------


def test_reading_again_is_an_entry_and_moves_the_day_of_the_next(home: Home) -> None:
    put(home, files(), "mara")
    read_again = put(home, files(), "omar", now=NOW + 90 * DAY, again=True, because="It stands.")

    assert (NOW, NOW + 182 * DAY) == (read_again.begins, read_again.review_due("quarterly"))
    assert ["It stands."] == [each.because for each in read_again.reviewed]


def test_what_is_not_in_force_cannot_be_found_to_stand(home: Home) -> None:
    assert "adopt.again" == refused(home, files(), again=True)


# ---- decided without ---------------------------------------------------------------------------------------------------


def decide(path: Path, name: str, of: Files, *, at: int, mode: Any = "enforce") -> None:
    """One decision under a contract, at a moment."""
    folder = path.parent / name
    folder.mkdir(exist_ok=True)
    (folder / "contract.yaml").write_bytes(of.contract)
    (folder / "wiring.yaml").write_bytes(of.wiring)
    line = json.loads((LARKSPUR / "decisions.jsonl").read_text(encoding="utf-8").splitlines()[0])
    clock = datetime_from_instant(at)
    with Ourword.open(folder / "contract.yaml", folder / "wiring.yaml", home=path, clock=lambda: clock, mode=mode) as word:
        word.decide({**line, "decision_id": name, "time": clock.isoformat()})


def test_decisions_under_a_contract_that_was_not_in_force_then_are_counted_by_its_digest(tmp_path: Path) -> None:
    """Before anybody had signed, and what was only observed, is no decision against the word; a version that waits, and one that has ended, are."""
    path = tmp_path / "home"
    decide(path, "before", files(), at=NOW - DAY)
    with open_home(path) as home:
        assert [] == outside(home)
        put(home, files(), "mara")
    decide(path, "signed", files(), at=NOW + DAY)
    decide(path, "observed", files(*SECOND), at=NOW + DAY, mode="observe")
    decide(path, "early", files(*SECOND), at=NOW + DAY)
    decide(path, "early-too", files(*SECOND), at=NOW + DAY + 1000)
    with open_home(path) as home:
        for by in ("mara", "omar"):
            second = put(home, files(*SECOND), by, now=NOW + 2 * DAY)
        first = adopted(home)[0]
    decide(path, "in-time", files(*SECOND), at=NOW + 2 * DAY)
    decide(path, "stale", files(), at=NOW + 3 * DAY)
    with open_home(path) as home:
        found = {each.digest: (each.count, each.first, each.last, each.owner) for each in outside(home)}

    assert {second.digest: (2, NOW + DAY, NOW + DAY + 1000, "mara"), first.digest: (1, NOW + 3 * DAY, NOW + 3 * DAY, "mara")} == found


def test_one_question_for_each_digest_asks_who_answers_for_the_contract(tmp_path: Path) -> None:
    """However many were decided; again only by what was decided after the answer. A home that never adopted anything is asked nothing."""
    path = tmp_path / "home"
    decide(path, "before", files(), at=NOW - DAY)
    with open_home(path) as home:
        nothing = raise_missed(home, NOW)
        put(home, files(), "mara")
    for number in range(3):
        decide(path, f"early-{number}", files(*SECOND), at=NOW + DAY)
    with open_home(path) as home:
        raised = raise_missed(home, NOW + DAY)
        (asked,) = signals(home, now=NOW + DAY)
        answer(home, asked.id, said="defect", by="mara", now=NOW + 2 * DAY)
        quiet = raise_missed(home, NOW + 3 * DAY)
    decide(path, "early-again", files(*SECOND), at=NOW + 3 * DAY)
    with open_home(path) as home:
        again = raise_missed(home, NOW + 3 * DAY)

    assert ([], []) == (nothing, quiet)
    assert [("not-in-force", "open", "mara", NAME)] == [(each.about, each.standing, each.owner, each.contract) for each in raised]
    assert [("recurred", "omar")] == [(each.standing, each.owner) for each in again]
    assert "larkspur-care: decisions were taken under 3.3.0, which was not in force then." == in_words(asked)


def test_why_tells_whether_anybody_had_signed_what_decided(tmp_path: Path) -> None:
    path = tmp_path / "home"
    decide(path, "before", files(), at=NOW - DAY)
    with Ourword.open_home(path) as word:
        assert "in_force" not in word.why("before")
        assert word.home is not None
        put(word.home, files(), "mara")
    decide(path, "after", files(), at=NOW + DAY)
    with Ourword.open_home(path) as word:
        found = [word.why(each)["in_force"] for each in ("before", "after")]

    assert [None, {"since": "2026-11-23T10:00:00Z", "signed": ["mara"]}] == found


def test_why_tells_who_had_signed_and_whom_it_waited_for_and_nothing_that_came_later(tmp_path: Path) -> None:
    """“Nobody had signed this version, or another had followed it” stood where one of two had."""
    path = tmp_path / "home"
    with open_home(path) as home:
        put(home, files(), "mara")
    decide(path, "nobody", files(*SECOND), at=NOW + DAY)
    with open_home(path) as home:
        put(home, files(*SECOND), "mara", now=NOW + 2 * DAY)
    decide(path, "waits", files(*SECOND), at=NOW + 3 * DAY)
    with open_home(path) as home:
        put(home, files(*SECOND), "omar", now=NOW + 4 * DAY)
    decide(path, "followed", files(), at=NOW + 5 * DAY)
    with Ourword.open_home(path) as word:
        said = {each: told(word.why(each), files().draft).in_force.partition(": ")[2] for each in ("nobody", "waits", "followed")}

    assert {
        "nobody": "nobody had signed this version",
        "waits": "signed by Mara Lind (mara), it waited for Omar Haddad (omar)",
        "followed": "signed by Mara Lind (mara), another version had followed it",
    } == said


def test_why_tells_of_a_version_whose_day_was_to_come(tmp_path: Path) -> None:
    later = files(("from: 2026-11-01", "from: 2027-01-01"))
    with open_home(tmp_path / "home") as home:
        put(home, later, "mara")
    decide(tmp_path / "home", "early", later, at=NOW + DAY)
    with Ourword.open_home(tmp_path / "home") as word:
        said = told(word.why("early"), later.draft).in_force

    assert said == "not in force at that time: signed by Mara Lind (mara), it was to begin 2026-12-31 23:00:00 UTC"


# ---- killed, and several at once ----------------------------------------------------------------------------------------


def started(path: Path, folder: Path, by: str, *kill: str) -> subprocess.Popen[str]:
    command = [sys.executable, SIGNER, path, folder / "contract.yaml", folder / "wiring.yaml", by, NOW + DAY, *kill]
    return subprocess.Popen([str(each) for each in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def waiting(tmp_path: Path) -> tuple[Path, Path]:
    """A home with a first version in force, and the files of the second, which needs mara and omar."""
    folder, second = tmp_path / "second", files(*SECOND)
    folder.mkdir()
    (folder / "contract.yaml").write_bytes(second.contract)
    (folder / "wiring.yaml").write_bytes(second.wiring)
    with open_home(tmp_path / "home") as home:
        put(home, files(), "mara")
    return tmp_path / "home", folder


def test_a_process_that_is_killed_between_two_signatures_leaves_one(waiting: tuple[Path, Path]) -> None:
    """Mara's is durable, and nothing is in force by it; omar's completes it; mara's retry adds nothing."""
    path, folder = waiting
    started(path, folder, "mara", "kill").communicate(timeout=60)
    with open_home(path) as home:
        half = adopted(home, reasons=True)[-1]
    for by in ("mara", "omar", "mara"):
        started(path, folder, by).communicate(timeout=60)
    with open_home(path) as home:
        whole = adopted(home)[-1]

        assert 3 == len(entries(home))
        assert [each.seq for each in home.log()] == list(range(1, home.last_seq() + 1))
    assert ("waits", ("omar",), ["by mara"]) == (half.standing, half.waits_for, [each.because for each in half.signed])
    assert ("adopted", ("mara", "omar")) == (whole.standing, whole.signers)


def test_two_who_sign_at_once_have_both_signed(waiting: tuple[Path, Path]) -> None:
    """Four processes at once, two for each person: two signatures, and one version in force."""
    path, folder = waiting
    every = [started(path, folder, by) for by in ("mara", "omar", "mara", "omar")]
    said = [each.communicate(timeout=120) for each in every]
    with open_home(path) as home:
        known = adopted(home)

        assert ["mara", "mara", "omar"] == sorted(each.by for each in entries(home)), said
    assert [0] * 4 == [each.returncode for each in every], said
    assert ["adopted", "adopted"] == [each.standing for each in known]
    assert 1 == sum(each.in_force(NOW + 2 * DAY) for each in known)


def test_a_home_from_before_has_signed_nothing(tmp_path: Path) -> None:
    """No table is made for signatures: they are entries, so an old home is read and written as it is."""
    path = tmp_path / "home"
    decide(path, "before", files(), at=NOW - DAY)
    with open_home(path, write=False) as home:
        assert [] == adopted(home)


def test_what_was_said_is_not_in_the_log_and_goes_with_its_key(home: Home) -> None:
    put(home, files(), "mara", because="Jane Doe asked for it.")
    in_log = any(b"Jane" in each.bytes for each in home.log())
    beside = home.store.beside(home.last_seq())

    assert not in_log
    assert beside is not None
    assert b"Jane" not in beside


def test_errors_say_where(home: Home) -> None:
    with pytest.raises(ContractError) as caught:
        put(home, files(("owner: mara", "owner: nobody")), "mara")
    with pytest.raises(LineError) as unknown:
        put(home, files(), "omra")

    assert caught.value.place.startswith("contract.yaml:")
    assert "did you mean `omar`?" == unknown.value.hint


def test_a_successor_writes_nobody_out_who_answered_for_the_contract(home: Home) -> None:
    """Where `changes` names nobody, the new contract's own word was asked alone: a stranger put it in force by naming himself."""
    alone = [("changes: {need: [mara], against_customers_also: [omar], review: quarterly}\n", "")]
    assert alone[0][0] in CONTRACT
    put(home, files(*alone), "mara")
    stranger = files(*alone, *SECOND, ("unclear: mara", "unclear: mara"), ("contract: mara", "contract: omar"))
    half = put(home, stranger, "omar", now=NOW + DAY)

    assert ("waits", ("mara",)) == (half.standing, half.waits_for)
