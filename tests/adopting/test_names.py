"""A contract under another name: a kind of decision has one contract, and nobody's signature is lost by a name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adopting.test_fold import DAY, PEOPLE, fold, signed
from tests.adopting.test_home import NAME, NOW, SECOND, decide, files, put, refused

from ourword import Ourword
from ourword.adoption.adopting import Files, adopted, outside
from ourword.adoption.signing import holding, versions
from ourword.contract.read import read
from ourword.deciding.told import told
from ourword.figures.raising import raise_missed
from ourword.ledger.adoption import in_force
from ourword.ledger.entry import ContractSigned
from ourword.signals.signalling import signals, who_may_answer
from ourword.stores.home import Home, open_home

OTHER = "quick-care"
INES = ("  - {id: care, role: desk", "  - {id: ines, name: Ines, role: owner, contact: ines@larkspur.example}\n  - {id: care, role: desk")
ALONE = ("changes: {need: [mara], against_customers_also: [omar]", "changes: {need: [ines]")


def named(*changes: tuple[str, str], name: str = OTHER, kind: str = "") -> Files:
    """Larkspur's contract under another name, and with another kind of decision if one is given."""
    of = files(*changes)
    texts = [text.decode().replace(f"contract: {NAME}", f"contract: {name}") for text in (of.contract, of.wiring)]
    if kind:
        texts = [text.replace("\n  refund:\n", f"\n  {kind}:\n").replace("decision: refund", f"decision: {kind}") for text in texts]
        texts = [text.replace("count: refund", f"count: {kind}").replace("may: {refund:", f"may: {{{kind}:") for text in texts]
        texts = [text.replace("decisions.refund", f"decisions.{kind}") for text in texts]
    contract, wiring = (text.encode() for text in texts)
    return Files(read(contract, wiring), contract, wiring)


def both_kinds(name: str) -> Files:
    """A contract that decides refunds and, by the same clauses, exchanges."""
    of = named(name=name)
    text = of.contract.decode()
    kind = text[text.index("\n  refund:\n") :]
    contract = (text.rstrip("\n") + kind.replace("\n  refund:\n", "\n  exchange:\n")).encode()
    return Files(read(contract, of.wiring), contract, of.wiring)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as opened:
        yield opened


# ---- laws --------------------------------------------------------------------------------------------------------------

DIGESTS = {"c-1": "care", "c-2": "care", "p-1": "prices", "q-1": "quick", "q-2": "quick"}
times = st.integers(0, 12).map(lambda days: days * DAY)


@st.composite
def takings(draw: st.DrawFn) -> list[ContractSigned]:
    """Signatures by a clock that never runs back; each takes the place of whatever of another name is in force then or later."""
    written: list[ContractSigned] = []
    for at in sorted(draw(st.lists(times, max_size=9))):
        digest = draw(st.sampled_from(sorted(DIGESTS)))
        needs = draw(st.sampled_from((("mara",), ("mara", "omar"))))
        lasting = [each for each in fold(written) if each.contract != DIGESTS[digest] and each.begins is not None and (each.ends or 99 * DAY) > at]
        entry = signed(DIGESTS[digest], digest, draw(st.sampled_from(PEOPLE)), at, needs=needs, effective=draw(st.none() | times))
        written.append(msgspec.structs.replace(entry, instead_of=tuple(each.digest for each in lasting) or msgspec.UNSET))
    return written


@given(takings())
def test_whatever_the_names_one_contract_at_most_is_in_force_where_each_takes_the_place_of_the_others(entries: list[ContractSigned]) -> None:
    """All of them decide the same kind: at no instant may two of them, or nobody could say by which a customer was answered."""
    known = fold(entries)
    for at in range(15 * 2):
        held = [each.digest for each in known if each.in_force(at * DAY // 2)]

        assert len(held) <= 1


# ---- whose signatures --------------------------------------------------------------------------------------------------


def test_another_name_decides_no_kind_without_the_signers_of_the_contract_that_does(home: Home) -> None:
    """Ines wrote a contract of her own for the same refunds, and signed it alone: it was in force beside mara's at once."""
    first = put(home, files(), "mara")
    half = put(home, named(INES, ALONE, SECOND[1]), "ines", now=NOW + DAY)
    held = [each.digest for each in adopted(home) if each.in_force(NOW + DAY)]
    for by in ("mara", "omar"):
        whole = put(home, named(INES, ALONE, SECOND[1]), by, now=NOW + 2 * DAY)

    assert ("waits", {"mara", "omar"}, (first.digest,)) == (half.standing, set(half.waits_for), half.instead_of)
    assert [first.digest] == held
    assert ("adopted", [whole.digest]) == (whole.standing, [each.digest for each in adopted(home) if each.in_force(NOW + 2 * DAY)])


def test_who_signed_the_contract_whose_place_is_taken_can_sign_though_the_new_one_does_not_name_them(home: Home) -> None:
    put(home, files(), "mara")
    gone = named(INES, ALONE, ("  - {id: omar, name: Omar Haddad, role: owner, contact: omar@larkspur.example}\n", ""), *OMAR)

    assert "omar" in put(home, gone, "omar", now=NOW + DAY).signers


OMAR = (("data: omar, model: omar, prompt: omar", "data: ines, model: ines, prompt: ines"),)


def test_the_old_name_needs_the_signers_of_the_new_one_to_come_back(home: Home) -> None:
    put(home, files(), "mara")
    for by in ("mara", "omar", "ines"):
        put(home, named(INES, ALONE), by, now=NOW + DAY)
    back = put(home, files(*SECOND), "mara", now=NOW + 2 * DAY)

    assert "ines" in back.waits_for
    assert in_force(adopted(home), NAME, NOW + 2 * DAY) is None


def test_two_of_which_nothing_was_in_force_yet_do_not_both_become_it(home: Home) -> None:
    """Both waited for their second signature; once one is adopted, the other is a change of it, and signed anew."""
    two = ("changes: {need: [mara]", "changes: {need: [mara, omar]")
    put(home, named(two), "mara")
    put(home, files(two), "mara")
    first = put(home, files(two), "omar", now=NOW + DAY)
    second = put(home, named(two), "omar", now=NOW + 2 * DAY)

    assert ("waits", (first.digest,), ("mara",)) == (second.standing, second.instead_of, second.waits_for)
    assert [first.digest] == [each.digest for each in adopted(home) if each.in_force(NOW + 2 * DAY)]


def test_another_name_for_other_kinds_stands_beside(home: Home) -> None:
    put(home, files(), "mara")
    beside = put(home, named(name="exchanges", kind="exchange"), "mara")

    assert ("adopted", "first", ()) == (beside.standing, beside.direction, beside.instead_of)
    assert 2 == sum(each.in_force(NOW) for each in adopted(home))


def test_what_decides_a_part_of_another_contracts_kinds_is_refused(home: Home) -> None:
    """Exchanges would be decided by a contract of which the refunds were taken away: by nobody's words that anybody signed."""
    put(home, both_kinds("wide-care"), "mara")

    assert "adopt.kind" == refused(home, files(), now=NOW + DAY)


def test_where_the_files_of_another_contract_are_lost_its_signers_are_asked(home: Home) -> None:
    """Nobody can tell what it decides, and an unknown never allows."""
    lost = put(home, files(), "mara")
    for file in (home.path / "contracts" / lost.digest.removeprefix("sha256:")).iterdir():
        file.unlink()
    _forget()
    asked = put(home, named(INES, ALONE), "ines", now=NOW + DAY)

    assert ("waits", ("mara",)) == (asked.standing, asked.waits_for)


def _forget() -> None:
    from ourword.stores.contracts import _draft

    _draft.cache_clear()


# ---- told --------------------------------------------------------------------------------------------------------------


def test_pages_speak_of_the_contract_that_took_the_place_of_the_one_that_decided(tmp_path: Path) -> None:
    path = tmp_path / "home"
    with open_home(path) as home:
        put(home, files(), "mara")
    decide(path, "before", files(), at=NOW)
    with open_home(path) as home:
        for by in ("mara", "omar"):
            new = put(home, named(), by, now=NOW + DAY)
    decide(path, "stray", files(), at=NOW + 2 * DAY)
    with Ourword.open_home(path) as word:
        assert word.home is not None
        spoken = holding(word.home, word.contracts(), NOW + 2 * DAY)
        stray = told(word.why("stray"), files().draft).in_force

        assert [(OTHER, "3.2.0")] == [(name, draft.version) for name, draft in spoken.items()]
        assert [(NAME, 1)] == [(each.contract, each.count) for each in outside(word.home)]
    assert "adopted" == new.standing
    assert "not in force at that time: signed by Mara Lind (mara), quick-care 3.2.0 had followed it" == stray


@pytest.mark.parametrize("name", [NAME, OTHER])
def test_what_nobody_signed_does_not_name_who_answers_for_it(tmp_path: Path, name: str) -> None:
    """Ines wrote a contract that says that she answers for it, and decided by it: she alone was asked, and she alone could answer."""
    path, all_hers = (
        tmp_path / "home",
        ("data: omar, model: omar, prompt: omar, contract: mara", "data: ines, model: ines, prompt: ines, contract: ines"),
    )
    with open_home(path) as home:
        put(home, files(), "mara")
    decide(path, "hers", named(INES, ALONE, all_hers, SECOND[0], name=name), at=NOW + DAY)
    with open_home(path) as home:
        raise_missed(home, NOW + DAY)
        (asked,) = signals(home, now=NOW + DAY)

        assert ("mara", ("mara", "omar")) == (asked.owner, who_may_answer(home, asked))


def test_why_names_the_contract_that_decided_the_kind_when_a_stranger_did(tmp_path: Path) -> None:
    path = tmp_path / "home"
    with open_home(path) as home:
        put(home, files(), "mara")
    decide(path, "stranger", named(), at=NOW + DAY)
    with Ourword.open_home(path) as word:
        said = told(word.why("stranger"), named().draft).in_force

    assert "not in force at that time: nobody had signed this version; larkspur-care 3.2.0 was the contract for this kind" == said


def test_a_home_in_which_two_were_signed_before_this_was_asked_says_so(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from ourword.adoption.governing import Beside

    put(home, files(), "mara")
    with monkeypatch.context() as before:
        before.setattr("ourword.adoption.adopting.beside", lambda *of: Beside())
        put(home, named(), "mara")

    assert "`refund` is decided by larkspur-care 3.2.0 and quick-care 3.2.0, which are both in force" in " ".join(versions(home, NOW).gaps())
