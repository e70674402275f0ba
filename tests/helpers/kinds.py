"""The kinds of what fixtures give. They stand here, for of several files ``conftest.py`` only one can be imported."""

import subprocess
from collections.abc import Callable
from pathlib import Path

Command = Callable[..., subprocess.CompletedProcess[str]]
"""Runs the command line in a process of its own."""
Call = Callable[..., tuple[int, str, str]]
"""Runs the command line here: exit status, output, errors."""
Fetched = Callable[[str, str], Path]
"""Gives a file out of a distribution: the distribution's name, and the end of the file's path."""
Refused = Callable[[Path, str], None]
"""Holds that a file is refused in one sentence, which says so much, and that nothing was written."""
