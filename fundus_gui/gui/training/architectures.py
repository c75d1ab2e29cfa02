"""The names of the networks, fetched without loading what builds them into the window's process."""

from __future__ import annotations

import multiprocessing
from collections.abc import Generator
from multiprocessing.connection import Connection

_POLL_SECONDS = 0.1


def list_architectures() -> Generator[tuple[str, ...] | None, None, None]:
    """Yield None while another process looks, then once the names, if it finds them.

    Importing torch takes seconds and holds up all threads of a process.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send_names, args=(sender,), daemon=True)
    process.start()
    sender.close()
    try:
        while process.is_alive() and not receiver.poll(_POLL_SECONDS):
            yield None
        if receiver.poll():
            yield receiver.recv()
    except EOFError:  # the process ended without an answer: the presets' networks must do
        return
    finally:
        process.kill()
        process.join()
        receiver.close()


def _send_names(sender: Connection) -> None:
    from fundus_gui.core.models import list_models

    sender.send(tuple(list_models()))
