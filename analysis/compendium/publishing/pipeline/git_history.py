"""What git knows of the project: the commit that a book is built from, and when each file was last changed."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

EPOCH = "SOURCE_DATE_EPOCH"
SHORT = 10


@dataclass(frozen=True)
class Change:
    """A commit, in short, and its day (ISO)."""

    commit: str
    day: str


@dataclass(frozen=True)
class History:
    """The commit at hand, whether files differ from it, and the last change of each file by its path.

    ``changes`` is empty where only a part of the history was fetched: the last change is not known then.
    """

    head: Change
    clean: bool
    changes: dict[str, Change] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """The commit in words."""
        return self.head.commit + ("" if self.clean else ", with changes that are in no commit yet")


@lru_cache(maxsize=4)
def read(root: Path) -> History | None:
    """The history of the project; None when the folder is no work tree of git, or git is missing.

    Asked once a process: a book is built from one state of the files.
    """
    if _git(root, "rev-parse", "--show-toplevel").strip() != str(root.resolve()):
        return None
    head = _git(root, "log", "-1", "--format=%H %cs").split()
    if not head:
        return None
    shallow = _git(root, "rev-parse", "--is-shallow-repository").strip() == "true"
    changes = (
        {} if shallow else dict(_last_changes(_git(root, "log", "--format=%x00%H %cs", "--name-only", "--reverse")))
    )
    return History(Change(head[0][:SHORT], head[1]), not _git(root, "status", "--porcelain"), changes)


def _last_changes(log: str) -> Iterator[tuple[str, Change]]:
    """Each file with each commit that changed it, the oldest first: of a dictionary's equal keys the last one stays."""
    for entry in log.split("\0")[1:]:
        about, *paths = entry.splitlines()
        commit, day = about.split()
        yield from ((path, Change(commit[:SHORT], day)) for path in paths if path)


def _git(root: Path, *arguments: str) -> str:
    """What git says; nothing when it can not."""
    try:
        command = ["git", "-C", str(root), "-c", "core.quotePath=false", *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def today() -> date:
    """The day of the build (UTC), or the one that ``SOURCE_DATE_EPOCH`` gives, as reproducible builds have it."""
    given = os.environ.get(EPOCH)
    return datetime.fromtimestamp(int(given), UTC).date() if given else datetime.now(UTC).date()
