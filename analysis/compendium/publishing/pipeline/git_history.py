"""What git knows of the project: the commit that a book is built from, and when each file was last changed."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

_EPOCH_VARIABLE = "SOURCE_DATE_EPOCH"
HASH_LENGTH = 10


@dataclass(frozen=True)
class Commit:
    """A commit, in short, and its day (ISO)."""

    short_hash: str
    day: str


@dataclass(frozen=True)
class GitHistory:
    """The commit at hand, whether files differ from it, and the last change of each file by its path.

    ``last_changes`` is empty where only a part of the history was fetched: the last change is not known then.
    """

    head: Commit
    is_clean: bool
    last_changes: dict[str, Commit] = field(default_factory=dict)

    @property
    def description(self) -> str:
        """The commit in words."""
        return self.head.short_hash + ("" if self.is_clean else ", with changes that are in no commit yet")


@lru_cache(maxsize=4)
def read_git_history(root: Path) -> GitHistory | None:
    """The history of the project; None when the folder is no work tree of git, or git is missing.

    Asked once a process: a book is built from one state of the files.
    """
    if _git_output(root, "rev-parse", "--show-toplevel").strip() != str(root.resolve()):
        return None
    head = _git_output(root, "log", "-1", "--format=%H %cs").split()
    if not head:
        return None
    shallow = _git_output(root, "rev-parse", "--is-shallow-repository").strip() == "true"
    changes = (
        {}
        if shallow
        else dict(_iter_last_changes(_git_output(root, "log", "--format=%x00%H %cs", "--name-only", "--reverse")))
    )
    return GitHistory(Commit(head[0][:HASH_LENGTH], head[1]), not _git_output(root, "status", "--porcelain"), changes)


def _iter_last_changes(log: str) -> Iterator[tuple[str, Commit]]:
    """Each file with each commit that changed it, the oldest first: of a dictionary's equal keys the last one stays."""
    for entry in log.split("\0")[1:]:
        about, *paths = entry.splitlines()
        commit, day = about.split()
        yield from ((path, Commit(commit[:HASH_LENGTH], day)) for path in paths if path)


def _git_output(root: Path, *arguments: str) -> str:
    """What git says; nothing when it can not."""
    try:
        command = ["git", "-C", str(root), "-c", "core.quotePath=false", *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def build_date() -> date:
    """The day of the build (UTC), or the one that ``SOURCE_DATE_EPOCH`` gives, as reproducible builds have it."""
    given = os.environ.get(_EPOCH_VARIABLE)
    return datetime.fromtimestamp(int(given), UTC).date() if given else datetime.now(UTC).date()
