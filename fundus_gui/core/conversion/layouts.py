"""How public weights name their tensors, translated into the names of our networks.

A layout is a function from the state dict of a file to a state dict in our names. A tensor without
a counterpart keeps its name; no network asks for it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import torch

from fundus_gui.core.conversion.foreign import State
from fundus_gui.core.errors import ConfigError

Layout = Callable[[State], State]


def unchanged(state: State) -> State:
    """Return a state dict that has our names already."""
    return state


def _renamed(*rules: tuple[str, str]) -> Layout:
    """Return a layout that applies every rule (regular expression, replacement) in order."""
    compiled = [(re.compile(pattern), replacement) for pattern, replacement in rules]

    def rename(name: str) -> str:
        for pattern, replacement in compiled:
            name = pattern.sub(replacement, name)
        return name

    return lambda state: {rename(name): tensor for name, tensor in state.items()}


# --- EfficientNetV2 ---------------------------------------------------------------------------

# The layers of our blocks: convolution and normalisation in turn, with attention in between.
_EXPANSION_1 = ("branch.1.0", "branch.1.1")
_FUSED = ("branch.0.0", "branch.0.1", "branch.2.0", "branch.2.1")
_FUSED_SE = (*_FUSED[:2], "branch.1.fc1", "branch.1.fc2", *_FUSED[2:])
_MB = (
    *("branch.0.0", "branch.0.1", "branch.1.0", "branch.1.1"),
    *("branch.2.fc1", "branch.2.fc2", "branch.3.0", "branch.3.1"),
)


def _layers(theirs: str, ours: Sequence[str]) -> dict[str, str]:
    return dict(zip(theirs.split(), ours, strict=True))


def _efficientnet_v2(block: str, kinds: Sequence[Mapping[str, str]], others: Layout) -> Layout:
    """Return a layout that numbers the blocks through and recognises each by its layers.

    Args:
        block: matches a tensor of a block; groups for stage (may be empty), block, layer, tensor.
        kinds: from their layers to ours; a block is of the first kind that has all its layers.
        others: for stem, head and classifier.
    """
    pattern = re.compile(block)

    def translate(state: State) -> State:
        blocks: dict[tuple[int, int], list[re.Match[str]]] = defaultdict(list)
        rest = {}
        for name, tensor in state.items():
            if found := pattern.fullmatch(name):
                blocks[int(found[1] or 0), int(found[2])].append(found)
            else:
                rest[name] = tensor
        translated = others(rest)
        for index, (_, tensors) in enumerate(sorted(blocks.items())):
            layers = {found[3] for found in tensors}
            ours: Mapping[str, str] = next((kind for kind in kinds if layers <= kind.keys()), {})
            for found in tensors:
                layer = ours.get(found[3], found[3])
                translated[f"blocks.{index}.{layer}.{found[4]}"] = state[found[0]]
        return translated

    return translate


torchvision_efficientnet_v2 = _efficientnet_v2(
    r"features\.(\d+)\.(\d+)\.(block\..+)\.(\w+)",
    (
        _layers("block.0.0 block.0.1", _EXPANSION_1),
        _layers("block.0.0 block.0.1 block.1.0 block.1.1", _FUSED),
        _layers(
            "block.0.0 block.0.1 block.1.0 block.1.1 block.2.fc1 block.2.fc2 block.3.0 block.3.1",
            _MB,
        ),
    ),
    _renamed(
        (r"^features\.0\.", "stem."),
        (r"^features\.\d+\.", "head."),
        (r"^classifier\.1\.", "classifier."),
    ),
)

timm_efficientnet_v2 = _efficientnet_v2(
    r"blocks\.(\d+)\.(\d+)\.(.+)\.(\w+)",
    (
        _layers("conv bn1", _EXPANSION_1),
        _layers("conv_exp bn1 conv_pwl bn2", _FUSED),
        _layers(
            "conv_pw bn1 conv_dw bn2 se.conv_reduce se.conv_expand conv_pwl bn3",
            _MB,
        ),
    ),
    _renamed(
        (r"^conv_stem\.", "stem.0."),
        (r"^bn1\.", "stem.1."),
        (r"^conv_head\.", "head.0."),
        (r"^bn2\.", "head.1."),
    ),
)

# WZMIAOMIAO/deep-learning-for-image-processing, from which the SimAM article's script was made.
article_efficientnet_v2 = _efficientnet_v2(
    r"blocks\.()(\d+)\.(.+)\.(\w+)",
    (
        _layers("project_conv.conv project_conv.bn", _EXPANSION_1),
        _layers("expand_conv.conv expand_conv.bn project_conv.conv project_conv.bn", _FUSED),
        _layers(
            "expand_conv.conv expand_conv.bn dwconv.conv dwconv.bn "
            "se.conv_reduce se.conv_expand project_conv.conv project_conv.bn",
            _MB,
        ),
    ),
    _renamed(
        (r"^(stem|head\.project_conv)\.conv\.", r"\1.0."),
        (r"^(stem|head\.project_conv)\.bn\.", r"\1.1."),
        (r"^head\.project_conv\.", "head."),
        (r"^head\.classifier\.", "classifier."),
    ),
)

# d-li14/efficientnetv2.pytorch of May 2021, to which AI-hao's article added attention.
aihao_efficientnet_v2 = _efficientnet_v2(
    r"features\.()(\d+)\.(conv\..+)\.(\w+)",
    (
        _layers("conv.0 conv.1 conv.3 conv.4", _FUSED),
        _layers("conv.0 conv.1 conv.3.fc.0 conv.3.fc.2 conv.4 conv.5", _FUSED_SE),
        _layers(
            "conv.0 conv.1 conv.3 conv.4 conv.6.fc.0 conv.6.fc.2 conv.7 conv.8",
            _MB,
        ),
    ),
    _renamed((r"^features\.0\.", "stem."), (r"^conv\.", "head.")),
)

# --- DenseNet ---------------------------------------------------------------------------------

# Old files of torchvision have `norm.1` for today's `norm1`.
_OLD_NAMES = (r"\.(norm|relu|conv)\.([12])\.", r".\1\2.")

densenet = _renamed(_OLD_NAMES)

# One article has `se.fc.0` beside the features, the other `SE-module.se.0` among them.
article_densenet = _renamed(
    _OLD_NAMES,
    (r"^(features\.)?(se|SE-module)\.(fc|se)\.0\.", "features.se.fc1."),
    (r"^(features\.)?(se|SE-module)\.(fc|se)\.2\.", "features.se.fc2."),
)

# --- Vision transformers ----------------------------------------------------------------------

torchvision_vit = _renamed(
    (r"^class_token$", "cls_token"),
    (r"^conv_proj\.", "patch_embed.proj."),
    (r"^encoder\.pos_embedding$", "pos_embed"),
    (r"^encoder\.layers\.encoder_layer_(\d+)\.", r"blocks.\1."),
    (r"\.ln_([12])\.", r".norm\1."),
    (r"\.self_attention\.in_proj_", ".attn.qkv."),
    (r"\.self_attention\.out_proj\.", ".attn.proj."),
    (r"\.mlp\.(0|linear_1)\.", ".mlp.fc1."),
    (r"\.mlp\.(3|linear_2)\.", ".mlp.fc2."),
    (r"^encoder\.ln\.", "norm."),
    (r"^heads\.head\.", "head."),
)

dinov2 = _renamed((r"\.mlp\.w12\.", ".mlp.fc1."), (r"\.mlp\.w3\.", ".mlp.fc2."))

# The image half of OpenAI's CLIP; its text half has the same names without the prefix.
clip = _renamed(
    (r"^(?!visual\.)", "text."),
    (r"^visual\.", ""),
    (r"^class_embedding$", "cls_token"),
    (r"^positional_embedding$", "pos_embed"),
    (r"^conv1\.", "patch_embed.proj."),
    (r"^ln_pre\.", "norm_pre."),
    (r"^ln_post\.", "norm."),
    (r"^transformer\.resblocks\.", "blocks."),
    (r"\.ln_([12])\.", r".norm\1."),
    (r"\.attn\.in_proj_", ".attn.qkv."),
    (r"\.attn\.out_proj\.", ".attn.proj."),
    (r"\.mlp\.c_fc\.", ".mlp.fc1."),
    (r"\.mlp\.c_proj\.", ".mlp.fc2."),
)

rdnet = _renamed((r"^stem\.stem\.", "stem."))

_LORA_UP = re.compile(r"(.+\.qkv)\.linear_b_([qv])\.weight")


def lora_vit(state: State) -> State:
    """Merge low-rank updates of queries and values into their projections.

    W_q += B_q · A_q and W_v += B_v · A_v (Hu et al., "LoRA", ICLR 2022); W holds queries, keys and
    values one below the other.

    Raises:
        ConfigError: an update is not whole.
    """
    merged = {name.replace(".qkv.qkv.", ".qkv."): tensor for name, tensor in state.items()}
    for name, up in state.items():
        if not (found := _LORA_UP.fullmatch(name)):
            continue
        layer, part = found.groups()
        try:
            update = up @ merged.pop(f"{layer}.linear_a_{part}.weight")
            rows = dict(zip("qkv", merged[f"{layer}.weight"].chunk(3), strict=True))
            rows[part] = rows[part] + update
        except (KeyError, RuntimeError, ValueError) as error:
            raise ConfigError(f"The low-rank update {name} does not fit its layer.") from error
        merged[f"{layer}.weight"] = torch.cat(list(rows.values()))
        del merged[name]
    return merged


# --- files that keep the order but not the names ----------------------------------------------


def in_order_of(names: Callable[[], Sequence[str]]) -> Layout:
    """Return a layout for files whose tensors come in our order, one for one.

    Args:
        names: called when such a file is read, because it builds a network.
    """

    def rename(state: State) -> State:
        ours = names()
        return dict(zip(ours, state.values(), strict=True)) if len(ours) == len(state) else state

    return rename
