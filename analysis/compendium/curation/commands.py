"""The commands ``propose``, ``texts`` and ``links``. What they need is loaded only when they run."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from compendium.dataset.vocabulary import PROPOSALS_FILE
from compendium.errors import UsageError

if TYPE_CHECKING:
    from compendium.curation.source_texts import TextCheck


def add_curation_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Give the command line these commands."""
    propose = commands.add_parser(
        "propose",
        help="let the machine propose codes for statements that nobody has coded",
        description="Learn from all coded statements, and write proposals for those of a case that nobody has coded to"
        f" a file of their own, {PROPOSALS_FILE} beside the tables. No check, table or figure reads it: what you accept, you"
        " copy into codings.csv as a coding of your own.",
    )
    propose.add_argument("--case", required=True, metavar="ID", help="a folder of data/cases")
    propose.set_defaults(command=_propose)

    texts = commands.add_parser(
        "texts",
        help="keep texts of documents, and hold quotations against them",
        description="Keep copies of texts in data/texts, which git does not see, and hold quotations against them. An"
        " import keeps the texts of its project there too.",
    )
    parts = texts.add_subparsers(required=True, metavar="WHAT")
    adding = parts.add_parser(
        "add",
        help="keep a copy of the text of a document, and record its hash",
        description="Copy a file to data/texts, in place of an earlier one, and record its SHA-256 in documents.csv.",
    )
    adding.add_argument("document", metavar="DOCUMENT_ID", help="the document, by its id in a table documents.csv")
    adding.add_argument("file", type=Path, metavar="FILE", help="plain text in UTF-8, HTML or PDF")
    adding.set_defaults(command=_add_text)
    checking = parts.add_parser(
        "check",
        help="hold texts against their hashes, and quotations against the texts",
        description="Tell which texts have changed since they were added, show each quotation in its context, and name"
        " the codings that rest on one that is not in its text. Exit status 1 if anything has to be done.",
    )
    checking.add_argument("--document", default="", metavar="DOCUMENT_ID", help="only this document")
    checking.set_defaults(command=_check_texts)

    links = commands.add_parser(
        "links",
        help="ask whether the addresses of documents still answer",
        description="Ask each public address once, one host slowly, as its robots.txt allows, and write a report. What"
        " was answered is kept: after a stop, ask again and it goes on where it was. Exit status 1 if an address is"
        " lost.",
    )
    links.add_argument("--case", metavar="ID", help="only a folder of data/cases, or architecture (default: all)")
    links.add_argument("--report", type=Path, metavar="FILE", help="where the report goes (default: .cache/links.csv)")
    links.add_argument("--contact", default="", help="your address, which is told to hosts so that they know who asks")
    links.add_argument(
        "--delay",
        type=_seconds,
        default=2.0,
        metavar="SECONDS",
        help="between two requests to a host, or more if its robots.txt wishes (default: 2)",
    )
    links.add_argument(
        "--timeout", type=_seconds, default=20.0, metavar="SECONDS", help="to wait for a host (default: 20)"
    )
    links.add_argument("--again", action="store_true", help="ask all, also those that answered within the last week")
    links.add_argument(
        "--allow-private", action="store_true", help="ask hosts of private networks and of this machine too"
    )
    links.set_defaults(command=_check_links)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= 3600:
        raise argparse.ArgumentTypeError(f"a number of seconds from 0 to 3600 is expected, not {text!r}")
    return value


def _propose(root: Path, options: argparse.Namespace) -> int:
    from compendium.curation import proposals
    from compendium.dataset.evidence import load_evidence
    from compendium.errors import InvalidData

    try:
        known = load_evidence(root, require_codings=False)
    except InvalidData as invalid:
        print(invalid)
        return 1
    if options.case not in known.cases.index:
        raise UsageError(f"There is no case {options.case!r}; there are {', '.join(known.cases.index)}.")
    found = proposals.propose_codes(root, known, options.case)
    if found is None:
        print(f"Every statement of {options.case} has been coded: there is nothing to propose.")
        return 0
    path = proposals.write_proposals(root, options.case, found.rows)
    print(f"{_count_phrase(found.n_statements, 'statement')} of {options.case} without a coding,")
    print(f"{_count_phrase(found.n_training_statements, 'statement')} with a coding to learn from.")
    print(
        f"Proposed: {_count_phrase(found.n_codes, 'code')} for {_count_phrase(found.n_statements_with_codes, 'statement')}, in"
    )
    print(f"{path.relative_to(root)}. No check, table or figure reads this file.")
    print(
        f"Left out, for on {found.test_name} the machine is of no use for them: {', '.join(found.excluded_codes) or 'none'}."
    )
    print("What you accept, copy into codings.csv as a coding of your own.")
    return 0


def _add_text(root: Path, options: argparse.Namespace) -> int:
    from compendium.curation import source_texts, text_extraction

    try:
        added = source_texts.add_text(root, options.document, options.file)
    except text_extraction.SourceTextError as refused:
        print(f"compendium: {options.file}: {refused}. Nothing was changed.", file=sys.stderr)
        return 1
    print(
        f"{'Replaced' if added.is_replacement else 'Kept'}: {added.path.relative_to(root)}, {added.n_characters:,} characters."
    )
    print(f"Recorded in documents.csv: SHA-256 {added.sha256}")
    print("'compendium texts check' holds the quotations against it.")
    return 0


def _check_texts(root: Path, options: argparse.Namespace) -> int:
    from compendium.curation import source_texts, text_extraction
    from compendium.dataset.evidence import load_evidence
    from compendium.errors import InvalidData

    try:
        known = load_evidence(root, require_codings=False)
        found = source_texts.check_texts(root, known, options.document)
    except InvalidData as invalid:
        print(invalid)
        return 1
    except text_extraction.SourceTextError as refused:
        print(f"compendium: {refused}.", file=sys.stderr)
        return 1
    for each in found:
        _print_text_check(each)
    lacking, documents = source_texts.count_unchecked_quotations(root, known)
    strangers = source_texts.files_without_document(root, known)
    for name in strangers:
        print(f"{source_texts.TEXTS_FOLDER / name}: of no document; 'compendium texts add' gives a text its name")
    faults = sum(not each.is_ok for each in found)
    quoted = sum(len(each.quotations) for each in found)
    print(
        f"{_count_phrase(len(found), 'text')}, {faults:,} with a fault; {_count_phrase(quoted, 'quotation')} looked up."
    )
    if lacking and not options.document:
        print(
            f"Not looked up, for no text is here: {_count_phrase(lacking, 'quotation')} of {_count_phrase(documents, 'document')}."
        )
    return 1 if faults else 0


def _print_text_check(text_check: "TextCheck") -> None:
    print(f"{text_check.document_id}: {text_check.state}{f' ({text_check.error})' if text_check.error else ''}")
    for each in text_check.quotations:
        print(f"  {'✓' if each.is_found else '✗'} {each.statement_id}: {each.excerpt}")
        if not each.is_found:
            print(f"    not in the text; codings that rest on it: {', '.join(each.codings) or 'none'}")


def _check_links(root: Path, options: argparse.Namespace) -> int:
    from compendium.curation import link_report
    from compendium.curation.link_client import Politeness
    from compendium.dataset.evidence import load_evidence
    from compendium.errors import InvalidData

    try:
        known = load_evidence(root, require_codings=False)
        documents = link_report.document_urls(known.case(options.case) if options.case else known)
    except InvalidData as invalid:
        print(invalid)
        return 1
    except KeyError as unknown:
        raise UsageError(unknown.args[0]) from None
    manners = Politeness(options.delay, options.timeout, contact=options.contact, allow_private=options.allow_private)
    state = root / link_report.LINK_CACHE_PATH
    before = {} if options.again else link_report.load_recent_checks(state)
    kept = [each for url, each in before.items() if url in documents]
    asked = [url for url in documents if url not in before]
    print(f"{len(documents):,} addresses: {len(kept):,} answered lately, {len(asked):,} are asked now.", flush=True)
    done = [0]

    def told(each: link_report.LinkCheck) -> None:
        done[0] += 1
        reason = f" ({each.result.reason})" if each.result.reason else ""
        print(f"[{done[0]}/{len(asked)}] {each.result.outcome}: {each.url}{reason}", flush=True)

    checked = [*kept, *link_report.check_links(asked, manners, state, told)]
    path = options.report or root / link_report.LINK_REPORT_PATH
    link_report.write_link_report(link_report.link_report_csv(checked, documents), path)
    print("\n".join([*link_report.outcome_summary(checked), f"Report: {path}"]))
    return 1 if link_report.any_broken(checked) else 0


def _count_phrase(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
