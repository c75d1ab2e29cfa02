"""Every registered network keeps the promises of its architecture."""

from __future__ import annotations

from functools import cache

import pytest
import torch
import torchvision
from torch import nn
from torchvision.ops import StochasticDepth

from fundus_gui.core.errors import ConfigError, UnknownNameError
from fundus_gui.core.models import create_model, list_models, register_model
from fundus_gui.core.models.attention import SimAM, SqueezeExcitation
from fundus_gui.core.models.efficientnet_v2 import SIZES

SMALL = ("tiny", "vit_ti_16", "efficientnet_v2_s", "efficientnet_v2_s_simam")
# The larger sizes repeat the blocks of the smallest; their tables are checked below.
DEEP = ("efficientnet_v2_m", "efficientnet_v2_l", "efficientnet_v2_xl")
AFFORDABLE = [name for name in list_models() if not name.startswith(DEEP)]

# Published counts for 5 and 1000 classes; SimAM has no parameters.
PARAMETERS = {
    "efficientnet_v2_s": (20_183_893, 21_458_488),
    "efficientnet_v2_m": (52_864_761, 54_139_356),
    "efficientnet_v2_l": (117_240_677, 118_515_272),
    "efficientnet_v2_xl": (206_845_213, 208_119_808),
    "vit_ti_16": (5_525_381, 5_717_416),
    "vit_s_16": (21_667_589, 22_050_664),
    "vit_b_16": (85_802_501, 86_567_656),
}
# For 5 classes: the squeeze-and-excitation of the MBConv blocks, with SimAM in its place, and
# with squeeze-and-excitation in the fused blocks too; buffers of the normalisation.
ATTENTION = {
    "s": (3_700_088, 16_483_805, 20_230_423, 153_982),
    "m": (9_901_804, 42_962_957, 52_943_589, 292_189),
    "l": (22_204_160, 95_036_517, 117_417_357, 512_793),
    "xl": (39_903_608, 166_941_605, 207_049_197, 777_302),
}


@cache
def on_meta(
    name: str, num_classes: int = 5, input_size: int = 224, **arguments: object
) -> nn.Module:
    """Build a network of shapes without numbers."""
    with torch.device("meta"):
        return create_model(name, num_classes=num_classes, input_size=input_size, **arguments)


def parameters(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def shapes(model: nn.Module) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in model.state_dict().items()}


# The family ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", AFFORDABLE)
def test_every_parameter_gets_a_gradient_and_the_output_is_as_asked(name: str) -> None:
    model = on_meta(name, 7, 300)
    logits = model(torch.rand(2, 3, 300, 300, device="meta"))
    assert logits.shape == (2, 7)
    logits.sum().backward()
    assert [n for n, parameter in model.named_parameters() if parameter.grad is None] == []


@pytest.mark.parametrize("name", SMALL)
def test_small_networks_compute_learn_and_survive_a_round_trip(name: str) -> None:
    torch.manual_seed(0)
    model = create_model(name, num_classes=3, input_size=64).train()
    images = torch.rand(2, 3, 64, 64)
    loss = nn.functional.cross_entropy(model(images), torch.tensor([0, 2]))
    loss.backward()
    for parameter_name, parameter in model.named_parameters():
        assert parameter.grad is not None, parameter_name
        assert parameter.grad.isfinite().all(), parameter_name
    model.eval()
    other = create_model(name, num_classes=3, input_size=64).eval()
    other.load_state_dict(model.state_dict())
    with torch.inference_mode():
        logits = model(images)
        assert logits.shape == (2, 3)
        assert logits.isfinite().all()
        torch.testing.assert_close(other(images), logits, rtol=0, atol=0)
        torch.testing.assert_close(model(images[1:]), logits[1:], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", AFFORDABLE)
def test_a_state_fits_a_network_of_the_same_name_and_no_other_number_of_classes(name: str) -> None:
    state = on_meta(name).state_dict()
    other = on_meta(name, 7, 300)
    with pytest.raises(RuntimeError, match="size mismatch"):
        other.load_state_dict(state)
    assert list(other.state_dict()) == list(state)


def test_changing_any_attention_weight_changes_the_output() -> None:
    torch.manual_seed(0)
    model = create_model("efficientnet_v2_s_se", num_classes=3, drop_path_rate=0).eval()
    image = torch.rand(1, 3, 32, 32)
    with torch.inference_mode():
        before = model(image)
        for module in (m for m in model.modules() if isinstance(m, SqueezeExcitation)):
            module.fc2.bias.fill_(3)
            after = model(image)
            assert not torch.equal(after, before)
            before = after


# Counts and shapes --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_number_of_parameters_is_the_published_one(name: str) -> None:
    assert tuple(parameters(on_meta(name, classes)) for classes in (5, 1000)) == PARAMETERS[name]


@pytest.mark.parametrize("size", ATTENTION)
def test_attention_adds_exactly_what_it_should(size: str) -> None:
    name = f"efficientnet_v2_{size}"
    plain, excited = on_meta(name), on_meta(f"{name}_se")
    in_mb, all_simam, se_in_fused, buffers = ATTENTION[size]
    found = [m for m in plain.modules() if isinstance(m, SqueezeExcitation)]
    assert sum(parameters(module) for module in found) == in_mb
    assert parameters(excited) == se_in_fused
    assert sum(buffer.numel() for buffer in plain.buffers()) == buffers
    assert parameters(on_meta(f"{name}_simam", attention_position="all-mid")) == all_simam


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
    model(torch.empty(1, 3, 64, 64, device="meta"))
    for hook in hooks:
        hook.remove()
    assert tuple(widths[:in_fused]) == channels
    assert len(widths) == in_fused + in_mb
    excited = [m for m in model.modules() if isinstance(m, SqueezeExcitation)]
    assert len(excited) == 30 - in_mb


@pytest.mark.parametrize(
    ("input_size", "sides"),
    [
        (224, (112, 56, 28, 14, 14, 7)),
        (256, (128, 64, 32, 16, 16, 8)),
        (300, (150, 75, 38, 19, 19, 10)),
        (384, (192, 96, 48, 24, 24, 12)),
    ],
)
def test_the_stages_of_efficientnet_v2_s_have_the_published_shapes(
    input_size: int, sides: tuple[int, ...]
) -> None:
    model = on_meta("efficientnet_v2_s")
    x = model.stem(torch.empty(1, 3, input_size, input_size, device="meta"))
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


def test_efficientnet_v2_s_computes_what_torchvisions_does() -> None:
    torch.manual_seed(0)
    theirs = torchvision.models.efficientnet_v2_s(num_classes=5).eval()
    for module in theirs.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.5, 2)
    ours = create_model("efficientnet_v2_s", num_classes=5).eval()
    renamed = dict(zip(ours.state_dict(), theirs.state_dict().values(), strict=True))
    ours.load_state_dict(renamed)
    image = torch.rand(1, 3, 96, 96)
    with torch.inference_mode():
        torch.testing.assert_close(ours(image), theirs(image), rtol=1e-5, atol=1e-6)


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
    features = model.head(model.blocks(model.stem(torch.empty(1, 3, 384, 384, device="meta"))))
    assert features.shape == (1, 1280, 12, 12)


@pytest.mark.parametrize(
    ("input_size", "count"),
    [(224, 85_802_501), (256, 85_848_581), (300, 85_900_805), (384, 86_094_341)],
)
def test_a_transformer_has_one_position_for_each_patch(input_size: int, count: int) -> None:
    model = on_meta("vit_b_16", input_size=input_size)
    assert parameters(model) == count
    assert model.pos_embed.shape == (1, 1 + (input_size // 16) ** 2, 768)
    assert model(torch.empty(2, 3, input_size, input_size, device="meta")).shape == (2, 5)
    norms = [m for m in model.modules() if isinstance(m, nn.LayerNorm)]
    assert {norm.eps for norm in norms} == {1e-6}
    with pytest.raises(AssertionError, match="height"):
        model(torch.empty(1, 3, input_size + 16, input_size + 16, device="meta"))


# The registry -------------------------------------------------------------------------------------


def test_the_architectures_of_the_paper_are_registered() -> None:
    names = list_models()
    assert names == sorted(set(names))
    assert set(PARAMETERS) < set(names)
    for size in "s", "m", "l", "xl":
        assert {f"efficientnet_v2_{size}_simam", f"efficientnet_v2_{size}_se"} < set(names)


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
    with pytest.raises(UnknownNameError, match="Known: efficientnet_v2_l, "):
        create_model("?", num_classes=5)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("tiny", {"num_classes": 1}, "A classifier needs at least 2 classes, not 1."),
        ("tiny", {"depth": 3}, "The architecture 'tiny' was given wrong arguments: "),
        ("vit_ti_16", {"dropout": 1.5}, "The architecture 'vit_ti_16' was given wrong arguments: "),
        ("efficientnet_v2_s", {"dropout": -1}, "was given wrong arguments: dropout probability"),
        ("efficientnet_v2_s_se", {"attention_position": "top"}, "attention_position must be fused"),
    ],
    ids=["one_class", "unknown", "vit_dropout", "dropout", "position"],
)  # fmt: skip
def test_arguments_that_do_not_fit_are_refused(
    name: str, arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        create_model(name, **{"num_classes": 3, **arguments})
    assert message in str(caught.value)
