"""A run as the command that starts it, so that window and researcher do the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tomli_w

from fundus_gui.core.runs.config import TrainConfig, train_settings


def train_arguments(config: TrainConfig, out: Path) -> list[str]:
    """Return the arguments of `fundus-gui` that train with `config` into the new folder `out`."""
    arguments = ["train", "--out", str(out)]
    for name, value in config.differing().items():
        option = "--" + name.replace("_", "-")
        if name == "model_arguments":
            for key, setting in value.items():
                arguments += ["--model-argument", f"{key}={_as_toml(setting)}"]
        elif train_settings()[name].kind is bool:
            arguments.append(option if value else "--no-" + option.removeprefix("--"))
        else:
            arguments += [option, str(value)]
    return arguments


def resume_arguments(out: Path) -> list[str]:
    """Return the arguments of `fundus-gui` that go on with the run in `out`."""
    return ["train", "--resume", str(out)]


def _as_toml(value: Any) -> str:
    """Return the value as it stands to the right of the sign in TOML."""
    return tomli_w.dumps({"value": value}).partition("=")[2].strip()
