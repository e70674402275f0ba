"""The commands ``import``, ``export`` and ``new-case``."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from compendium.exchange.model import Refused

Action = Callable[[Path, argparse.Namespace], None]


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to the command line."""
    bring = commands.add_parser("import", help="bring a coded project, codebook or table of quotations as a case")
    bring.add_argument("file", type=Path, help=".qdpx, .qdc, or a table of quotations: .csv, .tsv, .xlsx")
    bring.add_argument("--case", required=True, help="name of the case's folder: small letters and digits")
    bring.add_argument("--mapping", type=Path, help="YAML file: where facts of documents stand, what codes mean here")
    bring.add_argument(
        "--dry-run", action="store_true", help="show what would be written, and every doubt; write nothing"
    )
    bring.add_argument("--replace", action="store_true", help="replace documents, statements and codings of a case")
    bring.set_defaults(command=_told(_import))
    give = commands.add_parser("export", help="write a case as a project or codebook that other tools open")
    give.add_argument("--case", required=True, help="the case")
    give.add_argument("--out", required=True, type=Path, help="the file to write: .qdpx or .qdc")
    give.add_argument("--profile", default="plain", help="plain (default), or nvivo: counts as NVivo for Windows does")
    give.set_defaults(command=_told(_export))
    new = commands.add_parser("new-case", help="lay the folder of a new case, to be filled by hand")
    new.add_argument("case", help="name of its folder: small letters and digits")
    new.add_argument("--partners", nargs="+", default=[], help="partner countries, as the book names them")
    new.add_argument("--destination", default="", help="the destination of migration, as the book names it")
    new.set_defaults(command=_told(_new_case))


def _told(action: Action) -> Callable[[Path, argparse.Namespace], int]:
    """The action as a command: a refusal is told in its sentence, with exit status 1."""

    def command(root: Path, options: argparse.Namespace) -> int:
        try:
            action(root, options)
        except Refused as refused:
            print(f"compendium: {refused}", file=sys.stderr)
            return 1
        return 0

    return command


def _import(root: Path, options: argparse.Namespace) -> None:
    from compendium.exchange import importing, report

    tables, told = importing.prepare(root, options.file, options.case, options.mapping, options.replace)
    print(told)
    if options.dry_run:
        print(report.preview(tables))
        print("\nThis was a dry run: nothing was written.")
        return
    importing.write(root, options.case, tables, told, options.replace)
    print(f"Written to data/cases/{options.case}. `compendium book` makes its chapter.")


def _export(root: Path, options: argparse.Namespace) -> None:
    from compendium import evidence
    from compendium.exchange import folder, texts, writer

    folder.check_id(root, options.case, there=True)
    try:
        case = evidence.load(root).case(options.case)
    except evidence.Invalid as invalid:
        raise Refused(f"Nothing was written, for the data break their rules. {invalid}") from invalid
    suffix = options.out.suffix.lower()
    if suffix not in (".qdpx", ".qdc"):
        raise Refused(f"{options.out.name} ends in neither .qdpx (the project) nor .qdc (its codebook).")
    if suffix == ".qdc":
        raw = writer.codebook(case)
    else:
        raw = writer.project(case, texts.load(root, case.documents["document_id"]), options.profile)
    try:
        options.out.write_bytes(raw)
    except OSError as error:
        raise Refused(f"{options.out} can not be written: {error.strerror}.") from error
    print(f"Written to {options.out}: {len(case.documents):,} documents, {len(case.statements):,} statements.")


def _new_case(root: Path, options: argparse.Namespace) -> None:
    from compendium.exchange import newcase

    newcase.lay(root, options.case, options.destination, options.partners)
    print(
        f"Laid data/cases/{options.case}; its README.md says what to fill in. `compendium check` tells what is missing."
    )
