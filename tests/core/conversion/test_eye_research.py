"""Weights from eye research are understood as their authors' code writes and uses them.

The layouts do not depend on the size of the network, so most tests use a small relative of it.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
import timm
import torch
import torchvision
from public_networks import CLASS_COUNT, converted, difference, randomised
from timm.models.vision_transformer import checkpoint_filter_fn
from torch import Tensor, nn

from fundus_gui.core.conversion import Preset, find_preset
from fundus_gui.core.errors import ConfigError

TOLERANCE = 1e-4


def small(name: str, architecture: str, **arguments: object) -> Preset:
    """Return the preset for a smaller network of the same layout."""
    preset = find_preset(name)
    settings = {**preset.arguments, **arguments}
    return dataclasses.replace(preset, architecture=architecture, arguments=settings)


def timm_network(name: str, **arguments: Any) -> nn.Module:
    return randomised(lambda: timm.create_model(name, num_classes=CLASS_COUNT, **arguments))


def without_head(network: nn.Module) -> dict[str, Tensor]:
    return {n: t for n, t in network.state_dict().items() if not n.startswith("head.")}


def with_head_of(network: nn.Module, public: nn.Module) -> nn.Module:
    """Give a converted backbone the head of the public network, so that both can be compared."""
    network.get_classifier().load_state_dict(public.get_classifier().state_dict())
    return network


# --- RETFound ---------------------------------------------------------------------------------


def test_retfound_leaves_its_decoder_and_begins_with_a_fresh_norm_and_head() -> None:
    encoder = without_head(timm_network("vit_tiny_patch16_224", img_size=32))
    decoder = {
        "mask_token": torch.ones(1, 1, 8),
        "decoder_pos_embed": torch.ones(1, 5, 8),
        "decoder_blocks.0.norm1.weight": torch.ones(8),
    }
    preset = small("retfound_mae", "timm:vit_tiny_patch16_224")
    _, report = converted(preset, encoder | decoder, 32)
    assert report.new == ("fc_norm.weight", "fc_norm.bias", "head.weight", "head.bias")
    assert report.dropped == ("norm.weight", "norm.bias", *decoder)
    assert report.backbone_share > 0.95


def test_retfound_fine_tuned_answers_as_its_network() -> None:
    public = timm_network("vit_tiny_patch16_224", img_size=32, global_pool="avg")
    preset = small("retfound_mae", "timm:vit_tiny_patch16_224")
    ours, report = converted(preset, public.state_dict(), 32)
    assert (report.new, report.dropped, report.has_head) == ((), (), True)
    assert difference(ours, public, 32) <= TOLERANCE


def test_retfound_dinov2_answers_as_its_network() -> None:
    public = timm_network("vit_small_patch14_dinov2", img_size=28)
    names = {".mlp.fc1.": ".mlp.w12.", ".mlp.fc2.": ".mlp.w3."}
    theirs = {
        "backbone." + re.sub(r"\.mlp\.fc[12]\.", lambda found: names[found[0]], name): tensor
        for name, tensor in without_head(public).items()
    }
    assert "backbone.blocks.0.mlp.w12.weight" in theirs
    theirs |= {"dino_head.mlp.0.weight": torch.ones(4, 4), "ibot_head.mlp.0.bias": torch.ones(4)}
    preset = small("retfound_dinov2", "timm:vit_small_patch14_dinov2")
    ours, report = converted(preset, theirs, 28)
    assert report.new == ("head.weight", "head.bias")
    assert report.dropped == ("dino_head.mlp.0.weight", "ibot_head.mlp.0.bias")
    assert difference(with_head_of(ours, public), public, 28) <= TOLERANCE


def test_retfound_green_pools_as_its_authors_do() -> None:
    public = timm_network("vit_small_patch14_reg4_dinov2", img_size=28)
    public.global_pool = "avg"  # set afterwards, as its README says, so the norm stays in front
    ours, report = converted(find_preset("retfound_green"), without_head(public), 28)
    assert (report.new, report.dropped) == (("head.weight", "head.bias"), ())
    assert difference(with_head_of(ours, public), public, 28) <= TOLERANCE


# --- others -----------------------------------------------------------------------------------


def test_visionfm_answers_as_its_network() -> None:
    public = timm_network("vit_tiny_patch16_224", img_size=32)
    theirs = {f"module.backbone.{n}": t for n, t in without_head(public).items()}
    theirs["module.head.last_layer.weight"] = torch.ones(4, 4)
    ours, report = converted(small("visionfm", "vit_ti_16"), theirs, 32)
    assert report.new == ("head.weight", "head.bias")
    assert report.dropped == ("head.last_layer.weight",)
    assert difference(with_head_of(ours, public), public, 32) <= TOLERANCE


def test_flair_answers_as_its_network() -> None:
    public = randomised(lambda: torchvision.models.resnet50(num_classes=CLASS_COUNT))
    theirs = {f"vision_model.model.{n}": t for n, t in public.state_dict().items()}
    others = {
        "vision_model.projection_head_vision.projection.weight": torch.ones(4, 4),
        "text_model.model.encoder.layer.0.attention.self.query.weight": torch.ones(4, 4),
        "logit_scale": torch.ones(()),
    }
    ours, report = converted(find_preset("flair"), theirs | others, 48)
    assert report.dropped == tuple(others)
    assert difference(ours, public, 48) <= TOLERANCE


def clip_state(depth: int, width: int) -> dict[str, Tensor]:
    """Return the tensors of OpenAI's CLIP for 32-pixel patches of 224-pixel images, and of text."""
    layers = {
        "ln_1.weight": (width,),
        "ln_1.bias": (width,),
        "attn.in_proj_weight": (3 * width, width),
        "attn.in_proj_bias": (3 * width,),
        "attn.out_proj.weight": (width, width),
        "attn.out_proj.bias": (width,),
        "ln_2.weight": (width,),
        "ln_2.bias": (width,),
        "mlp.c_fc.weight": (4 * width, width),
        "mlp.c_fc.bias": (4 * width,),
        "mlp.c_proj.weight": (width, 4 * width),
        "mlp.c_proj.bias": (width,),
    }
    shapes: dict[str, tuple[int, ...]] = {
        "visual.class_embedding": (width,),
        "visual.positional_embedding": (50, width),
        "visual.conv1.weight": (width, 3, 32, 32),
        "visual.ln_pre.weight": (width,),
        "visual.ln_pre.bias": (width,),
        "visual.ln_post.weight": (width,),
        "visual.ln_post.bias": (width,),
        "positional_embedding": (77, 8),
        "token_embedding.weight": (100, 8),
        "transformer.resblocks.0.ln_1.weight": (8,),
        "ln_final.weight": (8,),
        "logit_scale": (),
    }
    for block in range(depth):
        prefix = f"visual.transformer.resblocks.{block}."
        shapes |= {prefix + name: shape for name, shape in layers.items()}
    torch.manual_seed(3)
    return {name: torch.randn(shape) for name, shape in shapes.items()}


@pytest.mark.parametrize("prefix", ["", "module."])
def test_eyeclip_is_understood_as_timm_understands_clip(prefix: str) -> None:
    preset = find_preset("eyeclip")
    theirs = clip_state(12, 768)
    network, report = converted(preset, {prefix + n: t for n, t in theirs.items()}, 224)
    assert report.new == ("head.weight", "head.bias")
    assert all(name.startswith("text.") for name in report.dropped)
    by_timm = checkpoint_filter_fn(theirs, network)
    ours = network.state_dict()
    assert by_timm.keys() == ours.keys() - {"head.weight", "head.bias"}
    assert all(ours[name].equal(tensor) for name, tensor in by_timm.items())


class LowRankProjection(nn.Module):
    """Queries, keys and values with RetiZero's updates of queries and values, not merged."""

    def __init__(self, qkv: nn.Linear, rank: int = 8) -> None:
        super().__init__()
        width = qkv.in_features
        self.qkv = qkv
        self.linear_a_q = nn.Linear(width, rank, bias=False)
        self.linear_b_q = nn.Linear(rank, width, bias=False)
        self.linear_a_v = nn.Linear(width, rank, bias=False)
        self.linear_b_v = nn.Linear(rank, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        queries, keys, values = self.qkv(x).chunk(3, dim=-1)
        queries = queries + self.linear_b_q(self.linear_a_q(x))
        values = values + self.linear_b_v(self.linear_a_v(x))
        return torch.cat([queries, keys, values], dim=-1)


def retizero() -> nn.Module:
    def build() -> nn.Module:
        network = timm.create_model("vit_tiny_patch16_224", num_classes=CLASS_COUNT, img_size=32)
        for block in network.blocks:
            block.attn.qkv = LowRankProjection(block.attn.qkv)
        return network

    return randomised(build)


def test_merged_low_rank_updates_answer_as_unmerged_ones() -> None:
    public = retizero()
    theirs = {f"vision_model.model.lora_vit.{n}": t for n, t in without_head(public).items()}
    assert "vision_model.model.lora_vit.blocks.0.attn.qkv.linear_b_v.weight" in theirs
    theirs["vision_model.model.projection_head_vision.projection.weight"] = torch.ones(4, 4)
    before = {name: tensor.clone() for name, tensor in theirs.items()}
    ours, report = converted(small("retizero", "vit_ti_16"), theirs, 32)
    assert report.new == ("head.weight", "head.bias")
    assert report.dropped == ("projection_head_vision.projection.weight",)
    assert difference(with_head_of(ours, public), public, 32) <= TOLERANCE
    assert all(tensor.equal(before[name]) for name, tensor in theirs.items())


def test_an_update_that_does_not_fit_is_refused() -> None:
    theirs = {
        "blocks.0.attn.qkv.qkv.weight": torch.ones(12, 4),
        "blocks.0.attn.qkv.linear_b_q.weight": torch.ones(4, 2),
    }
    preset = find_preset("retizero")
    with pytest.raises(ConfigError, match=r"low-rank update blocks\.0\.attn\.qkv\.linear_b_q"):
        preset.translate(theirs)
    with pytest.raises(ConfigError, match="does not fit its layer"):
        preset.translate(theirs | {"blocks.0.attn.qkv.linear_a_q.weight": torch.ones(3, 4)})


# --- in full size -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "timm_name", "million"),
    [
        ("retfound_mae", "vit_large_patch16_224", 303.3),
        ("retfound_dinov2", "vit_large_patch14_dinov2", 303.2),
        ("visionfm", "vit_base_patch16_224", 85.8),
        ("retizero", "vit_large_patch16_224", 303.3),
        ("retfound_green", "vit_small_patch14_reg4_dinov2", 21.8),
    ],
)
def test_the_full_size_has_a_place_for_every_tensor(
    preset: str, timm_name: str, million: float
) -> None:
    size = find_preset(preset).preprocessing.size
    with torch.device("meta"):
        public = timm.create_model(timm_name, num_classes=0, img_size=size)
        network, report = converted(find_preset(preset), public.state_dict(), size, class_count=5)
    assert not {*report.dropped} - {"norm.weight", "norm.bias"}
    assert not {*report.new} - {"fc_norm.weight", "fc_norm.bias", "head.weight", "head.bias"}
    count = sum(parameter.numel() for parameter in network.parameters())
    assert count / 1e6 == pytest.approx(million, abs=0.1)
