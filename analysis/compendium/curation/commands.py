"""Commands ``propose``, ``texts`` and ``links``; each imports its modules only when it runs."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from compendium.dataset.vocabulary import PROPOSALS_FILE
from compendium.errors import UsageError

if TYPE_CHECKING:
    from compendium.curation.source_texts import TextCheck


def add_curation_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``propose``, ``texts`` and ``links`` to the command line."""
    propose = commands.add_parser(
        "propose",
        help="suggest codes for uncoded statements (text classifier)",
        description="Train a text classifier on all coded statements, predict codes for the uncoded statements of a"
        f" case, and write them to {PROPOSALS_FILE} in the folder of the case. No check, table or chart reads this"
        " file. To accept a proposal, copy it to codings.csv as your own coding.",
    )
    propose.add_argument("--case", required=True, metavar="ID", help="name of a folder in data/cases")
    propose.set_defaults(command=_propose)

    texts = commands.add_parser(
        "texts",
        help="store source texts and check quotations against them",
        description="Store copies of source texts in data/texts, which git ignores, and check quotations against them."
        " An import stores the texts of its project there too.",
    )
    text_commands = texts.add_subparsers(required=True, metavar="COMMAND")
    add = text_commands.add_parser(
        "add",
        help="store the text of a document and record its checksum",
        description="Copy a file to data/texts and record its SHA-256 checksum in documents.csv. An earlier text of"
        " the document is replaced.",
    )
    add.add_argument("document", metavar="DOCUMENT_ID", help="id of the document in a table documents.csv")
    add.add_argument("file", type=Path, metavar="FILE", help="plain text (UTF-8), HTML or PDF")
    add.set_defaults(command=_add_text)
    check = text_commands.add_parser(
        "check",
        help="check stored texts and the quotations from them",
        description="List the texts that have changed since they were added, show each quotation in its context, and"
        " list the codings of quotations that the text does not contain. The exit status is 1 if there is a problem.",
    )
    check.add_argument("--document", default="", metavar="DOCUMENT_ID", help="check only this document")
    check.set_defaults(command=_check_texts)

    links = commands.add_parser(
        "links",
        help="check the documents' links",
        description="Request each public address of a document once and write a report. Requests to one host are sent"
        " slowly and as its robots.txt allows. Results are cached for a week: run the command again to continue after"
        " an interruption. The exit status is 1 if a link is broken.",
    )
    links.add_argument("--case", metavar="ID", help="check only this case, or 'architecture' (default: all)")
    links.add_argument("--report", type=Path, metavar="FILE", help="write the report here (default: .cache/links.csv)")
    links.add_argument("--contact", default="", help="send this contact address to the hosts (User-Agent)")
    links.add_argument(
        "--delay",
        type=_seconds,
        default=2.0,
        metavar="SECONDS",
        help="wait at least this long between requests (default: 2)",
    )
    links.add_argument(
        "--timeout", type=_seconds, default=20.0, metavar="SECONDS", help="wait this long for a host (default: 20)"
    )
    links.add_argument("--again", action="store_true", help="ignore cached results")
    links.add_argument(
        "--allow-private", action="store_true", help="also check hosts of private networks and this computer"
    )
    links.set_defaults(command=_check_links)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= 3600:
        raise argparse.ArgumentTypeError(f"expected a number of seconds from 0 to 3600, got {text!r}")
    return value


def _propose(root: Path, options: argparse.Namespace) -> int:
    from compendium.curation import proposals
    from compendium.dataset.evidence import load_evidence
    from compendium.errors import InvalidData

    try:
        evidence = load_evidence(root, require_codings=False)
    except InvalidData as error:
        print(error)
        return 1
    case_id = options.case
    if case_id not in evidence.cases.index:
        raise UsageError(f"There is no case {case_id!r}. Existing cases: {', '.join(evidence.cases.index)}.")
    proposed = proposals.propose_codes(root, evidence, case_id)
    if proposed is None:
        print(f"All statements of {case_id} are coded: nothing to propose.")
        return 0
    path = proposals.write_proposals(root, case_id, proposed.rows)
    print(f"Uncoded: {_count_phrase(proposed.n_statements, 'statement')} of {case_id}.")
    print(f"Training set: {_count_phrase(proposed.n_training_statements, 'coded statement')}.")
    print(
        f"Proposed: {_count_phrase(proposed.n_codes, 'code')} for"
        f" {_count_phrase(proposed.n_statements_with_codes, 'statement')}."
    )
    print(
        f"Codes never proposed, because the classifier predicts them too poorly in the test on {proposed.test_name}:"
        f" {', '.join(proposed.excluded_codes) or 'none'}."
    )
    print(f"Written to {path.relative_to(root)}. No check, table or chart reads this file.")
    print("To accept a proposal, copy it to codings.csv as your own coding.")
    return 0


def _add_text(root: Path, options: argparse.Namespace) -> int:
    from compendium.curation import source_texts, text_extraction

    try:
        stored = source_texts.add_text(root, options.document, options.file)
    except text_extraction.SourceTextError as error:
        print(f"compendium: {options.file}: {error}. Nothing was changed.", file=sys.stderr)
        return 1
    action = "Replaced" if stored.is_replacement else "Stored"
    print(f"{action}: {stored.path.relative_to(root)}, {stored.n_characters:,} characters.")
    print(f"Recorded in documents.csv: SHA-256 {stored.sha256}")
    print("Run 'compendium texts check' to check the quotations against this text.")
    return 0


def _check_texts(root: Path, options: argparse.Namespace) -> int:
    from compendium.curation import source_texts, text_extraction
    from compendium.dataset.evidence import load_evidence
    from compendium.errors import InvalidData

    try:
        evidence = load_evidence(root, require_codings=False)
        text_checks = source_texts.check_texts(root, evidence, options.document)
    except InvalidData as error:
        print(error)
        return 1
    except text_extraction.SourceTextError as error:
        print(f"compendium: {error}.", file=sys.stderr)
        return 1
    for text_check in text_checks:
        _print_text_check(text_check)
    for name in source_texts.files_without_document(root, evidence):
        print(f"{source_texts.TEXTS_FOLDER / name}: belongs to no document; add texts with 'compendium texts add'")
    n_problems = sum(not text_check.is_ok for text_check in text_checks)
    n_quotations = sum(len(text_check.quotations) for text_check in text_checks)
    print(
        f"Checked: {_count_phrase(len(text_checks), 'text')} ({n_problems:,} with problems),"
        f" {_count_phrase(n_quotations, 'quotation')}."
    )
    n_unchecked, n_documents = source_texts.count_unchecked_quotations(root, evidence)
    if n_unchecked and not options.document:
        print(
            f"Not checked, because no text is stored: {_count_phrase(n_unchecked, 'quotation')}"
            f" of {_count_phrase(n_documents, 'document')}."
        )
    return 1 if n_problems else 0


def _print_text_check(text_check: "TextCheck") -> None:
    print(f"{text_check.document_id}: {text_check.state}{f' ({text_check.error})' if text_check.error else ''}")
    for quotation in text_check.quotations:
        print(f"  {'✓' if quotation.is_found else '✗'} {quotation.statement_id}: {quotation.excerpt}")
        if not quotation.is_found:
            print(f"    not in the text; affected codings: {', '.join(quotation.codings) or 'none'}")


def _check_links(root: Path, options: argparse.Namespace) -> int:
    from compendium.curation import link_report
    from compendium.curation.link_client import Politeness
    from compendium.dataset.evidence import load_evidence
    from compendium.errors import InvalidData

    try:
        evidence = load_evidence(root, require_codings=False)
        document_ids = link_report.document_urls(evidence.case(options.case) if options.case else evidence)
    except InvalidData as error:
        print(error)
        return 1
    except KeyError as error:
        raise UsageError(error.args[0]) from None
    politeness = Politeness(
        options.delay, options.timeout, contact=options.contact, allow_private=options.allow_private
    )
    cache_path = root / link_report.LINK_CACHE_PATH
    recent_checks = {} if options.again else link_report.load_recent_checks(cache_path)
    cached = [check for url, check in recent_checks.items() if url in document_ids]
    urls = [url for url in document_ids if url not in recent_checks]
    print(
        f"{_count_phrase(len(document_ids), 'link')}: {len(cached):,} checked within the last week,"
        f" {len(urls):,} to check now.",
        flush=True,
    )
    n_checked = 0

    def print_check(check: link_report.LinkCheck) -> None:
        nonlocal n_checked
        n_checked += 1
        reason = f" ({check.result.reason})" if check.result.reason else ""
        print(f"[{n_checked}/{len(urls)}] {check.result.outcome}: {check.url}{reason}", flush=True)

    checks = [*cached, *link_report.check_links(urls, politeness, cache_path, print_check)]
    report_path = options.report or root / link_report.LINK_REPORT_PATH
    link_report.write_link_report(link_report.link_report_csv(checks, document_ids), report_path)
    print("\n".join([*link_report.outcome_summary(checks), f"Report: {report_path}"]))
    return 1 if link_report.any_broken(checks) else 0


def _count_phrase(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
