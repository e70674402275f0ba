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

from compendium.curation.link_client import LINK_OUTCOMES, MOVED, OK, LinkChecker, LinkResult, Politeness, RateLimiter
from compendium.dataset.evidence import Evidence

LINK_CACHE_PATH = Path(".cache", "links.jsonl")
LINK_REPORT_PATH = Path(".cache", "links.csv")
_REPORT_COLUMNS = ("url", "outcome", "status", "final", "reason", "checked", "documents")
_MAX_WORKERS = 4
_MAX_AGE_DAYS = 7.0


@dataclass(frozen=True)
class LinkCheck:
    """What was found at an address, and when (UTC, ISO 8601)."""

    url: str
    result: LinkResult
    checked_at: str


def document_urls(evidence: Evidence) -> dict[str, list[str]]:
    """Every address with the documents that were read there."""
    named = evidence.documents[evidence.documents["url"] != ""]
    found: dict[str, list[str]] = {}
    for url, document in zip(named["url"], named["document_id"], strict=True):
        found.setdefault(url, []).append(document)
    return found


def load_recent_checks(path: Path, max_age_days: float = _MAX_AGE_DAYS) -> dict[str, LinkCheck]:
    """The answers of the last ``max_age_days`` days; a line that was not written to its end is passed over."""
    if not path.exists():
        return {}
    oldest = (datetime.now(UTC) - timedelta(days=max_age_days)).isoformat(timespec="seconds")
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
            each = LinkCheck(row["url"], LinkResult(**row["found"]), row["checked"])
        except (ValueError, KeyError, TypeError):
            continue
        if each.checked_at >= oldest:
            found[each.url] = each
    return found


def check_links(
    urls: Iterable[str],
    politeness: Politeness,
    cache_path: Path,
    on_check: Callable[[LinkCheck], None],
    make_checker: Callable[[Politeness, RateLimiter], LinkChecker] = LinkChecker,
) -> list[LinkCheck]:
    """Ask addresses, several hosts at a time and each host one by one.

    Parameters
    ----------
    urls : iterable of str
    politeness : Manners
    cache_path : Path
        Where each answer is remembered as soon as it is there.
    on_check : callable
        Called with each answer.
    make_checker : callable
        Makes an :class:`LinkChecker`; tests give one that knows other names.
    """
    hosts: dict[str, list[str]] = {}
    for url in urls:
        hosts.setdefault(_host_name(url), []).append(url)
    pace, lock, found = RateLimiter(politeness), Lock(), []
    cache_path.parent.mkdir(parents=True, exist_ok=True)

    def ask(own: list[str]) -> None:
        one = make_checker(politeness, pace)
        for url in own:
            each = LinkCheck(url, one.check_url(url), datetime.now(UTC).isoformat(timespec="seconds"))
            with lock, cache_path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(asdict(each)) + "\n")
                found.append(each)
                on_check(each)

    with ThreadPoolExecutor(_MAX_WORKERS) as pool:
        tasks = [pool.submit(ask, own) for own in hosts.values()]
        try:
            for task in as_completed(tasks):
                task.result()
        except BaseException:
            pace.stop_event.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return found


def _host_name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def link_report_csv(checks: Iterable[LinkCheck], document_ids: Mapping[str, list[str]]) -> str:
    """The answers as CSV: what needs attention first, then by address."""
    order = {outcome: place for place, outcome in enumerate([*list(LINK_OUTCOMES)[2:], MOVED, OK])}
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_REPORT_COLUMNS)
    for each in sorted(checks, key=lambda each: (order[each.result.outcome], each.url)):
        found = each.result
        ids = ";".join(document_ids.get(each.url, []))
        writer.writerow(
            [each.url, found.outcome, found.status or "", found.final_url, found.reason, each.checked_at, ids]
        )
    return stream.getvalue()


def write_link_report(report: str, path: Path) -> None:
    """Write a report, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new")
    aside.write_text(report, encoding="utf-8")
    os.replace(aside, path)


def outcome_summary(checks: Iterable[LinkCheck]) -> list[str]:
    """How many addresses have which outcome, and what it means; those without one are left out."""
    counts = Counter(each.result.outcome for each in checks)
    return [
        f"{counts[outcome]:5,} {outcome}: {meaning}" for outcome, meaning in LINK_OUTCOMES.items() if counts[outcome]
    ]


def any_broken(checks: Iterable[LinkCheck]) -> bool:
    """Whether an address no longer leads to anything, as far as a program can tell."""
    return any(each.result.outcome in ("gone", "fails", "silent") for each in checks)
