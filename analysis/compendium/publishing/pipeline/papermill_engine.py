"""The papermill engine ``forked``: runs a notebook in a process forked from a server with preloaded libraries.

A new kernel spends most of its time on imports. A forked process is as isolated as a kernel, starts in milliseconds
and sends the same messages, which nbclient turns into outputs as for any kernel.

Import papermill, not this module: papermill finds the engine by its entry point.
"""

import json
import os
import time
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

import nbformat
from nbclient import NotebookClient
from papermill.engines import Engine, NotebookExecutionManager

from compendium.publishing.pipeline import fork_server, forked_kernel
from compendium.publishing.pipeline.notebooks import CELL_TIMEOUT_S


class ForkedEngine(Engine):
    """Run cells in a forked process; exceptions, crashes and time-outs become papermill execution errors."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        execution_timeout: float | None = None,
        folder: str | None = None,
        **_: Any,
    ) -> None:
        """Execute the notebook of ``nb_man`` in ``folder`` (default: the working directory)."""
        cells = [
            (i, cell) for i, cell in enumerate(nb_man.nb.cells) if cell.cell_type == "code" and cell.source.strip()
        ]
        process, pipe = _fork_kernel([cell.source for _, cell in cells], folder or os.getcwd())
        client = NotebookClient(nb_man.nb, record_timing=False)
        try:
            for index, cell in cells:
                nb_man.cell_start(cell, index)
                client.clear_before_next_output = False  # nbclient resets this when it starts a cell
                succeeded = _process_messages(client, cell, index, process, pipe, execution_timeout or CELL_TIMEOUT_S)
                if not succeeded:
                    nb_man.cell_exception(cell, cell_index=index)
                nb_man.cell_complete(cell, cell_index=index)
                if not succeeded:
                    break
        finally:
            process.kill()
            process.join()
            pipe.close()


def _fork_kernel(cell_sources: list[str], folder: str) -> tuple[BaseProcess, Connection]:
    receiver, sender = fork_server.fork_context().Pipe(duplex=False)
    process = fork_server.fork_context().Process(target=forked_kernel.run_cells, args=(sender, cell_sources, folder))
    process.start()
    sender.close()
    return process, receiver


def _process_messages(
    client: NotebookClient,
    cell: nbformat.NotebookNode,
    index: int,
    process: BaseProcess,
    pipe: Connection,
    timeout_s: float,
) -> bool:
    """Process the messages of a cell up to its reply, and return whether the cell succeeded."""
    deadline = time.monotonic() + timeout_s
    while pipe.poll(max(0, deadline - time.monotonic())):
        try:
            message = json.loads(pipe.recv_bytes())
        except EOFError:
            process.join()
            _append_error(
                cell, "DeadKernelError", f"the process ended during this cell with exit status {process.exitcode}"
            )
            return False
        if message["msg_type"] == "execute_reply":
            succeeded = bool(message["content"]["status"] == "ok")
            if not succeeded and not any(output.output_type == "error" for output in cell.outputs):
                _append_error(
                    cell, "CellExecutionError", "".join(output.get("text", "") for output in cell.outputs).strip()
                )
            return succeeded
        client.process_message(message, cell, index)
    _append_error(cell, "CellTimeoutError", f"the cell took longer than {timeout_s:g} seconds and was stopped")
    return False


def _append_error(cell: nbformat.NotebookNode, name: str, message: str) -> None:
    cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"]))
