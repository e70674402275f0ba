"""Link checks of all documents: cached results, concurrent requests and the report.

Each result is appended to ``.cache/links.jsonl`` at once, so that an interrupted run can be continued.
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

from compendium.curation.link_client import (
    GONE,
    HOST_ERROR,
    LINK_OUTCOMES,
    MOVED,
    NO_ANSWER,
    OK,
    LinkChecker,
    LinkResult,
    Politeness,
    RateLimiter,
)
from compendium.dataset.evidence import Evidence

LINK_CACHE_PATH = Path(".cache", "links.jsonl")
LINK_REPORT_PATH = Path(".cache", "links.csv")
_REPORT_COLUMNS = ("url", "outcome", "status", "final", "reason", "checked", "documents")
_MAX_WORKERS = 4
_MAX_AGE_DAYS = 7.0


@dataclass(frozen=True)
class LinkCheck:
    """Result of checking a URL, and the time of the check (UTC, ISO 8601)."""

    url: str
    result: LinkResult
    checked_at: str


def document_urls(evidence: Evidence) -> dict[str, list[str]]:
    """Ids of documents by URL."""
    documents = evidence.documents[evidence.documents["url"] != ""]
    document_ids: dict[str, list[str]] = {}
    for url, document_id in zip(documents["url"], documents["document_id"], strict=True):
        document_ids.setdefault(url, []).append(document_id)
    return document_ids


def load_recent_checks(path: Path, max_age_days: float = _MAX_AGE_DAYS) -> dict[str, LinkCheck]:
    """Load the cached checks of the last ``max_age_days`` days, by URL; incomplete lines are skipped."""
    if not path.exists():
        return {}
    oldest = (datetime.now(UTC) - timedelta(days=max_age_days)).isoformat(timespec="seconds")
    checks = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
            check = LinkCheck(row["url"], LinkResult(**row["result"]), row["checked_at"])
        except (ValueError, KeyError, TypeError):
            continue
        if check.checked_at >= oldest:
            checks[check.url] = check
    return checks


def check_links(
    urls: Iterable[str],
    politeness: Politeness,
    cache_path: Path,
    on_check: Callable[[LinkCheck], None],
    make_checker: Callable[[Politeness, RateLimiter], LinkChecker] = LinkChecker,
) -> list[LinkCheck]:
    """Check URLs: several hosts at a time, the URLs of one host one by one.

    Parameters
    ----------
    urls : iterable of str
    politeness : Politeness
    cache_path : Path
        File to which each result is appended at once.
    on_check : callable
        Called with each result.
    make_checker : callable
        Creates a :class:`LinkChecker`; tests pass one that resolves other host names.
    """
    urls_by_host: dict[str, list[str]] = {}
    for url in urls:
        urls_by_host.setdefault(_host_name(url), []).append(url)
    rate_limiter, lock = RateLimiter(politeness), Lock()
    checks: list[LinkCheck] = []
    cache_path.parent.mkdir(parents=True, exist_ok=True)

    def check_host(host_urls: list[str]) -> None:
        checker = make_checker(politeness, rate_limiter)
        for url in host_urls:
            check = LinkCheck(url, checker.check_url(url), datetime.now(UTC).isoformat(timespec="seconds"))
            with lock, cache_path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(asdict(check)) + "\n")
                checks.append(check)
                on_check(check)

    with ThreadPoolExecutor(_MAX_WORKERS) as pool:
        tasks = [pool.submit(check_host, host_urls) for host_urls in urls_by_host.values()]
        try:
            for task in as_completed(tasks):
                task.result()
        except BaseException:
            rate_limiter.stop_event.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return checks


def _host_name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def link_report_csv(checks: Iterable[LinkCheck], document_ids: Mapping[str, list[str]]) -> str:
    """Format checks as CSV, sorted by outcome (broken links first) and URL."""
    order = {outcome: rank for rank, outcome in enumerate([*list(LINK_OUTCOMES)[2:], MOVED, OK])}
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_REPORT_COLUMNS)
    for check in sorted(checks, key=lambda check: (order[check.result.outcome], check.url)):
        result = check.result
        ids = ";".join(document_ids.get(check.url, []))
        writer.writerow(
            [check.url, result.outcome, result.status or "", result.final_url, result.reason, check.checked_at, ids]
        )
    return stream.getvalue()


def write_link_report(report: str, path: Path) -> None:
    """Write a report; an interrupted write leaves the old file unchanged."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary_path = path.with_name(f".{path.name}.new")
    temporary_path.write_text(report, encoding="utf-8")
    os.replace(temporary_path, path)


def outcome_summary(checks: Iterable[LinkCheck]) -> list[str]:
    """Lines with the number of links per outcome and its meaning; outcomes without a link are omitted."""
    counts = Counter(check.result.outcome for check in checks)
    return [
        f"{counts[outcome]:5,} {outcome}: {meaning}" for outcome, meaning in LINK_OUTCOMES.items() if counts[outcome]
    ]


def any_broken(checks: Iterable[LinkCheck]) -> bool:
    """Whether a link is broken: the page is gone, or its host reports an error or does not answer."""
    return any(check.result.outcome in (GONE, HOST_ERROR, NO_ANSWER) for check in checks)
