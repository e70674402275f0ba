"""Commands ``import``, ``export`` and ``new-case``; each imports its modules only when it runs."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from compendium.curation.formats.errors import ImportRefused

_Action = Callable[[Path, argparse.Namespace], None]
_PLAIN_PROFILE = "plain"
_EXPORT_FORMATS = {
    ".qdpx": "REFI-QDA project",
    ".qdc": "REFI-QDA codebook",
    ".sqlite3": "Taguette project",
}


def add_exchange_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``import``, ``export`` and ``new-case`` to the command line."""
    import_parser = commands.add_parser(
        "import",
        help="import a coded project, codebook or quotation table",
        description="Create a case from a file of another program: a REFI-QDA project of ATLAS.ti, MAXQDA, NVivo or"
        " QualCoder (.qdpx), a REFI-QDA codebook (.qdc), a Taguette project (.sqlite3), or a table of quotations"
        " (.csv, .tsv, .xlsx). Preview the import with --dry-run, then import, and create the chapter with 'compendium"
        " book'. If the import fails, nothing is written. The mapping file gives facts of documents (date, issuer …),"
        " names of codes and coders, and columns of a table; the page 'Bring your own project' of the book explains"
        " it.",
    )
    import_parser.add_argument(
        "file", type=Path, metavar="FILE", help="a .qdpx, .qdc, .sqlite3, .csv, .tsv or .xlsx file"
    )
    import_parser.add_argument(
        "--case", required=True, metavar="ID", help="name of the case folder (lower-case letters, digits)"
    )
    import_parser.add_argument(
        "--mapping", type=Path, metavar="FILE", help="read facts of documents, codes and coders from YAML"
    )
    import_parser.add_argument(
        "--dry-run", action="store_true", help="preview rows, warnings and ignored content; write nothing"
    )
    import_parser.add_argument(
        "--replace", action="store_true", help="replace documents, statements and codings of this case"
    )
    import_parser.set_defaults(command=_as_command(_import))

    formats = "; ".join(f"{suffix}, {description}" for suffix, description in _EXPORT_FORMATS.items())
    export_parser = commands.add_parser(
        "export",
        help="export a case to a file for other programs",
        description=f"Write a case to a file for another program. The suffix of the file sets the format: {formats}."
        " To import changes made there, run 'compendium import --replace'. A .qdpx file of the profile 'plain' opens in"
        " all programs; the profile 'nvivo' counts positions and line ends as NVivo for Windows does.",
    )
    export_parser.add_argument("--case", required=True, metavar="ID", help="name of a folder in data/cases")
    export_parser.add_argument(
        "--out", required=True, type=Path, metavar="FILE", help=f"write this file ({', '.join(_EXPORT_FORMATS)})"
    )
    export_parser.add_argument(
        "--profile", default=_PLAIN_PROFILE, help="set the profile of a .qdpx file: plain (default) or nvivo"
    )
    export_parser.set_defaults(command=_as_command(_export))

    new_case_parser = commands.add_parser(
        "new-case",
        help="create a new case folder with empty tables",
        description="Create the folder data/cases/ID with the header of each table, and a README.md that explains every"
        " column and shows an example row. Fill in the tables, run 'compendium check' to list what is missing, and"
        " create the chapter with 'compendium book'. Quote names of several words.",
    )
    new_case_parser.add_argument("case", metavar="ID", help="name of the case folder (lower-case letters, digits)")
    new_case_parser.add_argument(
        "--partners", nargs="+", default=[], metavar="NAME", help="create a partnership with each of these partners"
    )
    new_case_parser.add_argument(
        "--destination", default="", metavar="NAME", help="name of the destination, as the book shows it"
    )
    new_case_parser.set_defaults(command=_as_command(_new_case))


def _as_command(action: _Action) -> Callable[[Path, argparse.Namespace], int]:
    """Wrap an action as a command that prints :class:`ImportRefused` and returns the exit status."""

    def command(root: Path, options: argparse.Namespace) -> int:
        try:
            action(root, options)
        except ImportRefused as error:
            print(f"compendium: {error}", file=sys.stderr)
            return 1
        return 0

    return command


def _import(root: Path, options: argparse.Namespace) -> None:
    from compendium.curation.exchange import import_case, import_report

    tables, report = import_case.prepare_import(root, options.file, options.case, options.mapping, options.replace)
    print(report)
    if options.dry_run:
        print(import_report.format_preview(tables))
        print("\nThis was a dry run: nothing was written.")
        return
    import_case.write_import(root, options.case, tables, report, options.replace)
    print(f"Written to data/cases/{options.case}. Run `compendium book` to create its chapter.")


def _export(root: Path, options: argparse.Namespace) -> None:
    from compendium.curation import source_texts
    from compendium.curation.exchange import case_folder, export_case
    from compendium.curation.formats import refi_qda_writer, taguette_writer
    from compendium.dataset.evidence import load_evidence
    from compendium.errors import InvalidData

    case_folder.check_case_id(root, options.case, must_exist=True)
    suffix = options.out.suffix.lower()
    if suffix not in _EXPORT_FORMATS:
        formats = ", ".join(f"{suffix} ({description})" for suffix, description in _EXPORT_FORMATS.items())
        raise ImportRefused(f"{options.out.name} has no suffix of an export format. Use one of: {formats}.")
    if options.profile != _PLAIN_PROFILE and suffix != ".qdpx":
        raise ImportRefused(f"--profile applies to .qdpx files only; omit it for a {suffix} file.")
    try:
        case = load_evidence(root).case(options.case)
    except InvalidData as error:
        raise ImportRefused(f"Nothing was written, because the data are invalid. {error}") from error
    project = export_case.coded_project(case, source_texts.load_texts(root, case.documents["document_id"]))
    if suffix == ".qdc":
        raw = refi_qda_writer.encode_qdc(project.codes, project.origin)
    elif suffix == ".qdpx":
        raw = refi_qda_writer.encode_qdpx(project, options.profile)
    else:
        raw, messages = taguette_writer.encode_taguette(project)
        project.messages += messages
    try:
        options.out.write_bytes(raw)
    except OSError as error:
        raise ImportRefused(f"{options.out} cannot be written: {error.strerror}.") from error
    for message in project.messages:
        print(f"note: {message}")
    print(f"Written to {options.out}: {len(case.documents):,} documents, {len(case.statements):,} statements.")


def _new_case(root: Path, options: argparse.Namespace) -> None:
    from compendium.curation.exchange import new_case

    new_case.create_case_folder(root, options.case, options.destination, options.partners)
    print(
        f"Created data/cases/{options.case}. Its README.md explains what to enter in each table; run `compendium check`"
        " after each table to list what is missing."
    )
