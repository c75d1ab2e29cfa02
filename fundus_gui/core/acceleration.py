"""Networks made quick on a processor: the same answers from fewer passes over the memory.

Batch normalisations become part of the convolutions before them. Where a short measurement says
that this machine gains by it, convolutions and linear layers then go to oneDNN with their weights
laid out for it, each in one pass with the activation behind it.
"""

from __future__ import annotations

import contextlib
import functools
import json
import math
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn
from torch.nn.utils import fuse_conv_bn_eval

from fundus_gui.core import atomic
from fundus_gui.core.paths import cache_dir

MEASUREMENTS_FILE = "packed-layers.json"

_WORTH_PACKING = 2**14  # weights of a layer; a head of a few classes is no work
_WORTH_THE_CHANGE = 0.95  # share of the plain layer's time
_ROUNDS = 7
# Share of the convolutions that keep float32 in any case: what the first ones round away, all
# others build on. Over 1,000 photographs the probabilities of the three EfficientNet-Lite moved by
# up to 0.040 with a quarter and 0.058 with an eighth of all layers (classify.py --agreement).
# Of a transformer that is the patches' projection, which is enough: 0.004.
_EARLY_CONVOLUTIONS = 1 / 4
_TOLERANCE = {torch.float32: 1e-4, torch.bfloat16: 0.1}  # of the largest logit, at least of 1


def accelerated(
    model: nn.Module, input_size: int, *, dtype: torch.dtype = torch.float32
) -> nn.Module:
    """Make a network on the CPU quick, in place, and return it.

    One image goes through before and after. Where the answers differ, because a network uses its
    layers in a way that was not foreseen, its own layers are put back.

    Args:
        model: in evaluation mode, float32.
        input_size: height and width of its input in pixels.
        dtype: what it computes in, float32 or bfloat16: then it is to be called under autocast.
    """
    generator = torch.Generator().manual_seed(0)
    image = 2 * torch.rand(1, 3, input_size, input_size, generator=generator) - 1
    image = image.to(memory_format=torch.channels_last)
    flow = _follow(model, image)
    own = _fold_normalisations(model, flow)
    # What comes out in bfloat16 shall not hang on a measurement.
    if dtype != torch.float32 or packing_pays():
        own = _pack(model, flow, dtype) | own
    model.to(memory_format=torch.channels_last)
    if not _agree(_logits(model, image, dtype), flow.logits, _TOLERANCE[dtype]):
        for name, layer in own.items():
            model.set_submodule(name, layer)
    return model.eval()


@torch.inference_mode()
def _logits(model: nn.Module, image: Tensor, dtype: torch.dtype) -> Tensor:
    with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
        logits: Tensor = model(image)
    return logits


def _agree(logits: Tensor, expected: Tensor, tolerance: float) -> bool:
    allowed = tolerance * max(1.0, float(expected.abs().max()))
    return float((logits.float() - expected).abs().max()) <= allowed


@dataclass(slots=True)
class _Flow:
    """How one image went through a network.

    Attributes:
        logits: what came out.
        before: the layer whose output each layer took, if it took one as it came.
        shapes: of the input of each layer, in the order in which they were used.
        calls: how often each layer was used.
    """

    logits: Tensor
    before: dict[nn.Module, nn.Module] = field(default_factory=dict)
    shapes: dict[nn.Module, torch.Size] = field(default_factory=dict)
    calls: Counter[nn.Module] = field(default_factory=Counter)

    def is_chain(self, first: nn.Module, second: nn.Module) -> bool:
        """Return whether the second layer does nothing but go on where the first ends."""
        once = self.calls[first] == self.calls[second] == 1
        return once and self.before.get(second) is first

    def fold(self, normalisation: nn.Module, folded: nn.Module) -> nn.Module:
        """Let a new convolution stand where one and its normalisation stood.

        Returns:
            What is left of the normalisation: timm's ends in an activation.
        """
        convolution = self.before.pop(normalisation)
        rest: nn.Module = getattr(normalisation, "act", nn.Identity())
        end = folded if isinstance(rest, nn.Identity) else rest
        self.before = {
            layer: end if maker is normalisation else maker for layer, maker in self.before.items()
        }
        if end is rest:
            self.before[rest] = folded
        if convolution in self.before:
            self.before[folded] = self.before.pop(convolution)
        self.calls[folded] = 1
        self.shapes = {
            folded if layer is convolution else layer: shape for layer, shape in self.shapes.items()
        }
        return rest


@torch.no_grad()  # in inference mode, tensors do not count their changes
def _follow(model: nn.Module, image: Tensor) -> _Flow:
    """Watch one image go through a network."""
    flow = _Flow(image)

    def enter(layer: nn.Module, inputs: tuple[object, ...]) -> None:
        flow.calls[layer] += 1
        if not inputs or not isinstance(inputs[0], Tensor):
            return
        flow.shapes[layer] = inputs[0].shape
        maker, version = getattr(inputs[0], "made_by", (None, 0))
        if maker is not None and version == inputs[0]._version:  # not changed in place since
            flow.before[layer] = maker

    def leave(layer: nn.Module, _inputs: tuple[object, ...], output: object) -> None:
        if isinstance(output, Tensor):
            output.made_by = layer, output._version  # type: ignore[attr-defined]

    # timm's normalisation with an activation inside is no leaf, and an identity does nothing.
    layers = [
        layer
        for layer in model.modules()
        if isinstance(layer, nn.BatchNorm2d)
        or not (any(layer.children()) or isinstance(layer, nn.Identity))
    ]
    hooks = [layer.register_forward_pre_hook(enter) for layer in layers]
    hooks += [layer.register_forward_hook(leave) for layer in layers]
    try:
        flow.logits = model(image)
    finally:
        for hook in hooks:
            hook.remove()
    return flow


def _fold_normalisations(model: nn.Module, flow: _Flow) -> dict[str, nn.Module]:
    """Return the layers that gave way, by name."""
    own: dict[str, nn.Module] = {}
    names = {layer: name for name, layer in model.named_modules()}
    for normalisation, convolution in list(flow.before.items()):
        if (
            isinstance(normalisation, nn.BatchNorm2d)
            and normalisation.track_running_stats
            and isinstance(convolution, nn.Conv2d)
            and flow.is_chain(convolution, normalisation)
        ):
            own[names[convolution]] = convolution
            own[names[normalisation]] = normalisation
            folded = fuse_conv_bn_eval(convolution, normalisation)
            model.set_submodule(names[convolution], folded)
            model.set_submodule(names[normalisation], flow.fold(normalisation, folded))
    return own


# --- packed layers ------------------------------------------------------------------------------


_Activation = tuple[str, Sequence[float], str]  # name, numbers, way to compute it
_NONE: _Activation = ("none", (), "")


@dataclass(frozen=True, slots=True)
class _Form:
    """In which way a layer is packed.

    Attributes:
        shape: of its input.
        dtype: that it computes in.
        activation: that is joined to it, as oneDNN names it.
    """

    shape: Sequence[int]
    dtype: torch.dtype
    activation: _Activation = _NONE

    def parameters(self, layer: nn.Linear | nn.Conv2d) -> tuple[Tensor, Tensor | None]:
        """Return weight and bias in the form's number format."""
        bias = None if layer.bias is None else layer.bias.detach().to(self.dtype)
        return layer.weight.detach().to(self.dtype), bias


class PackedLinear(nn.Module):
    """A linear layer and the activation behind it on oneDNN's own kernel.

    Raises:
        AttributeError, RuntimeError: this build of torch has no such kernel.
    """

    def __init__(self, linear: nn.Linear, form: _Form) -> None:
        super().__init__()
        self._form = form
        weight, self._bias = form.parameters(linear)
        rows = math.prod(form.shape[:-1])
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight, rows)

    def forward(self, x: Tensor) -> Tensor:
        """Return what the plain layers return."""
        form = self._form
        out: Tensor = torch.ops.mkldnn._linear_pointwise(
            x.to(form.dtype), self._weight, self._bias, *form.activation
        )
        return out


class PackedConv2d(nn.Module):
    """A convolution and the activation behind it on oneDNN's own kernel.

    torch itself takes a slower one for 1 x 1 convolutions of few images on one thread.
    """

    def __init__(self, convolution: nn.Conv2d, form: _Form) -> None:
        super().__init__()
        self._form = form
        self._geometry = (
            convolution.padding,
            convolution.stride,
            convolution.dilation,
            convolution.groups,
        )
        weight, self._bias = form.parameters(convolution)
        self._weight = torch.ops.mkldnn._reorder_convolution_weight(
            weight, *self._geometry, form.shape
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return what the plain layers return."""
        form = self._form
        out: Tensor = torch.ops.mkldnn._convolution_pointwise(
            x.to(form.dtype),
            self._weight,
            self._bias,
            *self._geometry,
            *form.activation,
        )
        return out


class _InFloat32(nn.Module):
    """A layer that computes in float32 under autocast too."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast("cpu", enabled=False):
            out: Tensor = self.layer(x.float())
        return out


def _can_be_packed(layer: nn.Linear | nn.Conv2d) -> bool:
    if isinstance(layer, nn.Conv2d):
        is_plain = layer.padding_mode == "zeros" and not isinstance(layer.padding, str)
        return type(layer) is nn.Conv2d and is_plain
    return type(layer) is nn.Linear and layer.weight.numel() >= _WORTH_PACKING


def _packed(layer: nn.Linear | nn.Conv2d, form: _Form) -> nn.Module:
    if isinstance(layer, nn.Conv2d):
        return PackedConv2d(layer, form)
    return PackedLinear(layer, form)


def _activation(layer: nn.Module | None) -> _Activation | None:
    """Return what oneDNN calls an activation, None for what it cannot join."""
    if type(layer) is nn.GELU:
        return "gelu", (), layer.approximate
    known: dict[type, _Activation] = {
        nn.ReLU: ("relu", (), ""),
        nn.ReLU6: ("hardtanh", (0.0, 6.0), ""),
        nn.SiLU: ("swish", (), ""),
    }
    return known.get(type(layer))


def _pack(model: nn.Module, flow: _Flow, dtype: torch.dtype) -> dict[str, nn.Module]:
    """Return the layers that gave way, by name."""
    own: dict[str, nn.Module] = {}
    names = {layer: name for name, layer in model.named_modules()}
    following = {first: second for second, first in flow.before.items()}
    layers = [layer for layer in flow.shapes if isinstance(layer, nn.Linear | nn.Conv2d)]
    convolutions = [layer for layer in layers if isinstance(layer, nn.Conv2d)]
    early = set(convolutions[: math.ceil(_EARLY_CONVOLUTIONS * len(convolutions))])

    def replace_by(layer: nn.Module, new: nn.Module) -> None:
        own[names[layer]] = layer
        model.set_submodule(names[layer], new)

    for layer in layers:
        is_early = layer in early
        form = _Form(flow.shapes[layer], torch.float32 if is_early else dtype)
        behind = following.get(layer)
        activation = _activation(behind)
        if not _can_be_packed(layer):
            if is_early and dtype != torch.float32:
                replace_by(layer, _InFloat32(layer))
        elif behind is not None and activation is not None and flow.is_chain(layer, behind):
            replace_by(layer, _packed(layer, replace(form, activation=activation)))
            replace_by(behind, nn.Identity())
        else:
            replace_by(layer, _packed(layer, form))
    return own


@functools.cache
def packing_pays() -> bool:
    """Return whether packed linear layers are quicker here; measured once per machine and torch."""
    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return False
    path = cache_dir() / MEASUREMENTS_FILE
    processor = torch.cpu.get_capabilities().get("cpu_name", "")
    key = f"torch {torch.__version__}, {processor}, {torch.get_num_threads()} threads"
    try:
        known = dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):  # none, or damaged
        known = {}
    if not isinstance(known.get(key), bool):
        known[key] = _is_packed_quicker()
        with contextlib.suppress(OSError):  # then it is measured again next time
            atomic.write_bytes(path, json.dumps(known, indent=2).encode())
    return bool(known[key])


@torch.inference_mode()
def _is_packed_quicker() -> bool:
    plain = nn.Linear(768, 768, device="meta").to_empty(device="cpu")
    for parameter in plain.parameters():
        parameter.zero_()
    x = torch.zeros(197, 768)  # the rows of one image in a ViT-B/16
    try:
        packed = PackedLinear(plain, _Form(x.shape, torch.float32))
        packed(x)
    except (AttributeError, RuntimeError):
        return False
    seconds: dict[nn.Module, list[float]] = {plain: [], packed: []}
    for _ in range(_ROUNDS):
        for layer, taken in seconds.items():
            started = time.perf_counter()
            layer(x)
            taken.append(time.perf_counter() - started)
    return min(seconds[packed]) < _WORTH_THE_CHANGE * min(seconds[plain])
