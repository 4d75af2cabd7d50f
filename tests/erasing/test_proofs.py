"""What was proved before an erasure holds after it: entries stay, files of events are held against the last of their chain."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.erasing.shop import NEEDLES, NS, ZORA, found_in, opened

from ourword.errors import HomeError
from ourword.rights.forgetting import erase
from ourword.stores.home import LOG
from ourword.verifying.log import verify_home, verify_log
from ourword.verifying.receipt import receipt, verify_receipt


def test_the_log_holds_with_every_checkpoint_and_receipt_from_before(home: Path) -> None:
    """An auditor kept a checkpoint and the customer a receipt: neither is worth less because she was erased."""
    with opened(home) as whole:
        whole.publish()
        note, kept = (home / LOG / "checkpoint").read_bytes(), receipt(whole, "d-1")
        files = len(list((home / "events").iterdir()))
        erase(whole, ZORA, now=NS)
        whole.publish()
        known = whole.log_key()
        assert known is not None
        verified = verify_home(whole, old=[("kept", note)], full=True)
        with pytest.raises(HomeError, match="was erased"):
            receipt(whole, "d-1")

    assert ((), 3, 2, files) == (verified.flaws, verified.erased, verified.opened, verified.segments)
    assert not verify_log(home / LOG, known, old=[("kept", note)], full=True).flaws
    assert "48.00 EUR" in str(verify_receipt(kept, known))
    assert [] == found_in(home, NEEDLES)


def test_a_file_that_was_written_anew_is_held_against_its_digest(home: Path) -> None:
    """Erasing is no way to change what happened unseen."""
    with opened(home) as whole:
        erase(whole, ZORA, now=NS)
        whole.publish()
        anew = next(path for path in (home / "events").iterdir() if path.name.endswith(".2.parquet"))
        anew.write_bytes(anew.read_bytes()[:-1] + b"X")
        verified = verify_home(whole)

    assert [f"events/{anew.name}"] == [flaw.place for flaw in verified.flaws]
