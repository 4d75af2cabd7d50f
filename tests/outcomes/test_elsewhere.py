"""Tables in other languages than English: their columns are read as the English ones are, and what is not understood can be said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ourword.cli.main import run
from ourword.errors import UsageError
from ourword.helpdesks.questions import guessed
from ourword.helpdesks.shape import Look
from ourword.helpdesks.table import Table
from ourword.helpdesks.way import look_at
from ourword.http.start.app import close, make
from ourword.outcomes.drafting import draft
from ourword.outcomes.mapping import Map, mapping_from_yaml
from ourword.outcomes.speakers import Answered
from ourword.starting.recognising import said_of
from ourword.starting.run import Start

ENGLISH = ("Ticket ID", "Customer", "Created at", "Solved at", "Status", "Category", "Order number", "Assignee")
HEADERS = {
    "english": ENGLISH,
    "german": ("Ticketnummer", "Kunde", "Erstellt am", "Gelöst am", "Status", "Kategorie", "Bestellnummer", "Bearbeiter"),
    "german, otherwise": (
        "Vorgangs-Nr.",
        "Kunden-E-Mail",
        "Eröffnungsdatum",
        "Abschlussdatum",
        "Zustand",
        "Anliegen",
        "Auftragsnummer",
        "Zugewiesen an",
    ),
    "german, in capitals": ("TICKETNUMMER", "KUNDENNUMMER", "ERSTELLDATUM", "SCHLIESSDATUM", "STATUS", "GRUND", "RECHNUNGSNUMMER", "AGENT"),
    "french": ("Numéro de ticket", "Client", "Créé le", "Résolu le", "Statut", "Catégorie", "Numéro de commande", "Conseiller"),
    "spanish": ("Número de ticket", "Cliente", "Fecha de creación", "Fecha de cierre", "Estado", "Motivo", "Pedido", "Agente"),
}
STATES = {
    "Solved": True, "gelöst": True, "Geschlossen": True, "erledigt": True, "résolu": True, "Fermé": True, "resuelto": True, "cerrado": True,
    "offen": False, "nicht gelöst": False, "ungelöst": False,
    "wartend": False, "en attente": False, "pendiente": False, "neu": False, "non résolu": False,
}  # fmt: skip


def rows(header: tuple[str, ...]) -> list[dict[str, Any]]:
    ticket, customer, created, solved, status, kind, order, agent = header
    return [
        {ticket: f"{1000 + n}", customer: f"a{n % 7}@mail.example", created: f"0{n % 9 + 1}.09.2026 10:00", solved: f"0{n % 9 + 1}.09.2026 12:00",
         status: "gelöst", kind: ("Rückgabe", "Lieferung")[n % 2], order: f"L-{n}", agent: ("Bot", "Maria")[n % 3 == 0]}
        for n in range(30)
    ]  # fmt: skip


def meaning(header: tuple[str, ...], said: dict[str, str] | None = None) -> Map:
    return mapping_from_yaml(draft(rows(header), name="t.csv", answered=Answered(said=said or {}, solved=("gelöst",))).encode())


def shape_in_words(found: Map, header: tuple[str, ...]) -> list[str]:
    """The columns that a mapping names, each in the English header's word."""
    known = dict(zip(header, ENGLISH, strict=True))
    return [known[each.parts[-1]] for each in found.columns]


@pytest.mark.parametrize("language", HEADERS)
def test_a_table_in_another_language_is_read_as_the_english_one(language: str) -> None:
    """The same tickets, the same columns for the same things."""
    header = HEADERS[language]

    assert shape_in_words(meaning(ENGLISH), ENGLISH) == shape_in_words(meaning(header), header)


@pytest.mark.parametrize("state", STATES)
def test_which_state_sounds_solved(state: str) -> None:
    """The guess that is ticked on the page: *nicht gelöst* is not *gelöst*."""
    table, look = Table(rows(HEADERS["german"]), "t.csv"), Look()
    look_at(table, iter([{**each, "Status": state} for each in rows(HEADERS["german"])]), look)

    assert STATES[state] == (guessed(look).solved == (state,))


ODD = ("Nr", "Wer", "Beginn", "Ende", "Stand", "Worum", "Bezug", "Von uns")
SAID = "ticket = Nr; customer = Wer; created = Beginn; closed = Ende; status = Stand; kind = Worum; order = Bezug; agent = Von uns"


def test_what_a_person_says_of_columns_stands_before_every_guess() -> None:
    """Names that no list knows; and a name that sounds like something else than it is."""
    assert shape_in_words(meaning(ENGLISH), ENGLISH) == shape_in_words(meaning(ODD, said_of(SAID)), ODD)

    swapped = ("Customer", "Ticket ID", *ENGLISH[2:])
    found = meaning(swapped, said_of("ticket=Customer, customer=Ticket ID"))
    assert (("Ticket ID",), ("Customer",)) == (found.customer.parts, found.contact.parts)


@pytest.mark.parametrize("text", ["Nr", "ticket=", "bill=Nr", "=Nr"])
def test_what_names_no_role_is_refused_with_the_roles(text: str) -> None:
    """A misspelt role would leave the guess standing in silence."""
    with pytest.raises(UsageError) as raised:
        said_of(text)

    assert "ticket, customer, created" in raised.value.hint


def csv(header: tuple[str, ...]) -> str:
    return "\n".join([",".join(header), *(",".join(each.values()) for each in rows(header))])


def test_a_refusal_lists_the_columns_and_how_to_say_which_is_which(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the terminal: told what was seen and what was looked for, somebody says it, and the table is read."""
    file = tmp_path / "t.csv"
    file.write_text(csv(ODD), encoding="utf-8")
    assert run(["start", str(file), "--folder", str(tmp_path / "f"), "--once"]) == 64
    refused = capsys.readouterr().err
    options = [word for each in SAID.split(";") for word in ("--column", each.strip())]

    assert "it has `Nr`, `Wer`, `Beginn`" in refused
    assert "in English, German, French or Spanish" in refused
    assert "`--column`" in refused
    assert run(["start", str(file), "--folder", str(tmp_path / "f"), "--once", *options]) == 0
    assert "known      What was called resolved: told by 30 rows" in capsys.readouterr().out
    assert run(["start", str(file), "--folder", str(tmp_path / "f"), "--once", "--column", "ticket=Nummer"]) == 64
    assert "there is no column `Nummer`: it has `Nr`" in capsys.readouterr().err


def test_the_page_takes_what_is_said_and_keeps_it(tmp_path: Path) -> None:
    """The field keeps what was typed when a file is refused; what was said stands in the next visit too."""
    start = Start(tmp_path / "f")
    app = make(start)
    with TestClient(app, base_url="http://127.0.0.1:8080") as caller:

        def give(columns: str) -> Any:
            return caller.post("/start/files", files=[("files", ("t.csv", csv(ODD).encode(), "text/csv"))], data={"columns": columns})

        refused, wrong = give("customer = <b>Wer"), give("who = Wer")
        assert (400, 400) == (refused.status_code, wrong.status_code)
        assert "there is no column <code>&lt;b&gt;Wer</code>" in refused.text
        assert 'value="customer = &lt;b&gt;Wer"' in refused.text
        assert "names no role and column" in wrong.text
        assert give(SAID).status_code == 200
    close(app)
    Start(tmp_path / "f").read()

    assert [60] == [told.events["new"] for _, told in Start(tmp_path / "f").kept.read]
