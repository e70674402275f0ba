"""The shell of a Jupyter kernel in a forked process, which sends its messages through a pipe instead of sockets.

This module must not import papermill: importing papermill loads the engine's entry point, which would import papermill
again before it is complete.
"""

import io
import os
import sys
from multiprocessing.connection import Connection
from typing import Any

import pandas as pd
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session
from traitlets.config import Config

MAX_DISPLAY_COLUMNS = 20
"""pandas sets this when it is imported inside a kernel; here pandas is imported before there is a kernel."""


class PipeSession(Session):
    """A Jupyter session that sends its messages through a pipe, in the usual encoding."""

    def __init__(self, pipe: Connection) -> None:
        super().__init__()
        self.pipe = pipe

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *_: Any, **__: Any) -> dict[str, Any]:
        """Send a message, or one built from a type and its content; ``stream`` (a socket) is ignored."""
        message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content)
        self.pipe.send_bytes(self.pack(message))
        return message


class PipeStream(io.StringIO):
    """Standard output or error of a cell; the shell flushes it before it displays anything else."""

    encoding = "UTF-8"  # type: ignore[assignment]

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(newline="")
        self.session, self.stream_name = session, name

    def flush(self) -> None:
        """Send what was written since the last flush."""
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        if text:
            self.session.send(None, "stream", {"name": self.stream_name, "text": text})


def run_cells(pipe: Connection, cell_sources: list[str], folder: str) -> None:
    """Run cells in order until one fails, and send the messages that a kernel would send.

    Output that a subprocess or a C library writes directly is not captured; it goes to the terminal.

    Parameters
    ----------
    pipe : Connection
        Where the messages go.
    cell_sources : list of str
        The code of the cells.
    folder : str
        The working directory.
    """
    os.chdir(folder)
    pd.set_option("display.max_columns", MAX_DISPLAY_COLUMNS)
    session = PipeSession(pipe)
    shell = ZMQInteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    shell.display_pub.session = shell.displayhook.session = session
    sys.stdout, sys.stderr = PipeStream(session, "stdout"), PipeStream(session, "stderr")
    for source in cell_sources:
        session.send(None, "execute_input", {"code": source, "execution_count": shell.execution_count})
        result = shell.run_cell(source, store_history=True)
        sys.stdout.flush()
        sys.stderr.flush()
        session.send(None, "execute_reply", {"status": "ok" if result.success else "error"})
        if not result.success:
            break
