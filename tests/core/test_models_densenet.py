"""DenseNet with squeeze-and-excitation is torchvision's, and the excitation really counts."""

from __future__ import annotations

import pytest
import timm.models
import torch
import torchvision
from meta_networks import image_on_meta, on_meta, randomise_statistics
from torch import nn
from torchvision.ops import SqueezeExcitation

from fundus_gui.core.errors import ConfigError
from fundus_gui.core.models import count_parameters, create_model, find_architecture

POSITIONS = ("post", "pre_norm5", "per_transition", "per_layer")
# Published counts for 5 classes without squeeze-and-excitation.
PLAIN = {"121": 6_958_981, "161": 26_483_045, "169": 12_492_805, "201": 18_102_533}


@pytest.mark.parametrize("depth", PLAIN)
def test_without_excitation_it_has_torchvisions_tensors(depth: str) -> None:
    with torch.device("meta"):
        theirs = getattr(torchvision.models, f"densenet{depth}")(num_classes=5)
    ours = on_meta(f"densenet{depth}_se", se_position="none")
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert count_parameters(ours) == PLAIN[depth]


@pytest.mark.parametrize(
    ("name", "classes", "count"),
    [("densenet121_se_pre_norm5", 2, 7_088_066), ("densenet121_se", 2, 7_218_050)],
)
def test_two_classes_give_the_articles_counts(name: str, classes: int, count: int) -> None:
    assert count_parameters(on_meta(name, classes)) == count


@pytest.mark.parametrize("position", POSITIONS)
def test_torchvisions_weights_fit_and_only_the_excitation_is_new(position: str) -> None:
    """Begun as the identity, it computes what torchvision's network does."""
    torch.manual_seed(0)
    theirs = torchvision.models.densenet121(num_classes=5).eval()
    randomise_statistics(theirs)
    ours = create_model(
        "densenet121_se", num_classes=5, se_position=position, identity_start=True, se_bias=True
    )
    fit = ours.load_state_dict(theirs.state_dict(), strict=False)
    assert fit.unexpected_keys == []
    assert fit.missing_keys
    assert all(".se.fc" in name for name in fit.missing_keys)
    image = torch.rand(1, 3, 96, 96)
    with torch.inference_mode():
        torch.testing.assert_close(ours.eval()(image), theirs(image), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("position", "count", "channels"),
    [
        ("post", 1, [1024]),
        ("pre_norm5", 1, [1024]),
        ("per_transition", 3, [128, 256, 512]),
        ("per_layer", 58, [32] * 58),
        ("none", 0, []),
    ],
)
def test_the_excitation_sits_where_its_position_says(
    position: str, count: int, channels: list[int]
) -> None:
    model = on_meta("densenet121_se", se_position=position)
    found = [m for m in model.modules() if isinstance(m, SqueezeExcitation)]
    assert len(found) == count
    assert [m.fc1.in_channels for m in found] == channels
    model(image_on_meta(64, 2)).sum().backward()
    assert [n for n, parameter in model.named_parameters() if parameter.grad is None] == []


@pytest.mark.parametrize(
    ("name", "has_negative"), [("densenet121_se", False), ("densenet121_se_pre_norm5", True)]
)
@torch.inference_mode()
def test_what_is_excited_is_what_is_classified(name: str, has_negative: bool) -> None:
    """Behind the ReLU nothing negative is left; before the normalisation there is."""
    torch.manual_seed(0)
    model = create_model(name, num_classes=2).eval()
    seen: list[torch.Tensor] = []
    model.features.se.register_forward_hook(lambda *event: seen.append(event[2].clone()))
    logits = model(torch.rand(1, 3, 64, 64))
    (excited,) = seen
    assert bool((excited < 0).any()) is has_negative
    features = model.features.norm5(excited).relu() if has_negative else excited
    torch.testing.assert_close(model.classifier(features.mean(dim=(2, 3))), logits)


@pytest.mark.parametrize("bias", [False, True])
def test_reduction_and_bias_are_as_asked(bias: bool) -> None:
    model = on_meta("densenet169_se", se_reduction=4, se_bias=bias)
    excitation = model.features.se
    assert excitation.fc1.out_channels == 1664 // 4
    assert ("features.se.fc2.bias" in model.state_dict()) is bias


def test_an_identity_learns_from_the_first_step() -> None:
    torch.manual_seed(0)
    model = create_model("densenet121_se", num_classes=2, identity_start=True)
    nn.functional.cross_entropy(model(torch.rand(2, 3, 64, 64)), torch.tensor([0, 1])).backward()
    assert model.features.se.fc2.weight.grad.abs().max() > 0


def test_layers_can_be_dropped_in_training() -> None:
    torch.manual_seed(0)
    model = create_model("densenet121_se", num_classes=2, drop_rate=0.5)
    assert {block.denselayer1.drop_rate for block in (model.features.denseblock1,)} == {0.5}
    image = torch.rand(1, 3, 64, 64).expand(2, -1, -1, -1)
    first, second = model(image)
    assert not torch.equal(first, second)


@pytest.mark.parametrize(("coarse", "groups"), [(False, 1 + 58 + 1), (True, 1 + 4 + 1)])
def test_layers_are_grouped_by_dense_layer_or_block(coarse: bool, groups: int) -> None:
    model = on_meta("densenet121_se")
    layers = timm.models.group_parameters(model, model.group_matcher(coarse=coarse))
    assert len(layers) == groups
    assert layers[0] == ["features.conv0.weight", "features.norm0.weight", "features.norm0.bias"]
    assert sorted(layers[groups - 1]) == [
        "classifier.bias", "classifier.weight", "features.se.fc1.weight", "features.se.fc2.weight"
    ]  # fmt: skip
    assert "features.norm5.weight" in layers[groups - 2]
    first_block = layers[1 if coarse else 6]
    assert "features.transition1.conv.weight" in first_block


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"se_position": "top"}, "se_position must be none, post, pre_norm5, per_transition, per_"),
        ({"se_reduction": 0}, "se_reduction must be at least 1, not 0."),
        ({"drop_rate": 1.0}, "drop_rate must be 0 to 1 (exclusive), not 1.0."),
        ({"attention": "se"}, "has no 'attention'. Leave it out."),
    ],
    ids=["position", "reduction", "drop_rate", "unknown"],
)
def test_a_setting_that_does_not_exist_is_refused(
    arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        on_meta("densenet121_se", **arguments)
    assert message in str(caught.value)


def test_the_facts_are_those_of_torchvisions_weights() -> None:
    facts = find_architecture("densenet201_se").facts
    theirs = torchvision.models.DenseNet201_Weights.DEFAULT.transforms()
    assert [facts.size] == theirs.crop_size
    assert [facts.size / facts.crop_fraction] == theirs.resize_size
    assert [*facts.mean, *facts.std] == [*theirs.mean, *theirs.std]
    assert facts.interpolation == theirs.interpolation.value
