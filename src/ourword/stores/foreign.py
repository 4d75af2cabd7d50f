"""Files of other programs that hold a table and are none: which program made them, and how it saves what is read."""

from __future__ import annotations

import zipfile
from pathlib import Path

from ourword.errors import UsageError

_EXCEL = ("an Excel workbook", "in Excel: File > Save As > CSV UTF-8 (comma delimited), one sheet a file; then give the .csv")
_OTHERS = {
    **dict.fromkeys((".xlsx", ".xlsm", ".xlsb", ".xls", ".xltx"), _EXCEL),
    ".ods": ("a LibreOffice spreadsheet", "in LibreOffice: File > Save As > Text CSV, character set UTF-8; then give the .csv"),
    ".numbers": ("a Numbers spreadsheet", "in Numbers: File > Export To > CSV, encoding UTF-8; then give the .csv"),
    ".pdf": ("a PDF: a picture of a table", "export the table itself from where the PDF was made, as CSV"),
    ".docx": ("a Word document", "copy the table into a spreadsheet, and save that as CSV UTF-8"),
    ".doc": ("a Word document", "copy the table into a spreadsheet, and save that as CSV UTF-8"),
    ".html": ("a web page", "use the page's own export as CSV; or open it in a spreadsheet, and save that as CSV UTF-8"),
    ".htm": ("a web page", "use the page's own export as CSV; or open it in a spreadsheet, and save that as CSV UTF-8"),
    ".xml": ("an XML file", "ask where it came from for CSV or JSON"),
    ".sqlite": ("a database", "write the table of tickets out as CSV"),
    ".7z": ("an archive that is not opened", "unpack it, and give the files or their folder"),
    ".rar": ("an archive that is not opened", "unpack it, and give the files or their folder"),
    ".tar": ("an archive that is not opened", "unpack it, and give the files or their folder"),
    ".tgz": ("an archive that is not opened", "unpack it, and give the files or their folder"),
}
_STARTS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
    (b"%PDF-", ".pdf"),
    (b"SQLite format 3\x00", ".sqlite"),
    (b"7z\xbc\xaf\x27\x1c", ".7z"),
    (b"Rar!", ".rar"),
)
_INSIDE = (("xl/", ".xlsx"), ("word/", ".docx"), ("Index/Document.iwa", ".numbers"), ("content.xml", ".ods"))


def refuse_foreign(path: Path) -> None:
    """Raise a `UsageError` for a file that another program must save as a table first, whatever it is called; and for what is no file."""
    try:
        if not path.exists():
            raise UsageError("usage.file", "there is no such file", place=str(path), hint="check the path")
        if not path.is_file():
            raise UsageError("usage.file", "this is no file", place=str(path), hint="give a file, or a folder of files")
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise UsageError("usage.file", f"the file cannot be read: {error.strerror}", place=str(path), hint="check the path") from error
    ending = next((found for start, found in _STARTS if head.startswith(start)), "")
    if head.startswith(b"PK\x03\x04"):
        ending = _packed(path)
    called = path.name.lower()
    ending = ending or next((each for each in _OTHERS if called.endswith((each, f"{each}.gz"))), "")
    if ending:
        what, hint = _OTHERS[ending]
        raise UsageError("start.foreign", f"this is {what}, which is not read", place=path.name, hint=hint)


def foreign_in(name: str) -> str:
    """What a file within an archive is, by its name alone; empty where nothing is known of its ending.

    >>> foreign_in("2026/Tickets.XLSX"), foreign_in("old.zip"), foreign_in("photo.png")
    ('an Excel workbook, which is not read', 'an archive within an archive', '')
    """
    called = name.lower()
    if called.endswith(".zip"):
        return "an archive within an archive"
    return next((f"{what}, which is not read" for ending, (what, _) in _OTHERS.items() if called.endswith((ending, f"{ending}.gz"))), "")


def _packed(path: Path) -> str:
    """Which program's own archive it is; empty for a plain one."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError):
        return ""
    return next((ending for start, ending in _INSIDE if any(each.startswith(start) for each in names[:2_000])), "")
