"""`ourword`: the commands and their options. What each does is imported when it runs, so that starting costs nothing."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from ourword import __version__
from ourword.cli import customer_commands
from ourword.cli.adopt_command import adopt, adopted
from ourword.cli.ask_command import ask
from ourword.cli.bends_command import bends
from ourword.cli.coherence_command import coherence
from ourword.cli.contract_command import contract as contract_command
from ourword.cli.diff_command import diff
from ourword.cli.home_command import home as home_command
from ourword.cli.keys_command import keys
from ourword.cli.migrate_command import migrate
from ourword.cli.options import AsOf, ContractFile, Home, Json, Lang, Mode, OptionalHome, Window, WiringFile
from ourword.cli.out import BROKEN_PIPE, OUTPUT_ERROR, complain, drop_output, warn_of_unpublished
from ourword.cli.prove_command import prove
from ourword.cli.prune_command import prune
from ourword.cli.report_command import report
from ourword.cli.show_command import show
from ourword.cli.silent_command import silent
from ourword.cli.trying_command import trying
from ourword.cli.verify_command import publish, receipt, verify
from ourword.cli.waive_command import waive
from ourword.errors import HomeError, OurwordError, UsageError
from ourword.stores.unpublished import listening

app = typer.Typer(
    name="ourword",
    help="The customer contract for automated decisions: written, checked before each decision, recorded, kept.",
    epilog="Exit codes: 0 done · 1 flaws, or Monday needs you · 2 bad lines, or not proved · 3 contract bad · 4 home cannot be used · 64 usage.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ourword {__version__}")
        raise typer.Exit


@app.callback()
def ourword(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)] = False,
) -> None:
    """The customer contract for automated decisions. Without a command it opens the first page: drop a helpdesk's export there."""
    if context.invoked_subcommand is None:
        from ourword.cli.start import run

        raise typer.Exit(run([]))


@app.command(short_help="Recount a helpdesk's export in the browser.")
def start(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="What your helpdesk exported.", show_default=False)] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", metavar="DIR", help="Where all is kept; else `Ourword` at home.", show_default=False)
    ] = None,
    port: Annotated[int, typer.Option("--port", metavar="PORT", min=0, max=65535, help="0 takes a free one.")] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in your browser.")] = True,
    once: Annotated[bool, typer.Option("--once", help="Read the files by the guessed answers, say what they tell, and end.")] = False,
    dates: Annotated[str, typer.Option("--dates", metavar="FIRST", help="Dates that can be read both ways: day or month first.")] = "",
    zone: Annotated[str, typer.Option("--zone", metavar="ZONE", help="Of times that name none; else UTC.", show_default=False)] = "",
    column: Annotated[list[str] | None, typer.Option("--column", metavar="ROLE=COLUMN", help="Say what a column is.", show_default=False)] = None,
    forget: Annotated[str, typer.Option("--forget", metavar="HOME", help="Delete a kept home, such as home-1, and end.", show_default=False)] = "",
) -> int:
    """From a helpdesk's export to the recount: six questions in the browser, no engineer, nothing leaves this computer."""
    from ourword.cli.start import run

    return run(files or [], folder=folder, port=port, browser=browser, once=once, first=dates, zone=zone, columns=column or (), forget=forget)


@app.command(short_help="Say what is wrong with a contract.")
def check(
    contract: ContractFile,
    wiring: WiringFile,
    strict: Annotated[bool, typer.Option("--strict", help="Keys that nothing reads yet, and notes, count as flaws.")] = False,
    json: Json = False,
) -> int:
    """Say what is wrong with a contract: exit 0 clean, 1 flaws, 3 it cannot be read."""
    from ourword.cli.check import run

    return run(contract, wiring, strict=strict, as_json=json)


app.command(short_help="Prove what no customer meets, or show who does.")(prove)
app.command("test", short_help="Run a contract's examples; show what it answers at each edge.")(trying)
app.command(short_help="Say what a new contract changes for customers.")(diff)
app.command(short_help="Sign a contract: in force once all have.")(adopt)
app.command(short_help="Tell who signed what, in force since when.")(adopted)


app.command(short_help="Show a contract: digest, prose, Python, SQL, schema.")(show)


@app.command(short_help="Lay contract and wiring files out in one way.")
def fmt(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Contract or wiring files, written in place.", show_default=False)],
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a file would change.")] = False,
) -> int:
    """Lay contract and wiring files out in one way; what they say stays the same."""
    from ourword.cli.fmt import run

    return run(files, check_only=check)


@app.command(short_help="Decide proposals: JSON lines in, verdicts out.")
def decide(
    contract: ContractFile,
    wiring: WiringFile,
    file: Annotated[str, typer.Argument(metavar="[FILE|-]", help="JSON lines, one proposal a line; - is standard input.", show_default=False)] = "-",
    home: OptionalHome = None,
    lang: Lang = "",
    mode: Mode = "enforce",
) -> int:
    """Decide proposals, a JSON line in and a JSON line out; exit 0 all decided, 2 some lines bad."""
    from ourword.cli.decide import run

    return run(contract, wiring, file, home=home, lang=lang, mode=mode)


@app.command(short_help="Tell in words why a decision was taken.")
def why(
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="The decision's id.", show_default=False)],
    home: Home,
    lang: Lang = "",
    as_of: AsOf = "",
    json: Json = False,
) -> int:
    """Tell in words what was decided, why, what would have changed it, and what was promised."""
    from ourword.cli.why import run

    return run(decision, home, lang=lang, as_of=as_of, as_json=json)


@app.command(short_help="List what a home has recorded, in order.")
def log(
    home: Home,
    json: Json = False,
    after: Annotated[int, typer.Option("--after", metavar="N", min=0, help="Begin behind entry N.")] = 0,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="Stop after so many entries.", show_default=False)] = None,
    as_of: AsOf = "",
) -> int:
    """List the entries of a home, in order."""
    from ourword.cli.log import run

    return run(home, as_json=json, after=after, limit=limit, as_of=as_of)


app.command(short_help="Say whether a log, or a receipt, holds.")(verify)
app.command(short_help="Write a customer's receipt of a decision.")(receipt)
app.command(short_help="Publish the log that outsiders verify.")(publish)


@app.command(short_help="Take in events: what became of customers.")
def events(
    home: Home,
    file: Annotated[str, typer.Argument(metavar="[FILE|-]", help="JSON lines, one event a line; - is standard input.", show_default=False)] = "-",
    json: Json = False,
) -> int:
    """Take in events, a JSON line each; exit 0 all taken in, 2 some lines bad."""
    from ourword.cli.events import run

    return run(file, home=home, as_json=json)


@app.command(short_help="Draft a mapping by looking at a file.")
def init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, JSON Lines, JSON or Parquet (gzip too).", show_default=False)],
    out: Annotated[Path | None, typer.Option("-o", "--output", metavar="MAP", help="Write it here; else print it.", show_default=False)] = None,
) -> int:
    """Draft a mapping by looking at the first rows of a file; what only a person can say is marked."""
    from ourword.cli.init import run

    return run(file, out=out)


@app.command("import", short_help="Take in another system's rows by a mapping.")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, JSON Lines (gzip too) or Parquet.", show_default=False)],
    mapping: Annotated[Path, typer.Option("--mapping", metavar="MAP", help="How its rows become events.", show_default=False)],
    home: Home,
    contract: Annotated[
        Path | None, typer.Option("--contract", metavar="C", help="Decide a transcript's tool calls, observed.", show_default=False)
    ] = None,
    wiring: Annotated[
        Path | None, typer.Option("--wiring", metavar="W", help="The contract's wiring: its tools and facts.", show_default=False)
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Although the home has events of this file by another mapping.")] = False,
    json: Json = False,
) -> int:
    """Take in the rows of another system's file as events, by a mapping; run again it takes in nothing twice."""
    from ourword.cli.importing import run

    return run(file, mapping=mapping, home=home, contract=contract, wiring=wiring, as_json=json, again=again)


@app.command(short_help="See from events which promises were kept.")
def settle(
    home: Home,
    events: Annotated[str, typer.Option("--events", metavar="FILE|-", help="Events of a file instead of the home's.", show_default=False)] = "",
    now: Annotated[str, typer.Option("--now", metavar="TIME", help="Settle as of this moment; else the clock.", show_default=False)] = "",
    watch: Annotated[bool, typer.Option("--watch", help="Go on until interrupted.")] = False,
) -> int:
    """Record which promises were kept, late, broken or cannot be known, and say whom we owe."""
    from ourword.cli.settle import run

    return run(home, events=events, now=now, watch=watch)


app.command(short_help="List customers who have gone silent.")(silent)


@app.command(short_help="List promises and how they stand.")
def promises(home: Home, json: Json = False, as_of: AsOf = "") -> int:
    """List every promise of a home with its due time and its standing."""
    from ourword.cli.promises import run

    return run(home, as_json=json, as_of=as_of)


@app.command(short_help="List what asks whom for an answer.")
def signals(
    home: Home,
    only_open: Annotated[bool, typer.Option("--open", help="Only those that wait for an answer.")] = False,
    json: Json = False,
    as_of: AsOf = "",
) -> int:
    """List broken promises, missed targets and boundaries that ask a named person for an answer, and what was answered."""
    from ourword.cli.signals import run

    return run(home, only_open=only_open, as_json=json, as_of=as_of)


@app.command(short_help="Answer a signal: say which of nine it was.")
def answer(
    signal: Annotated[str, typer.Argument(metavar="SIGNAL", help="The signal's id, such as s-12.", show_default=False)],
    was: Annotated[
        str, typer.Option("--was", metavar="WORD", help="intent, incentive, choice, boundary, promise, context, role, journey or defect.")
    ],
    by: Annotated[str, typer.Option("--by", metavar="ID", help="Who answers: a person's id in the contract.")],
    home: Home,
    because: Annotated[str, typer.Option("--because", metavar="TEXT", help="Why, in your words; kept beside the log.", show_default=False)] = "",
) -> int:
    """Close a signal by saying what it was, who says so, and why; silence closes nothing."""
    from ourword.cli.signals import run_answer

    return run_answer(signal, home, was=was, by=by, because=because)


app.command(short_help="Tell what is written, staffed and used.")(coherence)
app.command(short_help="Let a signal wait, until a day, for a reason.")(waive)
customer_commands.add_to(app)
app.command(short_help="Let go of decisions that are past retention.")(prune)


app.command(short_help="Call quiet customers back, drawn by lot.")(ask)
app.command("home", short_help="Make a home whose ledger is in PostgreSQL.")(home_command)
app.command(short_help="Move a home between files and PostgreSQL.")(migrate)
app.command(short_help="Tell how keys lie; wrap them, rotate them.")(keys)
app.command(short_help="Count where people depart from the contract.")(bends)
app.command("contract", short_help="Tell what was chosen, beside what happens.")(contract_command)
app.command(short_help="Tell what became of contacts, by kind.")(report)


@app.command(short_help="Count what vendors would call resolved.")
def recount(
    home: Home,
    json: Json = False,
    html: Annotated[str, typer.Option("--html", metavar="FILE|-", help="Write the one page to forward.", show_default=False)] = "",
    rule: Annotated[
        str, typer.Option("--rule", metavar="RULE", help="The rule to speak of, such as zendesk; else the dearest.", show_default=False)
    ] = "",
    as_of: AsOf = "",
    window: Window = 7,
    assume: Annotated[
        list[str] | None, typer.Option("--assume", metavar="NAME=LOW..HIGH", help="What the bill takes for granted.", show_default=False)
    ] = None,
) -> int:
    """Hold what six vendors' rules, and your own system, would call resolved beside what became of those customers."""
    from ourword.cli.recount import run

    return run(home, as_json=json, html=html, rule=rule, as_of=as_of, window_days=window, assume=assume or ())


@app.command(short_help="Decide over HTTP; show decisions in a browser.")
def serve(
    contract: Annotated[
        Path | None, typer.Argument(metavar="CONTRACT", help="The contract; without it the home is only shown.", show_default=False)
    ] = None,
    wiring: Annotated[Path | None, typer.Argument(metavar="WIRING", help="Its wiring.", show_default=False)] = None,
    home: OptionalHome = None,
    host: Annotated[str, typer.Option("--host", help="Where to listen; beyond this computer only with a key.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 8080,
    key_file: Annotated[Path | None, typer.Option("--key-file", metavar="FILE", help="Its first line is the key.", show_default=False)] = None,
    mode: Mode = "enforce",
    as_of: AsOf = "",
) -> int:
    """Answer POST /v1/decisions over HTTP, and show in a browser what became of it; without a contract, show a home."""
    from ourword.cli.serve import run

    return run(contract, wiring, home=home, host=host, port=port, key_file=key_file, mode=mode, as_of=as_of)


@app.command(short_help="Watch a fictional shop's automation decide.")
def demo(
    once: Annotated[bool, typer.Option("--once", help="Write the page to a file and end, instead of serving it.")] = False,
    home: Annotated[Path | None, typer.Option("--home", metavar="DIR", help="Where to record; else a temporary folder.", show_default=False)] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 8080,
    gate: Annotated[bool, typer.Option("--gate", help="Show the gate instead: 200 proposals decided, twelve in words.")] = False,
) -> int:
    """Larkspur, a fictional shop: 120 days of its automation recounted, its promises settled, all on a page."""
    from ourword.cli.demo import run

    return run(once=once, home=home, port=port, gate=gate)


def main(args: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code; no error leaves as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # an old terminal loses a letter, never the line
    sys.exit(run(sys.argv[1:] if args is None else list(args)))


def run(args: Sequence[str]) -> int:
    """Run a command and give its exit code.

    >>> run(["--version"])
    ourword 0.1.0
    0
    """
    with listening() as put_off:
        code = _ran(args, put_off)
    warn_of_unpublished(put_off)
    return code


def _ran(args: Sequence[str], put_off: list[HomeError]) -> int:
    """Run a command; of what it *put off* nothing is left that it says as its own error."""
    command: Any = typer.main.get_command(app)
    try:
        # Not `command.main`: it turns a broken pipe into exit code 1, which here means flaws.
        with command.make_context("ourword", list(args)) as context:
            code = command.invoke(context)
        sys.stdout.flush()
    except typer.Exit as wanted:
        return wanted.exit_code
    except OurwordError as error:
        put_off[:] = [each for each in put_off if each.code != error.code]
        return complain(error)
    except BrokenPipeError:
        drop_output()
        return BROKEN_PIPE
    except OSError as error:  # a full disk behind the pipe, a closed stdout
        drop_output()
        complain(UsageError("usage.output", f"the output cannot be written: {error.strerror or error}", place="stdout", hint="free some space"))
        return OUTPUT_ERROR
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except Exception as error:
        if not _is_usage(error):
            raise
        return _wrong_usage(error)
    return int(code or 0)


def _is_usage(error: Exception) -> bool:
    """Typer brings click along under a name of its own: know its errors by what they can do."""
    return hasattr(error, "format_message") and hasattr(error, "exit_code")


def _wrong_usage(error: Any) -> int:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "ourword"
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(error.format_message() + "\n")
        return UsageError.exit_code
    what = error.format_message().replace("'", "`").rstrip(".")
    return complain(UsageError("usage.arguments", f"{what[:1].lower()}{what[1:]}", place=command, hint=f"`{command} --help` tells how"))


if __name__ == "__main__":
    main()
