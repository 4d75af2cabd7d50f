"""Files of events that lie in another folder of the home, on the machine that takes events in: none of them is missing here, and none is read."""

from __future__ import annotations

from ourword.contract.words import many
from ourword.errors import HomeError
from ourword.stores.elsewhere import refuse_elsewhere, where_of
from ourword.stores.home import Home

_Sealed = dict[str, tuple[str, int]]


def to_look_at(home: Home, sealed: _Sealed) -> tuple[_Sealed, tuple[str, ...]]:
    """Give the files of events that can be held against what was sealed here, and a note of those that cannot.

    In the folder that takes events in these are all: what is missing there is missing.
    """
    try:
        refuse_elsewhere(home.path, home.store)
    except HomeError as error:
        if error.code == "home.elsewhere":
            return _here(home, sealed)
    return sealed, ()


def _here(home: Home, sealed: _Sealed) -> tuple[_Sealed, tuple[str, ...]]:
    ours = home.path / "events"
    here = {file: each for file, each in sealed.items() if (home.path / file).exists() or (home.path / file).parent != ours}
    away = len(sealed) - len(here)
    if not away:
        return sealed, ()
    lie = many(away, "file of events lies", "files of events lie")
    what = f"{lie} in {where_of(home.store)}, and {'was' if away == 1 else 'were'} not looked at here"
    return here, (f"{what}; `ourword verify --home` there does",)
