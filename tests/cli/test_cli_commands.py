"""The commands beside `classify`, and what all have in common."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_weights import CLASS_NAMES, write_tiny_model

from fundus_gui import RESEARCH_USE_ONLY, __main__, __version__
from fundus_gui.core import catalogue
from fundus_gui.core.datasets import read_dataset

Run = Callable[..., Any]  # a command's words in, its code, out and err out


def on_one_line(text: str) -> str:
    return " ".join(text.split())


def test_models_lists_what_is_installed(run: Run) -> None:
    for arguments in (["models"], ["models", "list"]):
        said = on_one_line(run(*arguments).out)
        assert "tiny_a tiny 32 px amd, glaucoma, normal" in said
        assert "pair tiny_a 0.60, tiny_b 0.40 given" in said


def test_models_says_where_weights_belong_when_there_are_none(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue.installed, "weights_dir", lambda: tmp_path / "empty")
    done = run("models")
    assert done.code == 0
    assert done.out.startswith("No models are installed. Put weights (.safetensors) into ")
    assert run("classify", tmp_path).err.startswith("fundus-gui: No weights are installed.")
    assert run("doctor").code == 1


def test_models_show_prints_the_card(run: Run) -> None:
    done = run("models", "show", "tiny_b")
    assert done.code == 0
    card: dict[str, Any] = json.loads(done.out)
    assert card["class_names"] == list(CLASS_NAMES)
    assert card["preprocessing"]["size"] == 48


def test_models_show_suggests_the_nearest(run: Run) -> None:
    done = run("models", "show", "tinya")
    assert (done.code, done.out) == (1, "")
    assert done.err == "fundus-gui: There is no model named 'tinya'. Did you mean 'tiny_a'?\n"


def test_doctor_names_versions_device_and_models(run: Run, tmp_path: Path) -> None:
    done = run("doctor", "--device", "cpu")
    assert done.code == 0
    assert f"fundus-gui {__version__}, Python 3." in done.out
    assert "device: CPU (" in done.out
    assert f"own weights: {tmp_path / 'home' / 'weights'}\n" in done.out
    assert "tiny_a: loads; its card holds no golden image" in done.out
    assert done.out.endswith("All is well.\n")


def test_doctor_finds_a_model_that_computes_something_else(run: Run, tmp_path: Path) -> None:
    golden = {"image": "no such sample.png", "probabilities": [1, 0, 0]}
    (tmp_path / "home" / "weights").mkdir(parents=True)
    write_tiny_model(tmp_path / "home" / "weights" / "sick.safetensors", golden=golden)
    done = run("doctor", "--device", "cpu")
    assert done.code == 1
    assert "sick: no such sample.png: the file does not exist" in done.err
    assert "fundus-gui: One check failed." in done.err


def test_samples_draws_photographs_that_can_be_classified(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("fundus_gui.core.synthetic")
    done = run("samples", tmp_path / "s", "--size", 512, "--seed", 3)
    assert done.code == 0
    data = read_dataset(tmp_path / "s")
    assert f"{len(data.images)} synthetic photographs and labels.csv are in" in done.out
    assert (
        f"{len(data.images)} classified, 0 could not be read."
        in run("classify", tmp_path / "s").out
    )


def test_the_window_is_opened_with_what_was_given(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[list[Path]] = []
    monkeypatch.setattr(__main__, "open_window", lambda paths=(): opened.append(list(paths)) or 7)
    assert [run().code, run("gui").code, run("gui", "a.jpg", "b").code] == [7, 7, 7]
    assert opened == [[], [], [Path("a.jpg"), Path("b")]]


def test_help_and_version(run: Run) -> None:
    done = run("--version")
    assert (done.code, done.out) == (0, f"fundus-gui {__version__}\n")
    said = on_one_line(run("--help").out)
    assert RESEARCH_USE_ONLY in said
    assert "3 done but some files failed" in said
    for command in ("gui", "classify", "train", "models", "samples", "doctor"):
        assert f" {command} " in said
        help_of_command = run(command, "--help")
        assert (help_of_command.code, help_of_command.err) == (0, "")
        assert "list[" not in re.sub(r"<list\[(Path|str)\]>", "", help_of_command.out)
