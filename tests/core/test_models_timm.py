"""What comes from timm is built for the size that is asked for, and told as timm tells it."""

from __future__ import annotations

import pytest
import timm.optim
import torch
from meta_networks import image_on_meta, on_meta
from timm.layers import DropPath
from torch import nn

from fundus_gui.core.errors import ConfigError, UnknownNameError
from fundus_gui.core.models import (
    InputFacts,
    count_parameters,
    create_model,
    find_architecture,
    find_classifier,
    list_models,
)


@pytest.mark.parametrize(
    ("input_size", "count"),
    [(224, 85_802_501), (256, 85_848_581), (300, 85_900_805), (384, 86_094_341)],
)
def test_a_transformer_has_one_position_for_each_patch(input_size: int, count: int) -> None:
    model = on_meta("vit_b_16", input_size=input_size)
    assert count_parameters(model) == count
    assert model.pos_embed.shape == (1, 1 + (input_size // 16) ** 2, 768)
    assert model(image_on_meta(input_size, 2)).shape == (2, 5)
    norms = [m for m in model.modules() if isinstance(m, nn.LayerNorm)]
    assert {norm.eps for norm in norms} == {1e-6}
    with pytest.raises(AssertionError, match="height"):
        model(image_on_meta(input_size + 16))


@pytest.mark.parametrize(
    ("size", "published"), [("tiny", 0.15), ("small", 0.35), ("base", 0.4), ("large", 0.5)]
)
def test_rdnet_drops_paths_as_published_or_as_asked(size: str, published: float) -> None:
    for arguments, rate in ({}, published), ({"drop_path_rate": 0.1}, 0.1):
        model = on_meta(f"rdnet_{size}", **arguments)
        rates = [m.drop_prob for m in model.modules() if isinstance(m, DropPath)]
        assert max(rates) == pytest.approx(rate)


@torch.inference_mode()
def test_the_stages_of_rdnet_tiny_have_the_published_shapes() -> None:
    model = on_meta("rdnet_tiny")
    x = model.stem(image_on_meta(224))
    found = [tuple(x.shape[1:3])]
    for stage in model.dense_stages:
        x = stage(x)
        found.append(tuple(x.shape[1:3]))
    assert found == [
        (64, 56), (256, 56), (440, 28), (600, 14), (680, 14), (720, 14), (744, 14), (1040, 7),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["vit_ti_16", "rdnet_tiny"])
def test_layer_decay_knows_the_layers(name: str) -> None:
    groups = timm.optim.param_groups_layer_decay(on_meta(name), layer_decay=0.5)
    scales = {group["lr_scale"] for group in groups}
    assert scales == {0.5**depth for depth in range(len(scales))}
    assert len(scales) > 5


@pytest.mark.parametrize(
    ("name", "timm_name"),
    [
        ("vit_ti_16", "vit_tiny_patch16_224"),
        ("vit_l_16", "vit_large_patch16_224"),
        ("rdnet_base", "rdnet_base"),
    ],
)
def test_facts_are_those_of_timms_default_weights(name: str, timm_name: str) -> None:
    assert find_architecture(name).facts == find_architecture(f"timm:{timm_name}").facts


# The door -----------------------------------------------------------------------------------------


def test_any_network_of_timm_comes_through_the_door() -> None:
    model = create_model("timm:mobilenetv3_small_050", num_classes=3, drop_rate=0.1).eval()
    assert model.drop_rate == 0.1
    with torch.inference_mode():
        assert model(torch.rand(1, 3, 64, 64)).shape == (1, 3)
    assert not any(name.startswith("timm:") for name in list_models())


@pytest.mark.parametrize(
    ("name", "input_size"),
    [
        ("timm:convnext_tiny", 96),
        ("timm:resnet18.a1_in1k", 96),
        ("timm:swin_tiny_patch4_window7_224", 256),
        ("timm:vit_small_patch14_reg4_dinov2", 392),
    ],
)
@torch.inference_mode()
def test_a_fixed_input_size_is_passed_on(name: str, input_size: int) -> None:
    model = on_meta(name, 4, input_size)
    assert model(image_on_meta(input_size, 2)).shape == (2, 4)
    assert find_classifier(model).out_features == 4


def test_the_networks_own_preprocessing_and_licence_are_told() -> None:
    architecture = find_architecture("timm:tf_efficientnetv2_s.in21k_ft_in1k")
    half = (0.5, 0.5, 0.5)
    assert architecture.facts == InputFacts(300, half, half, "bicubic", 1.0)
    assert architecture.weights_licence == "apache-2.0"
    assert find_architecture("timm:vit_base_patch16_224.mae").weights_licence == "cc-by-nc-4.0"


def test_without_a_size_a_network_of_timm_is_built_for_its_own() -> None:
    with torch.device("meta"):
        model = create_model("timm:deit3_small_patch16_384", num_classes=2)
    assert model.pos_embed.shape[1] == (384 // 16) ** 2


def test_an_unknown_network_of_timm_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"Did you mean 'timm:convnext_tiny'\?"):
        create_model("timm:convnext_tinny", num_classes=2)
    with pytest.raises(UnknownNameError, match=r"Known: timm:.*, …"):
        create_model("timm:???", num_classes=2)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("timm:resnet18", {"depth": 3}),
        ("timm:vit_tiny_patch16_224", {"num_heads": 5}),
        ("vit_ti_16", {"dropout": 1.5}),
        ("rdnet_tiny", {"stages": 3}),
    ],
)
def test_arguments_that_do_not_fit_are_refused(name: str, arguments: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=f"The architecture '{name}' (was given|has no)"):
        on_meta(name, **arguments)
