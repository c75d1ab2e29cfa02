"""`models convert` installs a foreign file, names what became of it, and refuses the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from fundus_gui.core.models import create_model

Run = Callable[..., Any]  # a command's words in, its code, out and err out


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "best_model.pth"
    network = create_model("timm:test_efficientnet", num_classes=1000)
    torch.save({"state_dict": network.state_dict(), "extra": torch.ones(1)}, path)
    return path


def convert(run: Run, file: Path, *options: str) -> Any:
    kind = () if "--as" in options else ("--as", "timm:test_efficientnet")
    return run("models", "convert", file, "--classes", "amd, normal", *kind, *options)


def test_a_converted_file_is_installed(run: Run, file: Path) -> None:
    done = convert(run, file, "--out", "eye")
    assert done.code == 0
    assert "eye is installed (" in done.out
    assert (
        "Licence of the weights: apache-2.0. The head is untrained: train before use." in done.out
    )
    card = json.loads(run("models", "show", "eye").out)
    assert card["class_names"] == ["amd", "normal"]
    assert card["architecture"] == "timm:test_efficientnet"
    assert card["training"]["converted_from"] == "best_model.pth"


def test_the_report_counts_and_names(run: Run, file: Path) -> None:
    said = convert(run, file).out.splitlines()
    names = [n for n in torch.load(file, weights_only=True)["state_dict"] if "num_batch" not in n]
    taken = len(names) - 2
    first = said.index(f"Taken from the file: {taken} tensors, 100.0 % of the backbone")
    assert said[first + 1] == "  conv_stem.weight"
    assert said[first + 11] == f"  and {taken - 10} more (--verbose names all)"
    assert said[first + 12 : first + 18] == [
        "New: 2 tensors",
        "  classifier.weight",
        "  classifier.bias",
        "Left in the file: 2 tensors",
        "  classifier.weight",
        "  classifier.bias",
    ]


def test_verbose_names_every_tensor(run: Run, file: Path) -> None:
    said = convert(run, file, "--verbose").out
    assert "more (--verbose" not in said
    names = [n for n in torch.load(file, weights_only=True)["state_dict"] if "num_batch" not in n]
    assert all(f"  {name}\n" in said for name in names)


def test_another_input_size_is_kept(run: Run, file: Path) -> None:
    assert convert(run, file, "--input-size", "96").code == 0
    card = json.loads(run("models", "show", "best_model").out)
    assert card["preprocessing"]["size"] == 96


def test_nothing_is_overwritten(run: Run, file: Path) -> None:
    assert convert(run, file).code == 0
    done = convert(run, file)
    assert done.code == 1
    assert done.err == (
        "fundus-gui: There is a model named 'best_model' already. Choose another name.\n"
    )


def test_another_networks_file_is_refused(run: Run, file: Path) -> None:
    done = convert(run, file, "--as", "timm:test_resnet")
    assert (done.code, done.out) == (1, "")
    assert "best_model.pth was refused" in done.err


def test_an_unknown_preset_is_answered_with_the_nearest(run: Run, file: Path) -> None:
    done = convert(run, file, "--as", "torchvision_densenet12")
    assert done.code == 1
    assert "Did you mean 'torchvision_densenet121'?" in done.err


def test_all_presets_can_be_listed(run: Run) -> None:
    done = run("models", "convert", "--presets")
    assert done.code == 0
    for name in ("torchvision_densenet201", "retfound_mae", "CC BY-NC 4.0", "ARCHITECTURE"):
        assert name in done.out
