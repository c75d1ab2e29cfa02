"""Where a file goes that the program keeps for the user and can no longer read."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path


def put_aside(path: Path) -> Path | None:
    """Rename a damaged file to NAME.broken-1, or to the first such name that is free.

    So it is neither lost nor in the way of a new one.

    Returns:
        Where it is now, or None where the system does not let it go.
    """
    for number in count(1):
        aside = path.with_name(f"{path.name}.broken-{number}")
        if not os.path.lexists(aside):
            break
    try:
        return path.rename(aside)
    except OSError:
        return None
