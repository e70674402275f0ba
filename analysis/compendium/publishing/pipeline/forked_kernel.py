"""The forked side of an execution: a Jupyter kernel's shell whose messages go through a pipe instead of sockets.

Nothing here imports papermill: papermill loads the engine's entry point while it is imported itself, so a module
that the forked process needs must stay free of it.
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
"""pandas decides this at its import, by whether there is a kernel; here it is imported before there is one."""


class PipeSession(Session):
    """Sends each message, packed as any Jupyter kernel packs it, through a pipe."""

    def __init__(self, pipe: Connection) -> None:
        super().__init__()
        self.pipe = pipe

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *_: Any, **__: Any) -> dict[str, Any]:
        """Send a message, or make one of a type and its content; ``stream`` (a socket) is not needed."""
        message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content)
        self.pipe.send_bytes(self.pack(message))
        return message


class PipeStream(io.StringIO):
    """Standard output or error of a cell; the shell flushes it before whatever is shown next."""

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
    """Run the cells one after the other in ``folder`` until one fails, and send the messages that a kernel would send.

    What a subprocess or a C library writes by itself is not caught: it goes to the terminal.
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
