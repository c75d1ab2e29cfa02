"""EfficientNetV2 is the published network at every size and with every switch."""

from __future__ import annotations

from dataclasses import replace

import pytest
import timm.models
import timm.optim
import torch
import torchvision
from meta_networks import image_on_meta, on_meta, randomise_statistics, shapes
from torch import nn
from torchvision.ops import SqueezeExcitation, StochasticDepth

from fundus_gui.core.errors import ConfigError
from fundus_gui.core.models import count_parameters, create_model, find_architecture
from fundus_gui.core.models.attention import SimAM
from fundus_gui.core.models.efficientnet_v2 import SIZES

# For 5 classes: the squeeze-and-excitation of the MBConv blocks, with SimAM in its place; buffers
# of the normalisation; and how many fused and MBConv blocks there are.
ATTENTION = {
    "s": (3_700_088, 16_483_805, 153_982, 10, 30),
    "m": (9_901_804, 42_962_957, 292_189, 13, 44),
    "l": (22_204_160, 95_036_517, 512_793, 18, 61),
    "xl": (39_903_608, 166_941_605, 777_302, 20, 80),
}
# With 5 and 1000 classes: the blog's network without squeeze-and-excitation in fused blocks.
WITHOUT_FUSED_SE = {
    "s": (22_340_101, 24_124_136),
    "m": (53_515_981, 55_300_016),
    "l": (117_571_757, 119_355_792),
    "xl": (207_176_293, 208_960_328),
}


@torch.inference_mode()
def assert_computes_the_same(ours: nn.Module, theirs: nn.Module, size: int) -> None:
    """Put the tensors of `theirs` into `ours` in their order, and compare the answers."""
    randomise_statistics(theirs)
    ours.load_state_dict(dict(zip(ours.state_dict(), theirs.state_dict().values(), strict=True)))
    image = torch.rand(1, 3, size, size)
    torch.testing.assert_close(ours.eval()(image), theirs.eval()(image), rtol=1e-4, atol=1e-5)


def test_it_computes_what_torchvisions_does() -> None:
    torch.manual_seed(0)
    theirs = torchvision.models.efficientnet_v2_s(num_classes=5)
    assert_computes_the_same(create_model("efficientnet_v2_s", num_classes=5), theirs, 96)


@pytest.mark.parametrize("size", [64, 97])
def test_with_the_padding_of_tensorflow_it_computes_what_timms_does(size: int) -> None:
    torch.manual_seed(0)
    theirs = timm.create_model("tf_efficientnetv2_s", num_classes=5)
    ours = create_model("efficientnet_v2_s", num_classes=5, same_padding=True)
    assert_computes_the_same(ours, theirs, size)


def test_the_padding_of_tensorflow_makes_a_difference() -> None:
    torch.manual_seed(0)
    ours = create_model("efficientnet_v2_s", num_classes=5, same_padding=True).eval()
    other = create_model("efficientnet_v2_s", num_classes=5).eval()
    other.load_state_dict(ours.state_dict())
    image = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        assert not torch.allclose(ours(image), other(image), rtol=0.01, atol=0)


def test_without_its_own_attention_the_blogs_network_is_timms_rw_s() -> None:
    torch.manual_seed(0)
    theirs = timm.create_model("efficientnetv2_rw_s", num_classes=5)
    ours = create_model("efficientnet_v2_s_aihao", num_classes=5, attention="none", se_divisor=1)
    assert_computes_the_same(ours, theirs, 64)


@pytest.mark.parametrize("size", ["m", "l"])
def test_the_larger_sizes_have_torchvisions_tensors_in_its_order(size: str) -> None:
    with torch.device("meta"):
        theirs = getattr(torchvision.models, f"efficientnet_v2_{size}")(num_classes=5)
    ours = on_meta(f"efficientnet_v2_{size}")
    assert list(shapes(ours).values()) == list(shapes(theirs).values())
    blocks = sum(stage.repeats for stage in SIZES[size].stages)
    for attribute in ("stride", "padding", "groups"):
        settings = [
            [getattr(m, attribute) for m in model.modules() if isinstance(m, nn.Conv2d)]
            for model in (ours, theirs)
        ]
        assert settings[0] == settings[1]
    drops = [m.p for m in ours.modules() if isinstance(m, StochasticDepth)]
    assert drops == pytest.approx([0.2 * index / blocks for index in range(blocks)])


@torch.no_grad()
def test_the_largest_size_shrinks_its_input_32_times_too() -> None:
    model = on_meta("efficientnet_v2_xl")
    features = model.head(model.blocks(model.stem(image_on_meta(384))))
    assert features.shape == (1, 1280, 12, 12)


@pytest.mark.parametrize(
    ("input_size", "sides"),
    [
        (224, (112, 56, 28, 14, 14, 7)),
        (256, (128, 64, 32, 16, 16, 8)),
        (300, (150, 75, 38, 19, 19, 10)),
        (384, (192, 96, 48, 24, 24, 12)),
    ],
)
@torch.no_grad()
def test_the_stages_of_s_have_the_published_shapes(input_size: int, sides: tuple[int, ...]) -> None:
    model = on_meta("efficientnet_v2_s")
    x = model.stem(image_on_meta(input_size))
    assert x.shape == (1, 24, sides[0], sides[0])
    ends = (2, 6, 10, 16, 25, 40)
    for number, block in enumerate(model.blocks, start=1):
        x = block(x)
        if number in ends:
            stage = ends.index(number)
            width = (24, 48, 64, 128, 160, 256)[stage]
            assert x.shape == (1, width, sides[stage], sides[stage])
    features = model.head(x)
    assert features.shape == (1, 1280, sides[-1], sides[-1])
    assert model.classifier(model.pool(features).flatten(1)).shape == (1, 5)


# Attention ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ATTENTION)
def test_attention_sits_in_every_block_that_it_is_said_to_sit_in(size: str) -> None:
    in_mb, all_simam, buffers, fused, mb = ATTENTION[size]
    name = f"efficientnet_v2_{size}"
    plain = on_meta(name)
    found = [m for m in plain.modules() if isinstance(m, SqueezeExcitation)]
    assert sum(count_parameters(module) for module in found) == in_mb
    assert len(found) == mb
    assert sum(buffer.numel() for buffer in plain.buffers()) == buffers
    gated = on_meta(f"{name}_simam", attention_position="all-mid")
    assert count_parameters(gated) == all_simam
    assert sum(isinstance(m, SimAM) for m in gated.modules()) == fused + mb
    assert sum(isinstance(m, SqueezeExcitation) for m in on_meta(f"{name}_se").modules()) == (
        fused + mb
    )


@pytest.mark.parametrize("position", ["fused-mid", "fused-post"])
def test_weights_without_attention_fit_the_network_with_simam(position: str) -> None:
    plain, gated = (
        on_meta("efficientnet_v2_s"),
        on_meta("efficientnet_v2_s_simam", attention_position=position),
    )
    assert shapes(gated) == shapes(plain)
    assert list(gated.state_dict()) == list(plain.state_dict())


@pytest.mark.parametrize(
    ("position", "in_fused", "in_mb", "channels"),
    [
        # In stage 2 the fused block widens 24 to 96 channels and narrows them to 48.
        ("fused-mid", 10, 0, (24, 24, 96, 192, 192, 192, 192, 256, 256, 256)),
        ("fused-post", 10, 0, (24, 24, 48, 48, 48, 48, 64, 64, 64, 64)),
        ("all-mid", 10, 30, (24, 24, 96, 192, 192, 192, 192, 256, 256, 256)),
    ],
)
def test_simam_sits_where_its_position_says(
    position: str, in_fused: int, in_mb: int, channels: tuple[int, ...]
) -> None:
    model = on_meta("efficientnet_v2_s_simam", attention_position=position)
    widths: list[int] = []
    hooks = [
        module.register_forward_pre_hook(lambda _, inputs: widths.append(inputs[0].shape[1]))
        for module in model.modules()
        if isinstance(module, SimAM)
    ]
    model(image_on_meta(64))
    for hook in hooks:
        hook.remove()
    assert tuple(widths[:in_fused]) == channels
    assert len(widths) == in_fused + in_mb
    excited = [m for m in model.modules() if isinstance(m, SqueezeExcitation)]
    assert len(excited) == 30 - in_mb


# The blog's network -------------------------------------------------------------------------------


@pytest.mark.parametrize("size", WITHOUT_FUSED_SE)
def test_the_blogs_network_without_fused_attention_has_its_origins_count(size: str) -> None:
    model = on_meta(f"efficientnet_v2_{size}_aihao", attention="none")
    with_5 = count_parameters(model)
    assert (with_5, with_5 + 995 * 1793) == WITHOUT_FUSED_SE[size]


@pytest.mark.parametrize(("attention", "count"), [("se", 20_373_069), ("none", 20_319_797)])
def test_the_width_of_stage_6_can_be_the_final_one(attention: str, count: int) -> None:
    model = on_meta("efficientnet_v2_s_aihao", attention=attention, stage6_width=256)
    assert count_parameters(model) == count


def test_the_blogs_network_has_the_blogs_quirks() -> None:
    model = on_meta("efficientnet_v2_l_aihao")
    assert model.stem[0].out_channels == 24
    assert model.head[0].out_channels == 1792
    assert {m.eps for m in model.modules() if isinstance(m, nn.BatchNorm2d)} == {1e-5}
    assert {m.p for m in model.modules() if isinstance(m, StochasticDepth | nn.Dropout)} == {0.0}


# Layers, switches and facts -----------------------------------------------------------------------


@pytest.mark.parametrize(("coarse", "groups"), [(False, 1 + 40 + 1), (True, 1 + 6 + 1)])
def test_layers_are_grouped_by_block_or_stage(coarse: bool, groups: int) -> None:
    model = on_meta("efficientnet_v2_s")
    layers = timm.models.group_parameters(model, model.group_matcher(coarse=coarse))
    assert len(layers) == groups
    assert all(name.startswith("stem.") for name in layers[0])
    assert layers[groups - 1] == ["classifier.weight", "classifier.bias"]
    last = [name for name in layers[groups - 2] if not name.startswith("blocks.39.")]
    assert {name.split(".")[0] for name in last} == ({"blocks", "head"} if coarse else {"head"})


def test_the_learning_rate_decays_from_block_to_block() -> None:
    model = on_meta("efficientnet_v2_s_simam")
    groups = timm.optim.param_groups_layer_decay(model, layer_decay=0.9)
    scales = sorted({group["lr_scale"] for group in groups}, reverse=True)
    assert scales == pytest.approx([0.9**depth for depth in range(42)])
    assert sum(len(group["params"]) for group in groups) == len(list(model.parameters()))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"attention_position": "top"}, "attention_position must be fused-mid, fused-post, all-"),
        ({"attention": "cbam"}, "attention must be none, simam or se, not 'cbam'."),
        ({"dropout": -1}, "was given wrong arguments: dropout probability"),
        ({"drop_path_rate": 1.0}, "drop_path_rate must be 0 to 1 (exclusive), not 1.0."),
        ({"stem_width": 4}, "stem_width must be at least 8, not 4."),
        ({"se_divisor": 0}, "se_divisor must be at least 1, not 0."),
        ({"depth": 3}, "has no 'depth'. Leave it out."),
    ],
    ids=["position", "attention", "dropout", "drop_path", "width", "divisor", "unknown"],
)
def test_a_switch_that_does_not_exist_is_refused(
    arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        on_meta("efficientnet_v2_s_se", **arguments)
    assert message in str(caught.value)


@pytest.mark.parametrize("size", ["s", "m", "l"])
def test_the_facts_are_those_of_torchvisions_weights(size: str) -> None:
    facts = find_architecture(f"efficientnet_v2_{size}_simam").facts
    weights = getattr(torchvision.models, f"EfficientNet_V2_{size.upper()}_Weights").DEFAULT
    theirs = weights.transforms()
    assert [facts.size] == theirs.crop_size == theirs.resize_size
    assert [*facts.mean, *facts.std] == [*theirs.mean, *theirs.std]
    assert facts.interpolation == theirs.interpolation.value


def test_the_facts_of_the_largest_size_are_those_of_timms_weights() -> None:
    """As evaluated at 512 px; timm states 384 px, the size of their training, as their own."""
    tagged = "tf_efficientnetv2_xl.in21k_ft_in1k"
    facts = find_architecture("efficientnet_v2_xl").facts
    assert replace(facts, size=384) == find_architecture(f"timm:{tagged}").facts
    assert timm.get_pretrained_cfg(tagged).test_input_size == (3, facts.size, facts.size)
