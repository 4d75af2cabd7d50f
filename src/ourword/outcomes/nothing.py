"""What stands in a cell and names nothing: the one list of such words, for times, and for ids of tickets, orders and customers.

An id that names nobody makes one customer of all who have it, and one matter of all their tickets: everybody seems to come back.
"""

from __future__ import annotations

import re

from ourword.core.letters import unmarked

NO_TIME = ("-", "--", "–", "—", "n/a", "na", "null", "none", "nan", "nat", "nil", "0", "0000-00-00", "0000-00-00 00:00:00")
"""How exports say that there is no time (yet), in small letters."""
_WORDS = (
    *("n/a", "#n/a", "na", "n.a", "k.a", "null", "none", "nan", "nil", "nat", "undefined", "unknown", "anonymous", "anonymous user", "guest"),
    *("guest user", "deleted user", "permanently deleted user", "not applicable", "not available", "not provided", "not specified", "not given"),
    *("no order", "no order number", "no customer", "empty", "blank", "missing", "unassigned", "tbd", "tba", "unbekannt", "anonym", "gast", "kein"),
    *("keine", "keine angabe", "ohne", "leer", "nicht vorhanden", "entfallt", "inconnu", "inconnue", "anonyme", "aucun", "aucune", "sans", "invite"),
    *("desconocido", "desconocida", "anonimo", "anonima", "ninguno", "ninguna", "invitado"),
)
_NOUGHT = re.compile(r"0+(?:[.,]0+)?", re.ASCII)
_AROUND = " \t\r\n\u00a0\u202f.()[]<>\"'"
_MANGLED = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d{1,3}", re.ASCII)
_WHOLE = re.compile(r"(\d{1,18})\.0{1,6}", re.ASCII)


def names_nothing(text: str) -> bool:
    """Whether an id is a word for none, or a mere dash or nought; or what a spreadsheet left of a long number, which several ids share.

    >>> [names_nothing(each) for each in ("N/A", "(unknown)", " - ", "0", "4.00123E+11", "L-0", "Gast", "7", "Ана", "李")]
    [True, True, True, True, True, False, True, False, False, False]
    """
    bare = text.strip(_AROUND)
    letters = any(each.isalnum() for each in bare)
    return not letters or bool(_NOUGHT.fullmatch(bare) or _MANGLED.fullmatch(bare)) or (len(bare) <= 30 and unmarked(bare) in _WORDS)


def id_in(text: str, *, from_nought: bool = False) -> str:
    """An id as every row writes it: without spaces around it, and without the `.0` of a number that went through a spreadsheet; empty for none.

    *from_nought*: rows may be numbered from 0, as tickets sometimes are; nobody's customer or order is number 0.

    >>> id_in(" L-7 "), id_in("12.0"), id_in("1.5"), id_in("n/a"), id_in("0"), id_in("0", from_nought=True)
    ('L-7', '12', '1.5', '', '', '0')
    """
    found = text.strip()
    whole = _WHOLE.fullmatch(found)
    found = whole[1] if whole else found
    return "" if names_nothing(found) and not (from_nought and found == "0") else found


def why_none(what: str, value: str) -> str:
    """What it means that an id names nothing, in the words by which it is counted.

    >>> why_none("order", "N/A")
    '`N/A` names no order, so that it tells no matter'
    """
    so = "nobody can see whether they came back" if what == "customer" else "it tells no matter"
    return f"`{value}` names no {what}, so that {so}"


def mangled(text: str) -> bool:
    """Whether this is what a spreadsheet left of a long number."""
    return bool(_MANGLED.fullmatch(text.strip()))
