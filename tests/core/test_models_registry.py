"""A network has one name, is found by it, and can be added with one file and one decorator."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from meta_networks import on_meta
from torch import nn

from fundus_gui.core.errors import ConfigError, UnknownNameError
from fundus_gui.core.models import (
    InputFacts,
    count_macs,
    count_parameters,
    create_model,
    find_architecture,
    find_classifier,
    list_models,
    register_model,
    registry,
)
from fundus_gui.core.preprocessing import IMAGENET_MEAN, IMAGENET_STD

PAGE = (Path(__file__).parents[2] / "docs" / "add-architecture.md").read_text(encoding="utf-8")
(NEW_ARCHITECTURE,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def two_convolutions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Write the file that the documentation shows and import it; return the network's name."""
    (tmp_path / "two_convolutions.py").write_text(NEW_ARCHITECTURE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(registry, "_ARCHITECTURES", dict(registry._ARCHITECTURES))
    importlib.import_module("two_convolutions")
    yield "two_convolutions"
    del sys.modules["two_convolutions"]


def test_the_file_shown_in_the_readme_adds_an_architecture(two_convolutions: str) -> None:
    assert len(NEW_ARCHITECTURE.splitlines()) <= 20
    assert two_convolutions in list_models()
    assert find_architecture(two_convolutions).title == "Two convolutions"
    torch.manual_seed(0)
    model = create_model(two_convolutions, num_classes=2, width=8)
    assert find_classifier(model).out_features == 2
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.05)
    images = torch.rand(8, 3, 32, 32)
    images[4:, 0] += 0.5
    labels = torch.tensor([0] * 4 + [1] * 4)
    for _ in range(60):
        loss = nn.functional.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert torch.equal(model(images).argmax(1), labels)


def test_all_that_was_asked_for_is_registered() -> None:
    names = list_models()
    assert names == sorted(set(names))
    sizes = ("s", "m", "l", "xl")
    assert set(names) == {
        "tiny",
        *(f"efficientnet_v2_{s}{kind}" for s in sizes for kind in ("", "_simam", "_se", "_aihao")),
        *(f"densenet{d}_se{kind}" for d in (121, 161, 169, 201) for kind in ("", "_pre_norm5")),
        *(f"vit_{s}_16" for s in ("ti", "s", "b", "l")),
        *(f"rdnet_{s}" for s in ("tiny", "small", "base", "large")),
    }


def test_a_name_can_be_taken_only_once() -> None:
    before = list_models()
    with pytest.raises(AssertionError, match="The model name 'tiny' is registered twice"):
        register_model("tiny")(lambda **_: nn.Identity())
    assert list_models() == before
    assert isinstance(create_model("tiny", num_classes=2), nn.Sequential)


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as caught:
        create_model("efficientnetv2_s_simam", num_classes=5)
    assert str(caught.value) == (
        "There is no architecture named 'efficientnetv2_s_simam'. "
        "Did you mean 'efficientnet_v2_s_simam'?"
    )
    with pytest.raises(UnknownNameError, match="Known: densenet121_se, "):
        create_model("?", num_classes=5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_classes": 1}, "A classifier needs at least 2 classes, not 1."),
        ({"depth": 3}, "The architecture 'tiny' has no 'depth'. Leave it out."),
        ({"norm": "layer"}, "The architecture 'tiny' was given wrong arguments: 'layer'."),
    ],
    ids=["one_class", "unknown", "norm"],
)
def test_arguments_that_do_not_fit_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        create_model("tiny", **{"num_classes": 3, **arguments})
    assert message in str(caught.value)


def test_the_usual_input_is_what_preprocessing_takes_for_it() -> None:
    assert (InputFacts().mean, InputFacts().std) == (IMAGENET_MEAN, IMAGENET_STD)


def test_a_tiny_network_can_do_without_batch_normalisation() -> None:
    torch.manual_seed(0)
    model = create_model("tiny", num_classes=3, norm="group").train()
    images = torch.rand(4, 3, 32, 32)
    torch.testing.assert_close(model(images)[:1], model(images[:1]))
    assert model.state_dict().keys() == {
        name
        for name in create_model("tiny", num_classes=3).state_dict()
        if "running" not in name and "tracked" not in name
    }


# What can be asked of a network -------------------------------------------------------------------


def test_counting_leaves_the_network_as_it_was() -> None:
    model = create_model("tiny", num_classes=3).train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    # 3 x 3 kernels at stride 4 on 3, then 4 channels; the classifier.
    assert count_macs(model, 32) == 27 * 4 * 8 * 8 + 36 * 8 * 2 * 2 + 8 * 3
    assert model.training
    assert all(torch.equal(tensor, before[n]) for n, tensor in model.state_dict().items())
    assert {tensor.device.type for tensor in model.state_dict().values()} == {"cpu"}
    assert count_parameters(model) == sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("tiny", "8"),
        ("efficientnet_v2_s_se", "classifier"),
        ("densenet121_se_pre_norm5", "classifier"),
        ("vit_ti_16", "head"),
        ("rdnet_tiny", "head.fc"),
        ("timm:convnext_tiny", "head.fc"),
        ("timm:resnet18", "fc"),
    ],
)
def test_the_classifier_is_found(name: str, place: str) -> None:
    model = on_meta(name)
    assert find_classifier(model) is model.get_submodule(place)


@pytest.mark.parametrize("model", [nn.Sequential(nn.Conv2d(3, 5, 1)), nn.Flatten()])
def test_a_network_without_a_linear_layer_has_no_classifier(model: nn.Module) -> None:
    with pytest.raises(ConfigError, match="does not end in one linear layer"):
        find_classifier(model)


def test_a_convolution_at_the_end_is_no_linear_classifier() -> None:
    with pytest.raises(ConfigError, match="does not end in one linear layer"):
        find_classifier(on_meta("timm:resnetv2_50x1_bit"))


def test_timm_is_not_imported_before_it_is_needed() -> None:
    code = "import sys, fundus_gui.core.models; sys.exit('timm' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
