"""SimAM gives the numbers of its paper, in every precision and on every map; so does
squeeze-and-excitation, and it can begin as the identity."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from fundus_gui.core.models.attention import SimAM, squeeze_excitation

LOWEST_GATE = 1 / (1 + math.exp(-0.5))  # 0.62246, of a constant map


def by_the_paper(x: Tensor, e_lambda: float = 1e-4) -> Tensor:
    """The published module in double precision, differentiated by torch itself."""
    wide = x.double()
    squares = (wide - wide.mean(dim=(2, 3), keepdim=True)).square()
    variance = squares.sum(dim=(2, 3), keepdim=True) / (x.shape[2] * x.shape[3] - 1)
    return wide * torch.sigmoid(squares / (4 * (variance + e_lambda)) + 0.5)


def maps(*shape: int, std: float = 1.0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0)) * std + 0.3


def test_the_worked_example_comes_out() -> None:
    expected = (
        0, 0.72432, 1.39425, 2.02003, 2.61459, 3.19259, 3.76964, 4.36175,
        4.98486, 5.65446, 6.38517, 7.19012, 8.08012, 9.06261, 10.14048, 11.31095,
    )  # fmt: skip
    gated = SimAM()(torch.arange(16.0).reshape(1, 1, 4, 4))
    torch.testing.assert_close(gated.flatten(), torch.tensor(expected), rtol=0, atol=1e-5)


@pytest.mark.parametrize("e_lambda", [1e-4, 0.1])
@pytest.mark.parametrize("is_trained", [False, True])
def test_any_map_is_gated_as_in_the_paper(e_lambda: float, is_trained: bool) -> None:
    x = maps(2, 3, 9, 7).requires_grad_(is_trained)
    gated = SimAM(e_lambda)(x)
    torch.testing.assert_close(gated.double(), by_the_paper(x, e_lambda), rtol=1e-5, atol=1e-6)
    assert gated.requires_grad is is_trained


@pytest.mark.filterwarnings("ignore")  # of torch, of its tracer
def test_a_traced_map_is_gated_alike_and_nothing_is_changed_in_place() -> None:
    traced = torch.jit.trace(SimAM(0.1), maps(2, 3, 9, 7))
    x = maps(4, 3, 9, 7)
    torch.testing.assert_close(traced(x).double(), by_the_paper(x, 0.1), rtol=1e-5, atol=1e-6)
    assert not [node.kind() for node in traced.graph.nodes() if node.kind().endswith("_")]


@pytest.mark.parametrize("shape", [(2, 3, 9, 7), (1, 1, 2, 1), (1, 2, 1, 1)])
def test_the_gradient_is_that_of_the_formula(shape: tuple[int, ...]) -> None:
    x = maps(*shape, std=2).requires_grad_()
    upstream = maps(*shape, std=3)
    (gradient,) = torch.autograd.grad(SimAM()(x), x, upstream)
    if shape[2:] == (1, 1):
        expected = upstream * LOWEST_GATE
    else:
        (expected,) = torch.autograd.grad(by_the_paper(x), x, upstream.double())
    torch.testing.assert_close(gradient, expected.float(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("order", [torch.contiguous_format, torch.channels_last])
def test_the_map_itself_stays_as_it_is_and_the_answer_has_its_layout(
    order: torch.memory_format,
) -> None:
    x = maps(3, 4, 8, 8).contiguous(memory_format=order)
    before = x.clone()
    gated = SimAM()(x)
    assert torch.equal(x, before)
    assert gated.is_contiguous(memory_format=order)
    torch.testing.assert_close(gated[1:2], SimAM()(x[1:2]), rtol=0, atol=0)


def test_a_constant_map_gets_the_lowest_gate() -> None:
    x = torch.full((2, 3, 5, 5), 4.0)
    torch.testing.assert_close(SimAM()(x), x * LOWEST_GATE)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_a_map_of_one_pixel_gets_the_lowest_gate(dtype: torch.dtype) -> None:
    x = maps(4, 8, 1, 1).to(dtype)
    torch.testing.assert_close(SimAM()(x), (x.float() * LOWEST_GATE).to(dtype))


def test_every_gate_lies_between_that_of_a_constant_map_and_1() -> None:
    gate = SimAM()(maps(2, 4, 16, 16, std=5)) / maps(2, 4, 16, 16, std=5)
    assert gate.min() >= LOWEST_GATE - 1e-6
    assert gate.max() <= 1


@pytest.mark.parametrize("is_trained", [False, True])
def test_half_precision_does_not_overflow_on_large_maps(is_trained: bool) -> None:
    """192 x 192 with variance 9 sums to 332,000, five times what float16 can hold."""
    x = maps(1, 2, 192, 192, std=3)
    half = x.half().requires_grad_(is_trained)
    gated = SimAM()(half)
    assert gated.dtype == torch.float16
    torch.testing.assert_close(gated.float(), SimAM()(x), rtol=1e-2, atol=1e-3)
    if is_trained:
        gated.float().sum().backward()
        assert half.grad is not None
        assert half.grad.dtype == torch.float16
        assert half.grad.isfinite().all()


@pytest.mark.parametrize("is_trained", [False, True])
def test_bfloat16_stays_near_full_precision(is_trained: bool) -> None:
    x = maps(1, 2, 112, 112, std=3)
    gated = SimAM()(x.bfloat16().requires_grad_(is_trained))
    assert gated.dtype == torch.bfloat16
    torch.testing.assert_close(gated.float(), SimAM()(x), rtol=2e-2, atol=2e-2)


def test_the_layout_in_memory_changes_nothing() -> None:
    x = maps(2, 8, 6, 5)
    torch.testing.assert_close(SimAM()(x.to(memory_format=torch.channels_last)), SimAM()(x))


@pytest.mark.parametrize("is_trained", [False, True])
def test_the_input_is_left_as_it_was(is_trained: bool) -> None:
    x = maps(1, 2, 6, 6)
    before = x.clone()
    SimAM()(x.requires_grad_(is_trained))
    assert torch.equal(x, before)


def test_it_has_nothing_to_learn_and_says_its_lambda() -> None:
    assert SimAM().state_dict() == {}
    assert list(SimAM().parameters()) == []
    assert repr(SimAM(0.1)) == "SimAM(e_lambda=0.1)"


@pytest.mark.parametrize("bias", [False, True])
def test_squeeze_and_excitation_is_the_formula(bias: bool) -> None:
    torch.manual_seed(0)
    module = squeeze_excitation(8, 2, bias=bias)
    x = maps(2, 8, 5, 4)
    squeeze, excite = (
        (layer.weight[:, :, 0, 0], layer.bias if bias else 0) for layer in (module.fc1, module.fc2)
    )
    hidden = (x.mean(dim=(2, 3)) @ squeeze[0].T + squeeze[1]).relu()
    gate = (hidden @ excite[0].T + excite[1]).sigmoid()
    torch.testing.assert_close(module(x), x * gate[:, :, None, None])
    assert len(module.state_dict()) == (4 if bias else 2)


@pytest.mark.parametrize("bias", [False, True])
def test_squeeze_and_excitation_can_begin_as_the_identity(bias: bool) -> None:
    x = maps(2, 8, 5, 4)
    module = squeeze_excitation(8, 2, bias=bias, identity_start=True)
    assert torch.equal(module(x), x)
    with torch.no_grad():
        module.fc2.weight += 1
    assert not torch.equal(module(x), x)
