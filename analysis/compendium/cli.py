"""The command ``compendium``: check, run, book, pdf, why, interviews; and those that other parts of the package add."""

import argparse
import dataclasses
import sys
from pathlib import Path

from compendium import errors
from compendium.curation import commands as curation_commands
from compendium.curation.exchange import commands as exchange_commands
from compendium.publishing.pipeline import notebooks

_EXIT_USAGE = 2
_EXIT_INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0 well, 1 something failed, 2 not understood."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(notebooks.find_project_folder(), options))
    except errors.UsageError as unknown:
        print(f"compendium: {unknown}", file=sys.stderr)
        return _EXIT_USAGE
    except KeyboardInterrupt:
        print("\nStopped. What was finished stands; the rest is as it was.", file=sys.stderr)
        return _EXIT_INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="compendium", description="Recompute the compendium from its coded evidence.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="validate the data; list every fault")
    check.set_defaults(command=_check)
    run = commands.add_parser("run", help="execute the notebooks that are stale")
    run.set_defaults(command=_run)
    book = commands.add_parser("book", help="execute what is stale and render the book")
    book.set_defaults(command=_book)
    pdf = commands.add_parser("pdf", help="make the book, then print it to one PDF")
    pdf.set_defaults(command=_pdf)
    status = commands.add_parser(
        "status", aliases=["why"], help="show which outputs are out of date and which input changed"
    )
    status.set_defaults(command=_status)
    exchange_commands.add_exchange_commands(commands)
    curation_commands.add_curation_commands(commands)
    interviews = commands.add_parser(
        "interviews", help="count the codings of restricted documents: by at least five of them, or not at all"
    )
    interviews.set_defaults(command=_interviews)
    for command in (book, pdf, status):
        command.set_defaults(case=None, notebook=None)
    run.add_argument("--case", help="only this case; 'across' for the notebooks across cases")
    run.add_argument("--notebook", help="only this notebook")
    for command in (run, book, pdf):
        command.add_argument(
            "-p",
            "--parameter",
            nargs=2,
            action="append",
            default=[],
            metavar=("NAME", "VALUE"),
            help="give the notebooks another value of a parameter, as in '-p coder A'; may be repeated. "
            "The next run without it goes back to the published values.",
        )
        command.add_argument("--jobs", type=int, help="how many notebooks at a time (default: one a processor)")
        command.add_argument("--force", action="store_true", help="run all that is chosen, stale or not")
    return parser


def _check(root: Path, options: argparse.Namespace) -> int:
    from compendium.dataset import validation
    from compendium.errors import InvalidData

    try:
        found = validation.check_data(root)
    except InvalidData as invalid:
        print(invalid)
        return 1
    for note in found.notes:
        print(f"note: {note}")
    frames = {field.name: getattr(found, field.name) for field in dataclasses.fields(found) if field.name != "notes"}
    counts = ", ".join(f"{len(frame):,} {name.replace('_', ' ')}" for name, frame in frames.items() if len(frame))
    print(f"The data keep all their rules: {counts}.")
    return 0


def _interviews(root: Path, options: argparse.Namespace) -> int:
    from compendium.curation import interviews
    from compendium.errors import InvalidData

    try:
        written = interviews.write_restricted_counts(root)
    except (InvalidData, interviews.CountsAlreadyPublished) as refused:
        print(refused, file=sys.stderr)
        return 1
    print("\n".join(path.relative_to(root).as_posix() for path in written) or "The counts are as they were.")
    return 0


def _run(root: Path, options: argparse.Namespace) -> int:
    return _run_tasks(root, options, ["check", "exports", "notebook", "results", "prune"])


def _book(root: Path, options: argparse.Namespace) -> int:
    built = root / "_build" / "html" / "index.html"
    before = built.stat().st_mtime_ns if built.exists() else 0
    status = _run_tasks(root, options, ["book"])
    if status == 0:
        print("The book was already up to date." if built.stat().st_mtime_ns == before else "The book is built.")
        print(f"Open {built}\n  or {built.as_uri()}")
    return status


def _pdf(root: Path, options: argparse.Namespace) -> int:
    from compendium.publishing import pdf

    status = _book(root, options)
    if status:
        return status
    try:
        print(f"Printed to {pdf.print_book(root)}")
    except pdf.PdfFailed as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


def _run_tasks(root: Path, options: argparse.Namespace, tasks: list[str]) -> int:
    """Have doit bring tasks up to date; a mistaken name is told before anything begins."""
    given = dict(options.parameter)
    notebooks.with_parameters(notebooks.select_jobs(notebooks.list_jobs(root), options.case, options.notebook), given)
    chosen = {"case": options.case, "notebook": options.notebook, "jobs": options.jobs, **given}
    variables = [f"{name}={value}" for name, value in chosen.items() if value is not None]
    numbers = ["-n", str(options.jobs)] if options.jobs else []
    return 1 if _run_doit(root, ["run", *numbers, *(["-a"] if options.force else []), *variables, *tasks]) else 0


def _status(root: Path, options: argparse.Namespace) -> int:
    return _run_doit(root, ["status"])


def _run_doit(root: Path, arguments: list[str]) -> int:
    from doit.doit_cmd import DoitMain

    from compendium.publishing.pipeline.stale_report import StatusCommand

    class Main(DoitMain):
        DOIT_CMDS = (*DoitMain.DOIT_CMDS, StatusCommand)

    command, *rest = arguments
    return int(Main(config_filenames=()).run([command, "-f", str(root / "analysis" / "dodo.py"), *rest]))
