"""Where the packaged program starts, under the name of either of its executables."""

from __future__ import annotations

import logging
import os
import sys


def give_back_environment() -> None:
    """Let other programs, such as the browser that shows a report, find their own libraries.

    PyInstaller's start-up code pointed LD_LIBRARY_PATH into the bundle, which this process has
    taken in by now. Without its note that it did so, it does it again for a process of our own.
    """
    own = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    os.environ.pop("LD_LIBRARY_PATH", None)
    os.environ.pop("_PYI_ARCHIVE_FILE", None)
    if own is not None:
        os.environ["LD_LIBRARY_PATH"] = own


def drop_script_name() -> None:
    """Take the arguments of a process of a training on several devices.

    It is started with the name of a script first, which a bundle does not have: it repeats its own.
    """
    sys.argv[0] = sys.executable
    if sys.argv[1:2] == [sys.executable]:
        del sys.argv[1]


def warn_not_of_triton() -> None:
    """Let torch for CUDA not complain at every start that triton was left out of the bundle."""
    logging.getLogger("torch.utils.flop_counter").setLevel(logging.ERROR)


if __name__ == "__main__":
    if sys.platform == "linux":
        give_back_environment()
    drop_script_name()
    warn_not_of_triton()
    from fundus_gui.__main__ import main

    sys.exit(main())
