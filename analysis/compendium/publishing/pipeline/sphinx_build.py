"""Render the book to a temporary folder, and replace the previous build only if there are no warnings."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

JUPYTER_BOOK = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
FAULT_PATTERN = re.compile(r"WARNING|ERROR|CRITICAL|Error:|Exception")
_ANSI_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class BuildFailed(Exception):
    """Sphinx reported warnings or errors; the message lists them."""


def build_book(root: Path) -> Path:
    """Render ``book/`` with Jupyter Book; warnings count as errors.

    Returns
    -------
    Path
        The folder of the built book, ``_build/html``.

    Raises
    ------
    BuildFailed
        If there are warnings or errors. The message lists all of them; the previous build is unchanged.
    """
    staging = root / "_build" / "next"  # inside _build, the only folder in which Jupyter Book looks for no pages
    shutil.rmtree(staging, ignore_errors=True)
    command = [*JUPYTER_BOOK, "build", str(root), "--path-output", str(staging), "-W", "--keep-going"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise BuildFailed(_failure_message(root, result.stdout + result.stderr))
    html_folder = _swap_folder(staging / "_build" / "html", root / "_build" / "html")
    shutil.rmtree(staging)
    return html_folder


def _failure_message(root: Path, output: str) -> str:
    lines = [line.replace(f"{root}/", "") for line in _ANSI_COLOUR.sub("", output).splitlines()]
    fault_lines = [line for line in lines if FAULT_PATTERN.search(line)] or lines[-20:]
    return "\n".join([*dict.fromkeys(fault_lines), "The book was not replaced; the previous build is unchanged."])


def _swap_folder(new_folder: Path, target_folder: Path) -> Path:
    """Replace a folder by another; ``target_folder`` is missing only for the time between two renames."""
    old = target_folder.with_name("html.old")
    shutil.rmtree(old, ignore_errors=True)
    target_folder.parent.mkdir(exist_ok=True)
    if target_folder.exists():
        target_folder.rename(old)
    new_folder.rename(target_folder)
    shutil.rmtree(old, ignore_errors=True)
    return target_folder
