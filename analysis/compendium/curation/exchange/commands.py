"""The commands ``import``, ``export`` and ``new-case``."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from compendium.curation.formats.errors import ImportRefused

_Action = Callable[[Path, argparse.Namespace], None]
_PLAIN_PROFILE = "plain"
_EXPORT_FORMATS = {
    ".qdpx": "a REFI-QDA project",
    ".qdc": "its codebook alone",
    ".sqlite3": "a project of Taguette",
}


def add_exchange_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to the command line."""
    bring = commands.add_parser(
        "import",
        help="bring a coded project, codebook or table of quotations as a case",
        description="Make a case out of what another program exported. Look first with --dry-run, which writes nothing;"
        " then import, and make the chapter with 'compendium book'. Nothing is written when anything is wrong."
        " The page 'Bring your own project' of the book explains the mapping file.",
    )
    bring.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help=".qdpx (REFI-QDA project of ATLAS.ti, MAXQDA, NVivo, QualCoder), .qdc (its codebook alone), .sqlite3 "
        "(project of Taguette), or a table of quotations: .csv, .tsv, .xlsx",
    )
    bring.add_argument(
        "--case", required=True, metavar="ID", help="the folder of data/cases to make: small letters and digits"
    )
    bring.add_argument(
        "--mapping",
        type=Path,
        metavar="FILE",
        help="YAML file that says what the documents are (date, issuer …), what codes and coders are called here, and "
        "which column of a table holds what",
    )
    bring.add_argument(
        "--dry-run", action="store_true", help="show the first rows, every doubt and all that is dropped; write nothing"
    )
    bring.add_argument(
        "--replace",
        action="store_true",
        help="the case is there already: replace its documents, statements and codings, and leave the rest",
    )
    bring.set_defaults(command=_as_command(_import))
    give = commands.add_parser(
        "export",
        help="write a case as a project or codebook that other tools open",
        description="Write a case for another program. What is changed there comes back with 'compendium import"
        " --replace'.",
    )
    give.add_argument("--case", required=True, metavar="ID", help="a folder of data/cases")
    give.add_argument(
        "--out",
        required=True,
        type=Path,
        metavar="FILE",
        help=f"where to write, by its ending: {'; '.join(f'{each}, {what}' for each, what in _EXPORT_FORMATS.items())}",
    )
    give.add_argument(
        "--profile",
        default=_PLAIN_PROFILE,
        help="of .qdpx only: plain (default), which opens everywhere, or nvivo, for NVivo for Windows, which counts "
        "positions and line ends in its own way",
    )
    give.set_defaults(command=_as_command(_export))
    new = commands.add_parser(
        "new-case",
        help="lay the folder of a new case, to be filled by hand",
        description="Make the folder data/cases/ID with the header of each table and a README.md that explains every"
        " column and shows a made-up row. 'compendium check' then tells what is missing, and 'compendium book' makes"
        " the chapter.",
    )
    new.add_argument("case", metavar="ID", help="the folder to make: small letters and digits")
    new.add_argument(
        "--partners",
        nargs="+",
        default=[],
        metavar="NAME",
        help="partners, as the book shall name them; each gets a partnership. Names of several words in quotes",
    )
    new.add_argument("--destination", default="", metavar="NAME", help="the destination, as the book shall name it")
    new.set_defaults(command=_as_command(_new_case))


def _as_command(action: _Action) -> Callable[[Path, argparse.Namespace], int]:
    """The action as a command: a refusal is told in its sentence, with exit status 1."""

    def command(root: Path, options: argparse.Namespace) -> int:
        try:
            action(root, options)
        except ImportRefused as refused:
            print(f"compendium: {refused}", file=sys.stderr)
            return 1
        return 0

    return command


def _import(root: Path, options: argparse.Namespace) -> None:
    from compendium.curation.exchange import import_case, import_report

    tables, told = import_case.prepare_import(root, options.file, options.case, options.mapping, options.replace)
    print(told)
    if options.dry_run:
        print(import_report.format_preview(tables))
        print("\nThis was a dry run: nothing was written.")
        return
    import_case.write_import(root, options.case, tables, told, options.replace)
    print(f"Written to data/cases/{options.case}. `compendium book` makes its chapter.")


def _export(root: Path, options: argparse.Namespace) -> None:
    from compendium.curation import source_texts
    from compendium.curation.exchange import case_folder, export_case
    from compendium.curation.formats import refi_qda_writer, taguette_writer
    from compendium.dataset.evidence import load_evidence
    from compendium.errors import InvalidData

    case_folder.check_case_id(root, options.case, must_exist=True)
    suffix = options.out.suffix.lower()
    if suffix not in _EXPORT_FORMATS:
        kinds = ", ".join(f"{each} ({what})" for each, what in _EXPORT_FORMATS.items())
        raise ImportRefused(f"{options.out.name} is of no kind that can be written; known are {kinds}.")
    if options.profile != _PLAIN_PROFILE and suffix != ".qdpx":
        raise ImportRefused(f"A profile is for .qdpx only: a file {suffix} is written in one way.")
    try:
        case = load_evidence(root).case(options.case)
    except InvalidData as invalid:
        raise ImportRefused(f"Nothing was written, for the data break their rules. {invalid}") from invalid
    coded = export_case.coded_project(case, source_texts.load_texts(root, case.documents["document_id"]))
    if suffix == ".qdc":
        raw = refi_qda_writer.encode_qdc(coded.codes, coded.origin)
    elif suffix == ".qdpx":
        raw = refi_qda_writer.encode_qdpx(coded, options.profile)
    else:
        raw, left_out = taguette_writer.encode_taguette(coded)
        coded.messages += left_out
    try:
        options.out.write_bytes(raw)
    except OSError as error:
        raise ImportRefused(f"{options.out} can not be written: {error.strerror}.") from error
    for each in coded.messages:
        print(f"note: {each}")
    print(f"Written to {options.out}: {len(case.documents):,} documents, {len(case.statements):,} statements.")


def _new_case(root: Path, options: argparse.Namespace) -> None:
    from compendium.curation.exchange import new_case

    new_case.create_case_folder(root, options.case, options.destination, options.partners)
    print(
        f"Laid data/cases/{options.case}. Its README.md says what to fill in, table by table; after each, "
        "`compendium check` tells what is missing."
    )
