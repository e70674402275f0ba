"""Git history of the project: the current commit and the last change of each file."""

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
    """A commit: its abbreviated hash and its day (ISO date)."""

    short_hash: str
    day: str


@dataclass(frozen=True)
class GitHistory:
    """The current commit, whether the files match it, and the last change of each file by its path.

    ``last_changes`` is empty in a shallow clone, where the last change of a file is not known.
    """

    head: Commit
    is_clean: bool
    last_changes: dict[str, Commit] = field(default_factory=dict)

    @property
    def description(self) -> str:
        """The commit hash, with a note if files differ from the commit."""
        return self.head.short_hash + ("" if self.is_clean else ", with uncommitted changes")


@lru_cache(maxsize=4)
def read_git_history(root: Path) -> GitHistory | None:
    """The git history of the project; None if the folder is not the root of a work tree or git is not installed.

    The result is cached, because a book is built from one state of the files.
    """
    if _git_output(root, "rev-parse", "--show-toplevel").strip() != str(root.resolve()):
        return None
    head = _git_output(root, "log", "-1", "--format=%H %cs").split()
    if not head:
        return None
    is_shallow = _git_output(root, "rev-parse", "--is-shallow-repository").strip() == "true"
    changes = (
        {}
        if is_shallow
        else dict(_iter_last_changes(_git_output(root, "log", "--format=%x00%H %cs", "--name-only", "--reverse")))
    )
    return GitHistory(Commit(head[0][:HASH_LENGTH], head[1]), not _git_output(root, "status", "--porcelain"), changes)


def _iter_last_changes(log: str) -> Iterator[tuple[str, Commit]]:
    """Pairs of path and commit, oldest first, so that a dictionary of them holds the last change of each file."""
    for entry in log.split("\0")[1:]:
        commit_line, *paths = entry.splitlines()
        commit_hash, day = commit_line.split()
        yield from ((path, Commit(commit_hash[:HASH_LENGTH], day)) for path in paths if path)


def _git_output(root: Path, *arguments: str) -> str:
    """The output of a git command; empty if the command fails or git is not installed."""
    try:
        command = ["git", "-C", str(root), "-c", "core.quotePath=false", *arguments]
        result = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return result.stdout if result.returncode == 0 else ""


def build_date() -> date:
    """The day of the build (UTC); ``SOURCE_DATE_EPOCH`` overrides it, as in other reproducible builds."""
    epoch = os.environ.get(_EPOCH_VARIABLE)
    return datetime.fromtimestamp(int(epoch), UTC).date() if epoch else datetime.now(UTC).date()
