"""`python -m ourword.demo.exports VENDOR DIR`: write Larkspur as this vendor's helpdesk would export it, and the truth beside the folder."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from ourword.demo.exports.larkspur import CONTACTS

VENDORS = ("zendesk", "intercom", "chatwoot", "salesforce")
"""Each a module here with `write(folder, now)`, which gives how many files of which name it wrote."""
RICHEST = {
    "zendesk": ("audits.jsonl", "tickets.jsonl", "users.jsonl", "ticket_fields.json", "ratings.json"),
    "intercom": ("conversations.jsonl", "contacts.jsonl", "admins.json"),
    "chatwoot": ("messages.jsonl", "conversations.jsonl", "contacts.jsonl", "ratings.jsonl"),
    "salesforce": (
        *("Case.csv", "CaseHistory.csv", "EmailMessage.csv", "CaseComment.csv", "MessagingSession.csv", "ConversationEntry.csv"),
        *("User.csv", "Contact.csv"),
    ),
}
"""The files that tell most together; the others tell the same in other forms."""
_TRUTH = "truth.json"


def write_export(vendor: str, folder: Path, *, contacts: int = CONTACTS) -> tuple[list[Path], Path]:
    """Write the export of now; gives its files, and the truth, which lies beside the folder: all that is in it may be dropped."""
    written = import_module(f"ourword.demo.exports.{vendor}").write(folder, datetime.now(UTC), contacts=contacts)
    truth = (folder / _TRUTH).replace(folder.resolve().with_name(f"{folder.resolve().name}-{_TRUTH}"))
    return [folder / name for name in sorted(written) if name != _TRUTH], truth


def main(arguments: list[str]) -> int:
    """Write the files; two arguments: the vendor and the folder."""
    if len(arguments) != 2 or arguments[0] not in VENDORS or arguments[1].startswith("-"):
        print(f"usage: python -m ourword.demo.exports {{{','.join(VENDORS)}}} DIR", file=sys.stderr)
        return 2
    vendor, folder = arguments
    files, truth = write_export(vendor, Path(folder))
    print(f"{len(files)} files in {folder}: {', '.join(each.name for each in files)}")
    print(f"The truth, which nobody has in life: {truth}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
