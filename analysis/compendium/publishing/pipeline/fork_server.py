"""The server process from which the processes of notebooks are forked."""

import multiprocessing
from multiprocessing.context import ForkServerContext
from multiprocessing.forkserver import ensure_running


def fork_context() -> ForkServerContext:
    """The multiprocessing context whose server has preloaded the libraries that notebooks need."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["compendium.publishing.pipeline.preload"])
    return context


def start_fork_server() -> None:
    """Start the server early, so that it imports libraries while other tasks run."""
    fork_context()
    ensure_running()
