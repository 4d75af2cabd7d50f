"""Names in any script as the short ids that contracts know: readable where a rule says how; what would be lost is told by a digest."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue"}
_SPECIAL = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "ħ": "h",
    "ı": "i",
    "ł": "l",
    "ŋ": "ng",
    "þ": "th",
    "ŧ": "t",
    "ə": "e",
    # ISO 9's letters without its marks, and zh, ch, sh as English writes them
    **dict(zip("абвгдезийклмнопрстуфхцыэ", "abvgdeziiklmnoprstufhcye", strict=True)),
    "ж": "zh",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "yu",
    "я": "ya",
    "і": "i",
    "є": "ye",
    "ґ": "g",
    "ђ": "dj",
    "ј": "j",
    "љ": "lj",
    "њ": "nj",
    "ћ": "c",
    "џ": "dz",
    # ISO 843, without its marks
    **dict(zip("αβγδεζηικλμνξοπρστυφω", "avgdeziiklmnxoprstyfo", strict=True)),
    "θ": "th",
    "χ": "ch",
    "ψ": "ps",
    "ς": "s",
}
_DIGEST = 6


def unmarked(text: str) -> str:
    """A text in small letters without marks.

    >>> unmarked("Gelöst"), unmarked("Résolu")
    ('gelost', 'resolu')
    """
    return "".join(each for each in unicodedata.normalize("NFKD", text.lower().replace("ß", "ss")) if not unicodedata.combining(each))


def latin(text: str) -> str:
    """A text in small Latin letters, as German spells its own; Cyrillic and Greek too. What no rule knows stays as it is.

    >>> latin("Rückgabe & Größe"), latin("Ελλάδα"), latin("Возврат"), latin("返品")
    ('rueckgabe & groesse', 'ellada', 'vozvrat', '返品')
    """
    spelt = "".join(_UMLAUTS.get(each, each) for each in unicodedata.normalize("NFC", text.lower()))
    return "".join(_SPECIAL.get(each, each) for each in unmarked(spelt))


def short_id(text: str, *, gap: str, most: int, otherwise: str) -> str:
    """A name as an id: small Latin letters and digits with *gap* between them; a letter that no rule knows adds a digest of the whole.

    *otherwise* stands before one that would begin with no letter.

    >>> short_id("Refund / Return", gap="_", most=60, otherwise="k"), short_id("返品", gap="_", most=60, otherwise="k")
    ('refund_return', 'b6ab92')
    """
    written = latin(text)
    plain = re.sub(r"[^a-z0-9]+", gap, written).strip(gap)
    if len(plain) > most or not plain or any(each.isalnum() and not each.isascii() for each in written):
        digest = hashlib.sha256(unicodedata.normalize("NFC", text).encode("utf-8", "replace")).hexdigest()[:_DIGEST]
        plain = f"{plain[: most - _DIGEST - 1]}{gap}{digest}".lstrip(gap)
    return plain if re.match(r"[a-z]", plain) else f"{otherwise}{plain}"[:most]
