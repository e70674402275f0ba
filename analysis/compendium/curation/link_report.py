"""Asks all addresses of a project's documents, remembers each answer at once, and writes a report.

What is remembered lies in ``.cache/links.jsonl``, a line an answer: a survey that was stopped goes on where it was.
"""

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

from compendium.curation.link_client import MOVED, OK, OUTCOMES, Asker, Found, Manners, Pace
from compendium.dataset.evidence import Evidence

STATE = Path(".cache", "links.jsonl")
REPORT = Path(".cache", "links.csv")
COLUMNS = ("url", "outcome", "status", "final", "reason", "checked", "documents")
WORKERS = 4
AGE = 7.0


@dataclass(frozen=True)
class Checked:
    """What was found at an address, and when (UTC, ISO 8601)."""

    url: str
    found: Found
    checked: str


def addresses(evidence: Evidence) -> dict[str, list[str]]:
    """Every address with the documents that were read there."""
    named = evidence.documents[evidence.documents["url"] != ""]
    found: dict[str, list[str]] = {}
    for url, document in zip(named["url"], named["document_id"], strict=True):
        found.setdefault(url, []).append(document)
    return found


def remembered(path: Path, age: float = AGE) -> dict[str, Checked]:
    """The answers of the last ``age`` days; a line that was not written to its end is passed over."""
    if not path.exists():
        return {}
    oldest = (datetime.now(UTC) - timedelta(days=age)).isoformat(timespec="seconds")
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
            each = Checked(row["url"], Found(**row["found"]), row["checked"])
        except (ValueError, KeyError, TypeError):
            continue
        if each.checked >= oldest:
            found[each.url] = each
    return found


def survey(
    urls: Iterable[str],
    manners: Manners,
    state: Path,
    told: Callable[[Checked], None],
    asker: Callable[[Manners, Pace], Asker] = Asker,
) -> list[Checked]:
    """Ask addresses, several hosts at a time and each host one by one.

    Parameters
    ----------
    urls : iterable of str
    manners : Manners
    state : Path
        Where each answer is remembered as soon as it is there.
    told : callable
        Called with each answer.
    asker : callable
        Makes an :class:`Asker`; tests give one that knows other names.
    """
    hosts: dict[str, list[str]] = {}
    for url in urls:
        hosts.setdefault(_host(url), []).append(url)
    pace, lock, found = Pace(manners), Lock(), []
    state.parent.mkdir(parents=True, exist_ok=True)

    def ask(own: list[str]) -> None:
        one = asker(manners, pace)
        for url in own:
            each = Checked(url, one.ask(url), datetime.now(UTC).isoformat(timespec="seconds"))
            with lock, state.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(asdict(each)) + "\n")
                found.append(each)
                told(each)

    with ThreadPoolExecutor(WORKERS) as pool:
        tasks = [pool.submit(ask, own) for own in hosts.values()]
        try:
            for task in as_completed(tasks):
                task.result()
        except BaseException:
            pace.stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return found


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def report(checked: Iterable[Checked], documents: Mapping[str, list[str]]) -> str:
    """The answers as CSV: what needs attention first, then by address."""
    order = {outcome: place for place, outcome in enumerate([*list(OUTCOMES)[2:], MOVED, OK])}
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in sorted(checked, key=lambda each: (order[each.found.outcome], each.url)):
        found = each.found
        ids = ";".join(documents.get(each.url, []))
        writer.writerow([each.url, found.outcome, found.status or "", found.final, found.reason, each.checked, ids])
    return stream.getvalue()


def write(text: str, path: Path) -> None:
    """Write a report, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new")
    aside.write_text(text, encoding="utf-8")
    os.replace(aside, path)


def summary(checked: Iterable[Checked]) -> list[str]:
    """How many addresses have which outcome, and what it means; those without one are left out."""
    counts = Counter(each.found.outcome for each in checked)
    return [f"{counts[outcome]:5,} {outcome}: {meaning}" for outcome, meaning in OUTCOMES.items() if counts[outcome]]


def lost(checked: Iterable[Checked]) -> bool:
    """Whether an address no longer leads to anything, as far as a program can tell."""
    return any(each.found.outcome in ("gone", "fails", "silent") for each in checked)
