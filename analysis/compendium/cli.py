"""Command line interface ``compendium``: check the data, run notebooks, build the book and the PDF, maintain cases."""

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
_PARAMETER_NOTE = (
    "Parameters set with -p hold for this run only; the next run without them restores the published values."
)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : list of str, optional
        Command and options; those of the process by default.

    Returns
    -------
    int
        Exit status: 0 success, 1 failure, 2 wrong usage, 130 interrupted.
    """
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(notebooks.find_project_folder(), options))
    except errors.UsageError as error:
        print(f"compendium: {error}", file=sys.stderr)
        return _EXIT_USAGE
    except KeyboardInterrupt:
        print("\nInterrupted. Finished outputs are kept; everything else is unchanged.", file=sys.stderr)
        return _EXIT_INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="compendium", description="Recompute the compendium from its coded evidence.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check",
        help="validate the data and list all faults",
        description="Validate all tables of data/. Each fault is listed with file, line, column, value and what was "
        "expected. Runs and writes nothing.",
    )
    check.set_defaults(command=_check)
    run = commands.add_parser(
        "run",
        help="execute the notebooks that are out of date",
        description=f"Check the data, then execute the notebooks whose inputs have changed. {_PARAMETER_NOTE}",
    )
    run.set_defaults(command=_run)
    book = commands.add_parser(
        "book",
        help="execute outdated notebooks and render the book",
        description="Check the data, execute the notebooks whose inputs have changed, and render the book to "
        f"_build/html. The previous book is replaced only if there are no warnings. {_PARAMETER_NOTE}",
    )
    book.set_defaults(command=_book)
    pdf = commands.add_parser(
        "pdf",
        help="build the book and print it as one PDF",
        description=f"Bring the book up to date and print it to _build/compendium.pdf with Chromium. {_PARAMETER_NOTE}",
    )
    pdf.set_defaults(command=_pdf)
    status = commands.add_parser(
        "status",
        aliases=["why"],
        help="show which outputs are out of date, and why",
        description="Show which outputs are out of date and which input changed. Runs nothing.",
    )
    status.set_defaults(command=_status)
    exchange_commands.add_exchange_commands(commands)
    curation_commands.add_curation_commands(commands)
    interviews = commands.add_parser(
        "interviews",
        help="publish code counts of restricted documents",
        description="Count the codes of the documents in restricted/<case>/ and write "
        "data/cases/<case>/restricted_counts.csv. A code is published only if at least five documents have it and at "
        "least five do not.",
    )
    interviews.set_defaults(command=_interviews)
    for command in (book, pdf, status):
        command.set_defaults(case=None, notebook=None)
    run.add_argument("--case", help="run only this case ('across': notebooks across cases)")
    run.add_argument("--notebook", help="run only this notebook")
    for command in (run, book, pdf):
        command.add_argument(
            "-p",
            "--parameter",
            nargs=2,
            action="append",
            default=[],
            metavar=("NAME", "VALUE"),
            help="set a notebook parameter, e.g. '-p coder A' (repeatable)",
        )
        command.add_argument("--jobs", type=int, help="run this many notebooks at once (default: one per CPU)")
        command.add_argument("--force", action="store_true", help="run everything selected, even if up to date")
    return parser


def _check(root: Path, options: argparse.Namespace) -> int:
    from compendium.dataset import validation
    from compendium.errors import InvalidData

    try:
        data = validation.check_data(root)
    except InvalidData as invalid:
        print(invalid)
        return 1
    for note in data.notes:
        print(f"note: {note}")
    tables = {field.name: getattr(data, field.name) for field in dataclasses.fields(data) if field.name != "notes"}
    counts = ", ".join(f"{len(table):,} {name.replace('_', ' ')}" for name, table in tables.items() if len(table))
    print(f"The data are valid: {counts}.")
    return 0


def _interviews(root: Path, options: argparse.Namespace) -> int:
    from compendium.curation import interviews
    from compendium.errors import InvalidData

    try:
        written_paths = interviews.write_restricted_counts(root)
    except (InvalidData, interviews.CountsAlreadyPublished) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(path.relative_to(root).as_posix() for path in written_paths) or "The counts are unchanged.")
    return 0


def _run(root: Path, options: argparse.Namespace) -> int:
    return _run_tasks(root, options, ["check", "exports", "notebook", "results", "prune"])


def _book(root: Path, options: argparse.Namespace) -> int:
    index = root / "_build" / "html" / "index.html"
    mtime_before = index.stat().st_mtime_ns if index.exists() else 0
    exit_status = _run_tasks(root, options, ["book"])
    if exit_status == 0:
        is_unchanged = index.stat().st_mtime_ns == mtime_before
        print("The book was already up to date." if is_unchanged else "The book is built.")
        print(f"Open {index}\n  or {index.as_uri()}")
    return exit_status


def _pdf(root: Path, options: argparse.Namespace) -> int:
    from compendium.publishing import pdf

    exit_status = _book(root, options)
    if exit_status:
        return exit_status
    try:
        print(f"The PDF is at {pdf.print_book(root)}")
    except pdf.PdfFailed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run_tasks(root: Path, options: argparse.Namespace, tasks: list[str]) -> int:
    """Bring doit tasks up to date, after checking the names of case, notebook and parameters."""
    parameters = dict(options.parameter)
    selected_jobs = notebooks.select_jobs(notebooks.list_jobs(root), options.case, options.notebook)
    notebooks.with_parameters(selected_jobs, parameters)
    settings = {"case": options.case, "notebook": options.notebook, "jobs": options.jobs, **parameters}
    doit_variables = [f"{name}={value}" for name, value in settings.items() if value is not None]
    doit_options = ["-n", str(options.jobs)] if options.jobs else []
    doit_options += ["-a"] if options.force else []
    return 1 if _run_doit(root, ["run", *doit_options, *doit_variables, *tasks]) else 0


def _status(root: Path, options: argparse.Namespace) -> int:
    return _run_doit(root, ["status"])


def _run_doit(root: Path, arguments: list[str]) -> int:
    from doit.doit_cmd import DoitMain

    from compendium.publishing.pipeline.stale_report import StatusCommand

    class Main(DoitMain):
        DOIT_CMDS = (*DoitMain.DOIT_CMDS, StatusCommand)

    command, *command_arguments = arguments
    dodo_file = str(root / "analysis" / "dodo.py")
    return int(Main(config_filenames=()).run([command, "-f", dodo_file, *command_arguments]))
