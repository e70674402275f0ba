"""The server of which notebooks' processes are forked."""

import multiprocessing
from multiprocessing.context import ForkServerContext
from multiprocessing.forkserver import ensure_running


def fork_context() -> ForkServerContext:
    """The context whose processes are forked from a server that has imported what notebooks need."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["compendium.publishing.pipeline.preload"])
    return context


def start_fork_server() -> None:
    """Start the server ahead of need: it imports while others work."""
    fork_context()
    ensure_running()
