"""A trained model becomes one of the installed ones."""

from __future__ import annotations

import os
import re
from pathlib import Path

from fundus_gui.core import atomic
from fundus_gui.core.cards import read_card
from fundus_gui.core.errors import ConfigError, ExportError
from fundus_gui.core.paths import user_weights_dir
from fundus_gui.core.runs.folder import RunFolder


def add_to_library(run: Path, name: str | None = None) -> Path:
    """Copy the best weights of a run to the user's models; return the new file.

    Args:
        run: a run folder.
        name: of the model; of the folder if None.

    Raises:
        CheckpointError: the run has no weights yet, or they are damaged.
        ConfigError: no file can have that name.
        ExportError: a model has that name already, or the copy cannot be written.
    """
    best = RunFolder(run).best_file
    read_card(best)
    name = run.resolve().name if name is None else name
    if not re.fullmatch(r"[\w\-+. ]{0,99}[\w\-+]", name) or name.startswith("."):
        raise ConfigError(
            f"'{name}' cannot be the name of a model: use up to 100 letters, digits, spaces and "
            "- _ + . in it."
        )
    target = user_weights_dir() / f"{name}.safetensors"
    try:
        with atomic.changing(target.parent):
            if os.path.lexists(target):
                raise ExportError(
                    f"A model named '{name}' is installed already. Choose another name."
                )
            atomic.write_bytes(target, best.read_bytes())
    except OSError as error:
        raise ExportError(
            f"'{name}' cannot be added to {target.parent} ({error.strerror}). Free some space."
        ) from error
    return target
