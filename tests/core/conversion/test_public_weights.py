"""A converted network answers exactly as the public one from which its weights come."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import timm
import torch
import torchvision
from public_networks import CLASS_COUNT, converted, difference, randomised
from torch import nn

from fundus_gui.core.conversion import find_preset, presets
from fundus_gui.core.conversion.fitting import check_enough
from fundus_gui.core.errors import CheckpointError, UnknownNameError
from fundus_gui.core.models import create_model
from fundus_gui.core.models.efficientnet_v2 import SIZES

TOLERANCE = 1e-4

Build = Callable[[], nn.Module]


def torchvision_network(name: str, **arguments: object) -> Build:
    return lambda: torchvision.models.get_model(name, num_classes=CLASS_COUNT, **arguments)


def timm_network(name: str, **arguments: object) -> Build:
    return lambda: timm.create_model(name, num_classes=CLASS_COUNT, **arguments)


SMALL: dict[str, tuple[Build, int]] = {
    "torchvision_efficientnet_v2_s": (torchvision_network("efficientnet_v2_s"), 48),
    "torchvision_densenet121": (torchvision_network("densenet121"), 48),
    # An even size, where padding on both sides would give other numbers.
    "tf_efficientnetv2_s": (timm_network("tf_efficientnetv2_s"), 48),
    "efficientnetv2_rw_s": (timm_network("efficientnetv2_rw_s"), 48),
    "timm_vit_ti_16": (timm_network("vit_tiny_patch16_224", img_size=32), 32),
    "timm_vit_s_16": (timm_network("vit_small_patch16_224", img_size=32), 32),
    "rdnet_tiny": (timm_network("rdnet_tiny"), 48),
    "timm:convnext_atto": (timm_network("convnext_atto"), 48),
}
LARGE: dict[str, tuple[Build, int]] = {
    "torchvision_efficientnet_v2_m": (torchvision_network("efficientnet_v2_m"), 48),
    "torchvision_efficientnet_v2_l": (torchvision_network("efficientnet_v2_l"), 48),
    "torchvision_vit_b_16": (torchvision_network("vit_b_16", image_size=32), 32),
    "torchvision_densenet161": (torchvision_network("densenet161"), 48),
    "torchvision_densenet169": (torchvision_network("densenet169"), 48),
    "torchvision_densenet201": (torchvision_network("densenet201"), 48),
    "tf_efficientnetv2_m": (timm_network("tf_efficientnetv2_m"), 48),
    "tf_efficientnetv2_l": (timm_network("tf_efficientnetv2_l"), 48),
    "tf_efficientnetv2_xl": (timm_network("tf_efficientnetv2_xl"), 48),
    "timm_vit_b_16": (timm_network("vit_base_patch16_224", img_size=32), 32),
    "timm_vit_l_16": (timm_network("vit_large_patch16_224", img_size=32), 32),
    "rdnet_small": (timm_network("rdnet_small"), 48),
    "rdnet_base": (timm_network("rdnet_base"), 48),
    "rdnet_large": (timm_network("rdnet_large"), 48),
}


def answers_alike(name: str, build: Build, size: int) -> None:
    public = randomised(build)
    ours, report = converted(find_preset(name), public.state_dict(), size)
    assert (report.new, report.dropped, report.has_head) == ((), (), True)
    assert difference(ours, public, size) <= TOLERANCE


@pytest.mark.parametrize("name", SMALL)
def test_a_converted_network_answers_as_the_public_one(name: str) -> None:
    answers_alike(name, *SMALL[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_a_large_converted_network_answers_as_the_public_one(name: str) -> None:
    answers_alike(name, *LARGE[name])


@pytest.mark.parametrize(
    "name", ["torchvision_vit_b_16", "torchvision_densenet161", "tf_efficientnetv2_m", "rdnet_base"]
)
def test_every_tensor_of_a_large_public_network_has_its_place(name: str) -> None:
    build, size = LARGE[name]
    with torch.device("meta"):
        _, report = converted(find_preset(name), build().state_dict(), size)
    assert (report.new, report.dropped, report.has_head) == ((), (), True)


@pytest.mark.slow
def test_every_preset_names_a_network_that_can_be_built() -> None:
    for preset in presets().values():
        with torch.device("meta"):
            network, _ = converted(preset, {}, preset.preprocessing.size)
        assert isinstance(network, nn.Module), preset.name


def test_every_architecture_is_a_preset_for_its_own_names() -> None:
    for name in ("tiny", "efficientnet_v2_s_se", "timm:test_vit"):
        preset = find_preset(name)
        assert (preset.architecture, preset.arguments) == (name, {})
    with pytest.raises(UnknownNameError, match="Did you mean 'retfound_mae'"):
        find_preset("retfound_mea")


def test_old_names_of_densenet_are_understood() -> None:
    public = randomised(torchvision_network("densenet121"))
    old = {
        re.sub(r"\.(norm|conv)([12])\.", r".\1.\2.", name): tensor
        for name, tensor in public.state_dict().items()
        if not name.endswith("num_batches_tracked")  # old files have no counters
    }
    ours, report = converted(find_preset("torchvision_densenet121"), old, 48)
    assert (report.backbone_share, report.new, report.dropped) == (1.0, (), ())
    assert difference(ours, public, 48) <= TOLERANCE


def small_vit() -> nn.Module:
    """Build torchvision's network in the size of ViT-Ti/16, of which it has no public weights."""
    return torchvision.models.VisionTransformer(
        image_size=32,
        patch_size=16,
        num_layers=12,
        num_heads=3,
        hidden_dim=192,
        mlp_dim=768,
        num_classes=CLASS_COUNT,
    )


@pytest.mark.parametrize("is_old", [False, True])
def test_torchvisions_vit_is_understood_in_old_and_new_names(is_old: bool) -> None:
    preset = dataclasses.replace(find_preset("torchvision_vit_b_16"), architecture="vit_ti_16")
    public = randomised(small_vit)
    theirs = public.state_dict()
    if is_old:
        words = {".mlp.0.": ".mlp.linear_1.", ".mlp.3.": ".mlp.linear_2."}
        theirs = {
            re.sub(r"\.mlp\.[03]\.", lambda found: words[found[0]], name): tensor
            for name, tensor in theirs.items()
        }
    ours, report = converted(preset, theirs, 32)
    assert (report.new, report.dropped) == ((), ())
    assert difference(ours, public, 32) <= TOLERANCE


def test_the_authors_names_of_rdnet_are_understood() -> None:
    public = timm_network("rdnet_tiny")()
    theirs = {re.sub(r"^stem\.", "stem.stem.", n): t for n, t in public.state_dict().items()}
    _, report = converted(find_preset("rdnet_tiny"), theirs, 48)
    assert (report.new, report.dropped) == ((), ())


@pytest.mark.parametrize("size", [0, 1, 2])
def test_efficientnet_lite_is_understood_by_the_order_of_its_tensors(size: int) -> None:
    public = randomised(timm_network(f"tf_efficientnet_lite{size}"))
    theirs = {f"layer{n}": tensor for n, tensor in enumerate(public.state_dict().values())}
    ours, report = converted(find_preset(f"efficientnet_lite{size}"), theirs, 48)
    assert (report.new, report.dropped, report.has_head) == ((), (), True)
    assert difference(ours, public, 48) <= TOLERANCE


@pytest.mark.parametrize("change", ["one less", "one more", "of a relative"])
def test_what_has_not_exactly_the_tensors_of_efficientnet_lite_is_refused(change: str) -> None:
    name = "tf_efficientnet_lite1" if change == "of a relative" else "tf_efficientnet_lite0"
    with torch.device("meta"):
        tensors = [*timm_network(name)().state_dict().values()]
        if change == "one less":
            tensors.pop()
        elif change == "one more":
            tensors.append(torch.ones(1))
        theirs = {f"layer{n}": tensor for n, tensor in enumerate(tensors)}
        _, report = converted(find_preset("efficientnet_lite0"), theirs, 48)
    assert report.backbone_share == 0
    with pytest.raises(CheckpointError, match="it holds 0 % of the network's backbone"):
        check_enough(Path("lite0.pth"), "EfficientNet-Lite0", report)


# --- the articles' scripts --------------------------------------------------------------------


def names_of_a_norm(layer: str) -> list[str]:
    parts = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    return [f"{layer}.{part}" for part in parts]


def names_in_wzmiaomiao_order(size: str) -> Iterator[str]:
    """Yield the names of EfficientNetV2 in the scripts that descend from WZMIAOMIAO's."""

    def convolution(layer: str) -> list[str]:
        return [f"{layer}.conv.weight", *names_of_a_norm(f"{layer}.bn")]

    yield from convolution("stem")
    index = 0
    for stage in SIZES[size].stages:
        for _ in range(stage.repeats):
            block = f"blocks.{index}"
            if stage.expansion > 1:
                yield from convolution(f"{block}.expand_conv")
            if not stage.fused:
                yield from convolution(f"{block}.dwconv")
                for layer in ("conv_reduce", "conv_expand"):
                    yield from (f"{block}.se.{layer}.weight", f"{block}.se.{layer}.bias")
            yield from convolution(f"{block}.project_conv")
            index += 1
    yield from convolution("head.project_conv")
    yield from ("head.classifier.weight", "head.classifier.bias")


def names_in_d_li14_order(*, with_fused_se: bool) -> Iterator[str]:
    """Yield the names of EfficientNetV2-S in the scripts that descend from d-li14's."""

    def layers(block: str, excited: int | None, *convolutions: int) -> Iterator[str]:
        for convolution in convolutions:
            if excited is not None and convolution == excited + 1:
                for layer in (0, 2):
                    yield from (f"{block}.{excited}.fc.{layer}.{n}" for n in ("weight", "bias"))
            yield f"{block}.{convolution}.weight"
            yield from names_of_a_norm(f"{block}.{convolution + 1}")

    yield from layers("features.0", None, 0)
    index = 1
    for stage in SIZES["s"].stages:
        for _ in range(stage.repeats):
            block = f"features.{index}.conv"
            if not stage.fused:
                yield from layers(block, 6, 0, 3, 7)
            elif with_fused_se:
                yield from layers(block, 3, 0, 4)
            else:
                yield from layers(block, None, 0, 3)
            index += 1
    yield from layers("conv", None, 0)
    yield from ("classifier.weight", "classifier.bias")


def test_the_layout_of_the_simam_article_is_understood() -> None:
    public = randomised(torchvision_network("efficientnet_v2_s"))
    theirs = dict(zip(names_in_wzmiaomiao_order("s"), public.state_dict().values(), strict=True))
    simam = find_preset("article_efficientnet_v2_s_simam")
    _, report = converted(simam, theirs, 48)
    assert (report.new, report.dropped, report.has_head) == ((), (), True)
    plain = dataclasses.replace(simam, architecture="efficientnet_v2_s", arguments={})
    ours, _ = converted(plain, theirs, 48)
    assert difference(ours, public, 48) <= TOLERANCE


@pytest.mark.parametrize(
    "size", ["m", *(pytest.param(size, marks=pytest.mark.slow) for size in ("l", "xl"))]
)
def test_the_layout_of_the_simam_article_is_understood_in_every_size(size: str) -> None:
    preset = find_preset(f"article_efficientnet_v2_{size}_simam")
    with torch.device("meta"):
        network, _ = converted(preset, {}, 48)
        values = network.state_dict().values()
        theirs = dict(zip(names_in_wzmiaomiao_order(size), values, strict=True))
        _, report = converted(preset, theirs, 48)
    assert (report.new, report.dropped) == ((), ())


def as_linear(name: str, tensor: torch.Tensor) -> torch.Tensor:
    """Return the kernel of a 1 x 1 convolution as the matrix that d-li14's SE has."""
    return tensor.flatten(1) if ".fc." in name and tensor.ndim == 4 else tensor


def test_the_layout_of_the_1792_article_is_understood() -> None:
    public = randomised(timm_network("efficientnetv2_rw_s"))
    pairs = zip(
        names_in_d_li14_order(with_fused_se=False), public.state_dict().values(), strict=True
    )
    theirs = {name: as_linear(name, tensor) for name, tensor in pairs}
    aihao = find_preset("article_efficientnet_v2_s_aihao")
    settings = find_preset("efficientnetv2_rw_s").arguments
    ours, report = converted(dataclasses.replace(aihao, arguments=settings), theirs, 48)
    assert (report.new, report.dropped, report.has_head) == ((), (), True)
    assert difference(ours, public, 48) <= TOLERANCE


def test_attention_in_fused_blocks_is_understood() -> None:
    aihao = find_preset("article_efficientnet_v2_s_aihao")
    network = randomised(partial(create_model, aihao.architecture, num_classes=CLASS_COUNT))
    pairs = zip(
        names_in_d_li14_order(with_fused_se=True), network.state_dict().values(), strict=True
    )
    theirs = {name: as_linear(name, tensor) for name, tensor in pairs}
    ours, report = converted(aihao, theirs, 48)
    assert (report.new, report.dropped) == ((), ())
    assert difference(ours, network, 48) <= TOLERANCE


class ArticleDenseNet(torchvision.models.DenseNet):  # type: ignore[misc]
    """DenseNet-121 as in the articles: SE behind the last ReLU, or before norm5."""

    def __init__(self, *, is_post: bool) -> None:
        super().__init__(num_classes=CLASS_COUNT)
        self.is_post = is_post
        reduction = 8 if is_post else 16
        excitation = nn.Sequential(
            nn.Linear(1024, 1024 // reduction, bias=not is_post),
            nn.ReLU(),
            nn.Linear(1024 // reduction, 1024, bias=not is_post),
            nn.Sigmoid(),
        )
        if is_post:
            self.se = nn.Module()
            self.se.fc = excitation
        else:
            self.features.add_module("SE-module", nn.Module())
            self.features.get_submodule("SE-module").se = excitation
        self.excitation = [excitation]  # in a list, so that it has one name only

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for name, layer in self.features.named_children():
            if name == "norm5" and not self.is_post:
                x = self.gated(x)
            if name != "SE-module":
                x = layer(x)
        x = x.relu()
        if self.is_post:
            x = self.gated(x)
        return self.classifier(x.mean(dim=(2, 3)))

    def gated(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.excitation[0](x.mean(dim=(2, 3)))[:, :, None, None]


@pytest.mark.parametrize(
    ("name", "is_post", "prefix"),
    [
        ("article_densenet121_se", True, "module."),
        ("article_densenet121_se_pre_norm5", False, ""),
    ],
)
def test_the_articles_on_densenet_are_understood(name: str, is_post: bool, prefix: str) -> None:
    article = randomised(lambda: ArticleDenseNet(is_post=is_post))
    theirs = {prefix + name: tensor for name, tensor in article.state_dict().items()}
    assert is_post or f"{prefix}features.SE-module.se.2.weight" in theirs
    ours, report = converted(find_preset(name), theirs, 48)
    assert (report.new, report.dropped, report.has_head) == ((), (), True)
    assert difference(ours, article, 48) <= TOLERANCE
