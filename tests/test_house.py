"""The house keeps its own rules: imports point one way, little is loaded, docs are complete, and what is installed works."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.blocks import LANGUAGES, ROOT

SRC = ROOT / "src" / "ourword"
LARKSPUR = ROOT / "examples" / "larkspur-refund"

# Where a link or an address in our files may lead. Anything else must be added here on purpose.
HOSTS = re.compile(
    r"(^|\.)(example|test|localhost|w3\.org|apache\.org|python\.org|json-schema\.org|rfc-editor\.org|ietf\.org|iso\.org|omg\.org|github\.com|cel\.dev"
    r"|opentelemetry\.io|c2sp\.org|yaml\.org|unicode\.org|europa\.eu|bitol\.io|oasis-open\.org|sqlite\.org|sigstore\.dev|schema\.org"
    r"|xes-standard\.org|chatwoot\.com|intercom\.com|zendesk\.com|hubspot\.com|ultimate\.ai|ada\.cx|ada-education\.com|mediaposte-martech\.com)$|^(127\.0\.0\.1|\[::1\])$"
)


def _tracked() -> list[Path]:
    """Every file that is, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def _texts() -> Iterator[tuple[Path, str]]:
    for path in _tracked():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def _run(*command: str | Path, cwd: Path = ROOT, seconds: int = 120) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, timeout=seconds, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


def _python_files() -> list[Path]:
    return sorted(SRC.rglob("*.py"))


# ---- the rules of the code -----------------------------------------------------------------------------------------


def test_imports_point_one_way():
    """Doors → app → stores → gate, ledger → contract → cel → core → errors; whoever reads one part need not read those above."""
    _run(Path(sys.executable).parent / "lint-imports", "--no-cache")


BELOW_STORES = ("helpdesks", "outcomes", "gate", "ledger", "contract", "cel", "core")
OUTSIDE_WORLD = {"socket", "sqlite3", "apsw", "random", "secrets", "subprocess", "urllib", "http", "shutil", "tempfile", "uuid"}


@pytest.mark.parametrize("part", BELOW_STORES)
def test_below_the_stores_nothing_reaches_for_the_world(part):
    """No file, socket, clock or chance below `stores`: the same proposal is always decided alike."""
    reached = []
    for path in sorted((SRC / part).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if path.name == "__main__.py" or path.name == "conformance.py":  # a runner is a door of its own: it reads files
                continue
            if isinstance(node, ast.Import):
                reached += [f"{path.name}: {each.name}" for each in node.names if each.name.split(".")[0] in OUTSIDE_WORLD]
            elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in OUTSIDE_WORLD:
                reached.append(f"{path.name}: {node.module}")
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "open",
                "datetime.now",
                "datetime.utcnow",
                "date.today",
                "time.time",
                "time.time_ns",
            ):
                reached.append(f"{path.name}:{node.lineno}: {ast.unparse(node.func)}()")

    assert reached == []


POSIX_ONLY = {"fcntl", "grp", "pwd", "resource", "termios", "tty", "pty", "syslog"}
POSIX_CALLS = {
    "os.fork",
    "os.forkpty",
    "os.getuid",
    "os.geteuid",
    "os.setuid",
    "os.chown",
    "os.mkfifo",
    "os.statvfs",
    "os.wait",
    "os.killpg",
    "os.setsid",
}


def test_nothing_we_ship_needs_posix():
    """A head of customer experience may sit at a Windows machine."""
    found = []
    for path in _python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (isinstance(node, ast.Import) and {each.name for each in node.names} & POSIX_ONLY) or (
                isinstance(node, ast.Attribute) and ast.unparse(node) in POSIX_CALLS
            ):
                found.append(f"{path.relative_to(SRC)}:{node.lineno}: {ast.unparse(node)}")

    assert found == []


def test_no_file_holds_two_rooms():
    """A file over 400 lines is two files that have not been told apart yet."""
    long = {str(path.relative_to(SRC)): lines for path in _python_files() if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400}

    assert long == {}


# ---- what is loaded --------------------------------------------------------------------------------------------------

_LOADED = """
import sys
import msgspec
before = set(sys.modules)
{code}
loaded = {{name.split(".")[0] for name in set(sys.modules) - before}}
print(sorted(name for name in loaded if name not in sys.stdlib_module_names and name != "ourword" and not name.startswith("_sysconfig")))
"""


def _loaded_by(code: str, *, prepare: str = "") -> str:
    done = _run(sys.executable, "-c", prepare + _LOADED.format(code=code))
    return done.stdout.strip()


def test_importing_ourword_loads_msgspec_and_the_standard_library_alone():
    """An agent that starts for each decision waits for nothing it does not use."""
    assert _loaded_by("import ourword") == "[]"


def test_compiling_and_deciding_load_msgspec_and_the_standard_library_alone():
    """The gate sits in other people's programs: it brings no library along."""
    assert _loaded_by("import ourword.gate.compile, ourword.gate.decide, ourword.gate.verdict") == "[]"


def test_a_decision_loads_nothing_more():
    """What deciding needs is there when the gate is; nothing is loaded while a customer waits."""
    prepare = f"""
import json
from ourword import Ourword
word = Ourword.open({str(LARKSPUR / "contract.yaml")!r}, {str(LARKSPUR / "wiring.yaml")!r})
"""
    line = '{"kind": "refund", "customer": "c-1", "facts": {"amount": "20.00 EUR", "reason": "damaged"}}'

    assert _loaded_by(f"word.decide(json.loads({line!r}))", prepare=prepare) == "[]"


# ---- what is written ---------------------------------------------------------------------------------------------------


def test_no_file_names_a_machine_of_ours():
    """What is committed is the project's own: another machine has other paths."""
    ours = re.compile(r"(?<![\w.$~*}])/(?:home|root|Users|work|farm|opt)/\w")
    named = [f"{path.relative_to(ROOT)}: {match[0]}" for path, text in _texts() if path != Path(__file__) for match in ours.finditer(text)]

    assert named == []


def test_every_address_is_one_we_mean():
    """A registry's or a proxy's address slips into locks and logs; so every host is listed above, on purpose."""
    address = re.compile(r"https?://(\[::1\]|[A-Za-z0-9.-]+)")
    strange = {
        f"{path.relative_to(ROOT)}: {match[1]}"
        for path, text in _texts()
        for match in address.finditer(text)
        if not HOSTS.search(match[1].rstrip(".").lower())
    }

    assert sorted(strange) == []


@pytest.mark.parametrize("lock", ["run", "build", "dev", "bench"])
def test_a_lock_names_packages_and_hashes_only(lock):
    """A stranger's pip must be able to use it, wherever their packages come from."""
    strange = [
        line
        for line in (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8").splitlines()
        if not re.fullmatch(r"[a-z0-9.-]+==\S+( ; [^:/]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line)
    ]

    assert strange == []


def test_a_change_is_told_in_a_sentence():
    """`changes/+NAME.KIND.md` is read by users: one line, in their words."""
    wrong = [
        path.name
        for path in (ROOT / "changes").iterdir()
        if path.name not in (".gitkeep", "README.md")
        and not (
            re.fullmatch(r"\+[\w-]+\.(added|changed|fixed|removed)\.md", path.name)
            and re.fullmatch(r"[A-Z`].{10,400}[.]\n", path.read_text(encoding="utf-8"))
        )
    ]

    assert wrong == []


# ---- the docs ----------------------------------------------------------------------------------------------------------

DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [*DOCS, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


def _links(page: Path) -> list[str]:
    without_code = re.sub(r"^```.*?^```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", without_code) if "://" not in link]


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    """A reader who follows a link arrives."""
    lost = []
    for link in _links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in _anchors(target)):
            lost.append(link)

    assert lost == []


def test_a_table_of_the_reference_says_nothing_twice():
    """Two rows on one thing say two things of it, and one of them is old."""
    for page in sorted((ROOT / "docs" / "reference").glob("*.md")):
        tables = re.split(r"\n(?!\|)", page.read_text(encoding="utf-8"))
        for table in tables:
            said = [row.split("|")[1].strip() for row in table.split("\n") if row.startswith("|")]
            assert len(said) == len(set(said)), (page.name, [each for each in said if said.count(each) > 1])


def test_every_page_of_the_docs_is_in_their_index():
    """What is written can be found."""
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in _links(index)}

    assert [str(page.relative_to(ROOT)) for page in DOCS if page != index and page.resolve() not in linked] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_code_block_names_a_language_that_runs(page):
    """A block that nobody runs is wrong sooner or later; `text` is for pictures."""
    fences = re.findall(r"^ *```(.*)$", page.read_text(encoding="utf-8"), flags=re.M)
    opening = fences[::2]

    assert [language for language in opening if language not in LANGUAGES] == []


def test_every_command_is_documented():
    """What can be typed is explained: each command has its heading in the reference."""
    from typer.main import get_command

    from ourword.cli.main import app

    commands = get_command(app).commands  # type: ignore[attr-defined]
    headings = re.findall(r"^#+ .*`ourword ([a-z-]+)", (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8"), flags=re.M)

    assert sorted(name for name, command in commands.items() if name not in headings and not command.hidden) == []


def test_what_the_readme_makes_can_be_made():
    """The two commands that a newcomer types first are there."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"^\$ make (\w+)|`make (\w+)", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.M))
    targets = {name for pair in named for name in pair if name}

    assert {"demo", "test"} <= targets
    assert [name for name in targets if not re.search(rf"^{name}:", makefile, flags=re.M)] == []


# ---- what is tested --------------------------------------------------------------------------------------------------------

_SKIPPED = """
import pytest

@pytest.mark.parametrize("why", ["no browser here", "../shared is not beside this folder", "needs root"])
def test_something(why):
    pytest.skip(why)
"""


@pytest.mark.parametrize(("everything", "closing"), [("", "3 skipped"), ("1", "1 failed, 2 skipped")])
def test_where_everything_is_installed_a_skip_is_a_failure(tmp_path, everything, closing):
    """A test that never runs guarantees nothing; CI has no excuse but a missing ../shared or root."""
    (tmp_path / "test_skipped.py").write_text(_SKIPPED, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "conftest",
        "-c",
        "skipped.ini",
        "--rootdir",
        tmp_path,
        "--basetemp",
        tmp_path / "nested",
        tmp_path,
    ]
    (tmp_path / "skipped.ini").write_text("[pytest]\n", encoding="utf-8")
    environment = {**os.environ, "OURWORD_ALL": everything, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([*map(str, command)], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert closing in done.stdout.splitlines()[-1]


# ---- what is installed ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_wheel_alone_works_in_an_empty_environment(tmp_path):
    """Nothing that a user needs is only in our folder: files missing from the wheel, or a dependency only we have, show here."""
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    room = tmp_path / "venv"
    _run(sys.executable, "-m", "venv", room)
    bin_ = room / ("Scripts" if sys.platform == "win32" else "bin")
    pip = (bin_ / "python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    _run(*pip, "--require-hashes", "-r", ROOT / "requirements" / "run.txt", seconds=600)
    _run(*pip, "--no-deps", wheel)

    helped = _run(bin_ / "ourword", "--help", cwd=tmp_path)
    shown = _run(bin_ / "ourword", "demo", "--gate", "--once", cwd=tmp_path)
    export = ROOT / "examples" / "helpdesk-export"
    _run(bin_ / "ourword", "import", export / "tickets.csv", "--mapping", export / "mapping.yaml", "--home", "helpdesk", cwd=tmp_path)
    reported = _run(bin_ / "ourword", "report", "--home", "helpdesk", "--html", "-", cwd=tmp_path)
    recounted = _run(bin_ / "ourword", "recount", "--home", "helpdesk", cwd=tmp_path)

    assert "decide" in helped.stdout
    assert "200" in shown.stdout
    assert "Of all 8 contacts that" in reported.stdout
    assert "intercom" in recounted.stdout


def test_the_package_and_its_description_name_one_version():
    """A kept figure names the version that worked it out; two truths about it would keep old figures alive."""
    from ourword.core.version import VERSION

    assert f'version = "{VERSION}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
