"""Renders the book aside and puts it in place only when it is without a fault."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

JUPYTER_BOOK = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
FAULT_PATTERN = re.compile(r"WARNING|ERROR|CRITICAL|Error:|Exception")
_ANSI_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class BuildFailed(Exception):
    """Sphinx found faults; the message lists them."""


def build_book(root: Path) -> Path:
    """Render ``book/`` with Jupyter Book; warnings are errors, all of them are listed.

    Returns
    -------
    Path
        The folder of the built book, ``_build/html``.

    Raises
    ------
    BuildFailed
        With each warning and error; the book built before is as it was.
    """
    staging = root / "_build" / "next"  # Jupyter Book looks for pages everywhere but in _build
    shutil.rmtree(staging, ignore_errors=True)
    command = [*JUPYTER_BOOK, "build", str(root), "--path-output", str(staging), "-W", "--keep-going"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise BuildFailed(_failure_message(root, done.stdout + done.stderr))
    place = _swap_folder(staging / "_build" / "html", root / "_build" / "html")
    shutil.rmtree(staging)
    return place


def _failure_message(root: Path, output: str) -> str:
    lines = [line.replace(f"{root}/", "") for line in _ANSI_COLOUR.sub("", output).splitlines()]
    found = [line for line in lines if FAULT_PATTERN.search(line)] or lines[-20:]
    return "\n".join([*dict.fromkeys(found), "The book that was built before is as it was."])


def _swap_folder(new_folder: Path, target_folder: Path) -> Path:
    """Exchange two folders; what is served from ``target_folder`` is missing for no longer than two renames."""
    old = target_folder.with_name("html.old")
    shutil.rmtree(old, ignore_errors=True)
    target_folder.parent.mkdir(exist_ok=True)
    if target_folder.exists():
        target_folder.rename(old)
    new_folder.rename(target_folder)
    shutil.rmtree(old, ignore_errors=True)
    return target_folder
