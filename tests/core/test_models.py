"""Every registered network keeps the promises of its architecture.

The quick set holds one network of each kind; the large ones are marked slow and go through torch's
meta device, which knows shapes only.
"""

from __future__ import annotations

import pytest
import torch
from meta_networks import SMALL, image_on_meta, on_meta, shapes, slow_unless
from torch import nn
from torchvision.ops import SqueezeExcitation

from fundus_gui.core.models import (
    count_macs,
    count_parameters,
    create_model,
    find_architecture,
    find_classifier,
    list_models,
)

# Published counts for 5 and 1000 classes.
PARAMETERS = {
    "tiny": (469, 9_424),
    "efficientnet_v2_s": (20_183_893, 21_458_488),
    "efficientnet_v2_m": (52_864_761, 54_139_356),
    "efficientnet_v2_l": (117_240_677, 118_515_272),
    "efficientnet_v2_xl": (206_845_213, 208_119_808),
    "efficientnet_v2_s_simam": (20_183_893, 21_458_488),
    "efficientnet_v2_m_simam": (52_864_761, 54_139_356),
    "efficientnet_v2_l_simam": (117_240_677, 118_515_272),
    "efficientnet_v2_xl_simam": (206_845_213, 208_119_808),
    "efficientnet_v2_s_se": (20_230_423, 21_505_018),
    "efficientnet_v2_m_se": (52_943_589, 54_218_184),
    "efficientnet_v2_l_se": (117_417_357, 118_691_952),
    "efficientnet_v2_xl_se": (207_049_197, 208_323_792),
    "efficientnet_v2_s_aihao": (22_393_373, 24_177_408),
    "efficientnet_v2_m_aihao": (53_613_445, 55_397_480),
    "efficientnet_v2_l_aihao": (117_748_301, 119_532_336),
    "efficientnet_v2_xl_aihao": (207_380_141, 209_164_176),
    "densenet121_se": (7_221_125, 8_241_000),
    "densenet161_se": (27_701_861, 29_899_816),
    "densenet169_se": (13_185_029, 14_841_704),
    "densenet201_se": (19_024_133, 20_935_528),
    "densenet121_se_pre_norm5": (7_091_141, 8_111_016),
    "densenet161_se_pre_norm5": (27_094_799, 29_292_754),
    "densenet169_se_pre_norm5": (12_840_685, 14_497_360),
    "densenet201_se_pre_norm5": (18_565_373, 20_476_768),
    "vit_ti_16": (5_525_381, 5_717_416),
    "vit_s_16": (21_667_589, 22_050_664),
    "vit_b_16": (85_802_501, 86_567_656),
    "vit_l_16": (303_306_757, 304_326_632),
    "rdnet_tiny": (22_827_213, 23_863_008),
    "rdnet_small": (49_177_773, 50_436_448),
    "rdnet_base": (85_698_901, 87_451_096),
    "rdnet_large": (184_278_637, 186_269_632),
}
SIZES = (224, 256, 300, 384)
# Published billions of multiply-adds at these sizes.
GMACS = {
    "efficientnet_v2_s": (2.85, 3.72, 5.31, 8.36),
    "efficientnet_v2_m": (5.36, 7.00, 10.13, 15.74),
    "efficientnet_v2_l": (12.23, 15.97, 23.07, 35.90),
    "efficientnet_v2_xl": (17.90, 23.37, 34.08, 52.53),
    "densenet121_se": (2.83, 3.70, 4.94, 8.33),
    "densenet161_se": (7.73, 10.09, 13.33, 22.70),
    "densenet169_se": (3.36, 4.39, 5.80, 9.87),
    "densenet201_se": (4.29, 5.60, 7.34, 12.61),
    "vit_b_16": (17.56, 23.20, 29.74, 55.48),
    "rdnet_tiny": (5.03, 6.57, 8.56, 14.79),
    "rdnet_small": (8.70, 11.37, 14.67, 25.58),
    "rdnet_base": (15.36, 20.06, 25.96, 45.13),
    "rdnet_large": (34.67, 45.29, 58.30, 101.89),
}

every_model = pytest.mark.parametrize("name", slow_unless(SMALL, list_models()))


def test_every_count_is_checked() -> None:
    assert set(PARAMETERS) == set(list_models())


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_number_of_parameters_is_the_published_one(name: str) -> None:
    model = on_meta(name)
    of_one_class = find_classifier(model).in_features + 1
    with_5 = count_parameters(model)
    assert (with_5, with_5 + 995 * of_one_class) == PARAMETERS[name]


@pytest.mark.parametrize("name", slow_unless(("rdnet_tiny",), GMACS))
def test_the_work_for_one_image_is_the_published_one(name: str) -> None:
    has_fixed_size = name.startswith("vit")
    for size, published in zip(SIZES, GMACS[name], strict=True):
        model = on_meta(name, input_size=size) if has_fixed_size else on_meta(name)
        assert count_macs(model, size) / 1e9 == pytest.approx(published, rel=1e-3, abs=5.1e-3)


@every_model
@pytest.mark.parametrize(
    "size", [300, *(pytest.param(size, marks=pytest.mark.slow) for size in (224, 256, 384))]
)
@torch.inference_mode()
def test_the_output_is_as_asked_at_every_size(name: str, size: int) -> None:
    model = on_meta(name, 7, size)
    assert model(image_on_meta(size, 2)).shape == (2, 7)


@every_model
def test_a_state_fits_a_network_of_the_same_name_and_no_other_number_of_classes(name: str) -> None:
    state = on_meta(name).state_dict()
    other = on_meta(name, 7)
    with pytest.raises(RuntimeError, match="size mismatch"):
        other.load_state_dict(state)
    assert list(other.state_dict()) == list(state)
    differing = {n for n, shape in shapes(other).items() if shape != state[n].shape}
    classifier = find_classifier(other)
    (head,) = (n for n, module in other.named_modules() if module is classifier)
    assert differing == {f"{head}.weight", f"{head}.bias"}


def calm(model: nn.Module) -> None:
    """Keep the answers of the largest untrained networks from exploding with their depth."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.get_buffer("running_var").fill_(2)


@every_model
def test_a_network_computes_learns_and_survives_a_round_trip(name: str) -> None:
    torch.manual_seed(0)
    model = create_model(name, num_classes=3, input_size=64).train()
    images = torch.rand(2, 3, 64, 64)
    loss = nn.functional.cross_entropy(model(images), torch.tensor([0, 2]))
    loss.backward()
    for parameter_name, parameter in model.named_parameters():
        assert parameter.grad is not None, parameter_name
        assert parameter.grad.isfinite().all(), parameter_name
    calm(model.eval())
    other = create_model(name, num_classes=3, input_size=64).eval()
    other.load_state_dict(model.state_dict())
    with torch.inference_mode():
        logits = model(images)
        assert logits.shape == (2, 3)
        assert logits.isfinite().all()
        torch.testing.assert_close(other(images), logits, rtol=0, atol=0)
        torch.testing.assert_close(model(images[1:]), logits[1:], rtol=1e-4, atol=1e-5)


@every_model
@torch.inference_mode()
def test_layout_and_half_precision_change_little(name: str) -> None:
    """channels_last: rounding only. bfloat16 has 8 bits, up to 300 layers of them: within 10 % of
    the largest logit."""
    torch.manual_seed(0)
    model = create_model(name, num_classes=3, input_size=64).eval()
    calm(model)
    images = torch.rand(2, 3, 64, 64)
    logits = model(images)
    scale = logits.abs().max().item()
    with torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(model(images).float(), logits, rtol=0, atol=0.1 * scale)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    regrouped = model(images.to(memory_format=torch.channels_last))
    torch.testing.assert_close(regrouped, logits, rtol=1e-4, atol=1e-4 * scale)


@pytest.mark.parametrize("name", slow_unless(("tiny", "efficientnet_v2_s_simam"), SMALL))
def test_a_network_can_be_exported(name: str) -> None:
    torch.manual_seed(0)
    model = create_model(name, num_classes=3, input_size=64).eval().requires_grad_(False)
    images = torch.rand(1, 3, 64, 64)
    exported = torch.export.export(model, (images,)).module()
    torch.testing.assert_close(exported(images), model(images))


@pytest.mark.parametrize(
    "name", ["efficientnet_v2_s_se", "densenet121_se", "densenet121_se_pre_norm5"]
)
@torch.inference_mode()
def test_changing_any_attention_weight_changes_the_output(name: str) -> None:
    torch.manual_seed(0)
    model = create_model(name, num_classes=3).eval()
    image = torch.rand(1, 3, 32, 32)
    before = model(image)
    excitations = [m for m in model.modules() if isinstance(m, SqueezeExcitation)]
    assert excitations
    for module in excitations:
        module.fc2.weight.fill_(3)
        after = model(image)
        assert not torch.equal(after, before)
        before = after


@every_model
def test_an_architecture_says_where_it_comes_from(name: str) -> None:
    architecture = find_architecture(name)
    assert architecture.name == name
    assert architecture.title
    assert architecture.family
    assert architecture.attention
    assert architecture.paper or name == "tiny"
    assert architecture.facts.size >= 224
