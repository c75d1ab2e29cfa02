"""What `fundus-gui models` says of architectures and installed models."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_weights import write_tiny_model

from fundus_gui.core import models

Run = Callable[..., Any]  # a command's words in, its code, out and err out


def test_all_architectures_are_listed_with_their_parameters(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["efficientnet_v2_s_simam", "tiny", "vit_ti_16"]  # the others take seconds
    monkeypatch.setattr(models, "list_models", lambda: names)
    done = run("models", "list", "--architectures")
    assert done.code == 0
    assert re.findall(r"^ *(\w+) +([\d,]+) +(\d+) px ", done.out, re.MULTILINE) == [
        ("efficientnet_v2_s_simam", "21,458,488", "384"),
        ("tiny", "9,424", "224"),
        ("vit_ti_16", "5,717,416", "224"),
    ]
    assert "timm:NAME" in done.out


def test_an_architecture_is_shown_with_size_work_source_and_licence(run: Run) -> None:
    done = run("models", "show", "efficientnet_v2_s_aihao")
    assert done.code == 0
    rows = dict(re.findall(r"^ (\w[\w, ]*?)  +(.*?) *$", done.out, re.MULTILINE))
    assert rows["title"] == "EfficientNetV2-S of AI浩's blog"
    assert rows["parameters"] == "24,177,408 with 1000 classes"
    assert rows["MACs"] == "8.64 G for one image"
    assert rows["input"] == "384 x 384 px, bicubic"
    assert rows["mean, std"] == "0.485, 0.456, 0.406; 0.229, 0.224, 0.225"
    assert rows["attention"] == "SE in all blocks"
    assert rows["paper"].startswith("Tan & Le, EfficientNetV2")
    assert rows["weights licence"] == "timm: Apache-2.0"


def test_a_network_of_timm_is_shown_too(run: Run) -> None:
    said = run("models", "show", "timm:resnet18").out
    assert "11,689,512 with 1000 classes" in said
    assert "1.81 G for one image" in said


def test_the_architecture_of_a_model_of_the_same_name_can_be_shown(run: Run) -> None:
    assert run("models", "show", "tiny_a", "--architecture").code == 1
    assert "Tiny network for tests" in run("models", "show", "tiny", "--architecture").out


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("tinya", "tiny_a"),
        ("efficientnet_v2_s_simm", "efficientnet_v2_s_simam"),
        ("timm:resnet_18", "timm:resnet18"),
    ],
)
def test_an_unknown_name_suggests_a_model_or_an_architecture(
    run: Run, name: str, nearest: str
) -> None:
    done = run("models", "show", name)
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        f"fundus-gui: There is no model named '{name}'. Did you mean '{nearest}'?\n"
    )


# Installed models ---------------------------------------------------------------------------------


@pytest.fixture
def bound(tmp_path: Path) -> str:
    """Install a model whose licence forbids commercial use; return its name."""
    hashes = {"image_hashes": [f"{number:016x}:0" for number in range(1234)], "epoch": 3}
    folder = tmp_path / "home" / "weights"
    folder.mkdir(parents=True)
    write_tiny_model(folder / "eye.safetensors", licence="CC BY-NC 4.0", training=hashes)
    return "eye"


def test_licences_are_listed_and_those_against_commercial_use_say_so(run: Run, bound: str) -> None:
    said = run("models", "list").out.splitlines()
    assert said[-2:] == [
        "Licence of tiny_a, tiny_b: not stated",
        f"Licence of {bound}: CC BY-NC 4.0 (not for commercial use)",
    ]


def test_a_card_is_shown_with_its_licence_but_without_thousands_of_hashes(
    run: Run, bound: str
) -> None:
    card = json.loads(run("models", "show", bound).out)
    assert card["licence"] == "CC BY-NC 4.0"
    assert card["training"] == {"image_hashes": "of 1234 images", "epoch": 3}


def test_results_are_printed_with_the_licence_of_the_weights(
    run: Run, bound: str, photos: Path
) -> None:
    said = run("classify", photos / "000.png", "--model", bound).out
    assert f"Licence of {bound}: CC BY-NC 4.0 (not for commercial use)" in said
    assert "tiny_a" not in said


def test_classes_of_a_model_of_one_s_own_can_be_called_otherwise(
    run: Run, weights: Path, tmp_path: Path
) -> None:
    own = tmp_path / "home" / "weights" / "mine.safetensors"
    own.parent.mkdir(parents=True)
    shutil.copy(weights / "tiny_a.safetensors", own)
    names = json.loads(run("models", "show", "mine").out)["class_names"]
    words = [f"类别{number}" for number in range(len(names))]
    assert run("models", "titles", "mine", "zh_CN", *words).code == 0
    assert json.loads(run("models", "show", "mine").out)["class_titles"] == {"zh_CN": words}
    refused = run("models", "titles", "mine", "zh_CN", "一")
    assert (refused.code, refused.out) == (1, "")
    assert "needs as many titles in 'zh_CN'" in refused.err


@pytest.mark.parametrize("language", ["zh-CN", "zh", "fr"])
def test_titles_are_refused_in_a_language_that_no_window_speaks(run: Run, language: str) -> None:
    refused = run("models", "titles", "tiny_a", language, "一", "二")
    assert refused.code == 1
    assert f"does not speak '{language}'. Name en or zh_CN." in refused.err


def test_what_came_with_the_program_keeps_its_titles(run: Run) -> None:
    refused = run("models", "titles", "tiny_a", "zh_CN", "一", "二")
    assert refused.code == 1
    assert "came with the program" in refused.err
