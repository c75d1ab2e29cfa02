"""Networks made quick answer as they did before, and say what they compute in."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from meta_networks import SMALL
from torch import Tensor, nn

from fundus_gui.core import acceleration
from fundus_gui.core.acceleration import (
    MEASUREMENTS_FILE,
    PackedConv2d,
    PackedLinear,
    accelerated,
    packing_pays,
)
from fundus_gui.core.catalogue import Catalogue, read_catalogue
from fundus_gui.core.devices import fast_dtype
from fundus_gui.core.ensemble import load_ensemble
from fundus_gui.core.models import create_model
from fundus_gui.core.paths import cache_dir

CPU = torch.device("cpu")
SIZE = 64

needs_packing = pytest.mark.skipif(
    not torch.backends.mkldnn.is_available(), reason="This build of torch has no oneDNN."
)
needs_bfloat16 = pytest.mark.skipif(
    fast_dtype(CPU) is not torch.bfloat16, reason="This CPU does not compute in bfloat16."
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every test begin on a machine that was never measured."""
    monkeypatch.setenv("FUNDUS_GUI_HOME", str(tmp_path))
    packing_pays.cache_clear()
    yield
    packing_pays.cache_clear()


@pytest.fixture
def packing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceleration, "packing_pays", lambda: True)


def network(name: str, size: int = SIZE) -> nn.Module:
    """Return a network whose statistics are those of what it has seen, as if it were trained."""
    torch.manual_seed(0)
    return settled(create_model(name, num_classes=4, input_size=size), size)


def settled(model: nn.Module, size: int = SIZE) -> nn.Module:
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None  # the plain average
    with torch.no_grad():
        model.train()(images(8, size))
    return model.eval().requires_grad_(False)


def images(count: int = 3, size: int = SIZE) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(count, 3, size, size, generator=generator)


@torch.inference_mode()
def probabilities(model: nn.Module, batch: Tensor) -> Tensor:
    logits: Tensor = model(batch)
    return logits.float().softmax(dim=1)


def count(model: nn.Module, kind: type[nn.Module]) -> int:
    return sum(isinstance(module, kind) for module in model.modules())


# The same answers ---------------------------------------------------------------------------------


@needs_packing
@pytest.mark.usefixtures("packing")
@pytest.mark.parametrize(
    "name", [*SMALL, "timm:resnet18", "timm:efficientnet_lite0", "timm:convnext_atto"]
)
def test_a_network_made_quick_answers_the_same(name: str) -> None:
    model = network(name)
    quick, precise = accelerated(copy.deepcopy(model), SIZE), copy.deepcopy(model).double()
    for batch in (images(), images(1)):
        truth = probabilities(precise, batch.double())
        assert truth.std(dim=1).max() > 1e-4, "the network says the same of everything"
        # Untrained networks can blow up what float32 rounds away: quick may not do so more.
        rounding = float((probabilities(model, batch) - truth).abs().max())
        allowed = max(1e-5, 2 * rounding)
        np.testing.assert_allclose(probabilities(quick, batch), truth, rtol=0, atol=allowed)


@pytest.mark.parametrize(
    ("name", "left"),
    [("efficientnet_v2_s_simam", 0), ("timm:resnet18", 0), ("densenet121_se", 62), ("tiny", 0)],
)
def test_normalisations_behind_convolutions_are_part_of_them(name: str, left: int) -> None:
    quick = accelerated(network(name), SIZE)
    assert count(quick, nn.BatchNorm2d) == left  # DenseNet's others stand before the convolution


@needs_packing
@pytest.mark.usefixtures("packing")
def test_a_transformer_runs_on_packed_layers_and_keeps_one_copy_of_its_weights() -> None:
    quick = accelerated(network("vit_ti_16"), SIZE)
    assert count(quick, PackedLinear) == 48
    assert count(quick, nn.GELU) == 0
    assert [m.out_features for m in quick.modules() if type(m) is nn.Linear] == [4]
    assert sum(p.numel() for p in quick.parameters()) < 0.1 * 5_500_000


@needs_packing
@pytest.mark.usefixtures("packing")
def test_activations_are_done_with_the_layer_before_unless_something_comes_between() -> None:
    quick = accelerated(network("efficientnet_v2_s_simam"), SIZE)
    assert count(quick, PackedConv2d) == 170
    assert count(quick, nn.SiLU) == 0
    residual = accelerated(network("timm:resnet18"), SIZE)
    assert count(residual, PackedConv2d) == 20
    assert count(residual, nn.ReLU) == 8  # these follow the addition of the shortcut


@needs_packing
@pytest.mark.usefixtures("packing")
def test_layers_that_a_network_reads_instead_of_calling_stay_plain() -> None:
    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.read = nn.Linear(SIZE, 256)
            self.called = nn.Linear(256, 256)

        def forward(self, x: Tensor) -> Tensor:
            rows = nn.functional.linear(x.mean(dim=1), self.read.weight)
            called: Tensor = self.called(rows)
            return called.mean(dim=1)

    model = Reader().eval().requires_grad_(False)
    expected = probabilities(model, images())
    quick = accelerated(model, SIZE)
    assert count(quick, PackedLinear) == 1
    np.testing.assert_allclose(probabilities(quick, images()), expected, atol=1e-5)


class _SharedOutput(nn.Module):
    """A convolution whose output goes around its normalisation too."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(3, 4, 3)
        self.normalisation = nn.BatchNorm2d(4)

    def forward(self, x: Tensor) -> Tensor:
        plain = self.convolution(x)
        normal: Tensor = self.normalisation(plain) + 3 * plain
        return normal.amax(dim=(2, 3))


class _SharedLayer(nn.Module):
    """One convolution before two normalisations."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(3, 4, 3)
        self.first, self.second = nn.BatchNorm2d(4), nn.BatchNorm2d(4)

    def forward(self, x: Tensor) -> Tensor:
        first, second = self.first(self.convolution(x)), self.second(self.convolution(2 * x))
        both: Tensor = first + second
        return both.amax(dim=(2, 3))


@pytest.mark.parametrize("kind", [_SharedOutput, _SharedLayer])
def test_a_network_that_would_answer_otherwise_keeps_its_layers(kind: type[nn.Module]) -> None:
    torch.manual_seed(0)
    model = settled(kind())
    expected = probabilities(model, images())
    quick = accelerated(model, SIZE)
    np.testing.assert_array_equal(probabilities(quick, images()), expected)
    assert count(quick, nn.BatchNorm2d) == count(kind(), nn.BatchNorm2d)


def test_making_quick_leaves_the_random_numbers_of_others_alone() -> None:
    model = network("tiny")
    state = torch.get_rng_state()
    accelerated(model, SIZE)
    assert torch.equal(torch.get_rng_state(), state)


# The measurement ----------------------------------------------------------------------------------


def test_a_machine_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer() -> bool:
        asked.append("measured")
        return True

    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: True)
    monkeypatch.setattr(acceleration, "_is_packed_quicker", answer)
    for _ in range(2):
        packing_pays.cache_clear()  # as if the program were started again
        assert packing_pays()
    assert asked == ["measured"]
    (key,) = json.loads((cache_dir() / MEASUREMENTS_FILE).read_text())
    assert torch.__version__ in key


@pytest.mark.parametrize("content", ["", "[]", "7", '{"a": ', "\x00", 100_000 * "["])
def test_damaged_measurements_are_taken_again(
    content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: True)
    monkeypatch.setattr(acceleration, "_is_packed_quicker", lambda: True)
    path = cache_dir() / MEASUREMENTS_FILE
    path.parent.mkdir(parents=True)
    path.write_text(content)
    assert packing_pays()
    assert list(json.loads(path.read_text()).values()) == [True]


def test_without_a_place_to_keep_it_the_measurement_still_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("FUNDUS_GUI_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: True)
    monkeypatch.setattr(acceleration, "_is_packed_quicker", lambda: True)
    assert packing_pays()


def test_a_build_without_the_kernel_keeps_plain_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object) -> None:
        raise AttributeError("'_OpNamespace' 'mkldnn' object has no attribute")

    monkeypatch.setattr(acceleration, "PackedLinear", absent)
    assert not packing_pays()
    quick = accelerated(network("vit_ti_16"), SIZE)
    assert count(quick, nn.GELU) == 12


# Precision ----------------------------------------------------------------------------------------


@needs_bfloat16
@pytest.mark.usefixtures("packing")
@pytest.mark.parametrize("name", ["efficientnet_v2_s_simam", "densenet121_se", "vit_ti_16"])
def test_fast_answers_stay_within_the_limit(name: str) -> None:
    model = network(name)
    fast = accelerated(copy.deepcopy(model), SIZE, dtype=torch.bfloat16)
    with torch.autocast("cpu", torch.bfloat16):
        found = probabilities(fast, images())
    np.testing.assert_allclose(found, probabilities(model, images()), atol=0.05)


@pytest.fixture(scope="module")
def catalogue(tiny_weights: Path) -> Catalogue:
    return read_catalogue([tiny_weights])


def test_an_ensemble_computes_exactly_unless_asked(catalogue: Catalogue) -> None:
    pair = load_ensemble(catalogue.ensemble("pair"), catalogue, device="cpu")
    assert pair.number_format == "float32"
    assert {p.dtype for m in pair.members for p in m.model.parameters()} == {torch.float32}


@needs_bfloat16
def test_a_fast_ensemble_says_so_and_answers_alike(catalogue: Catalogue) -> None:
    spec = catalogue.ensemble("pair")
    exact = load_ensemble(spec, catalogue, device="cpu")
    fast = load_ensemble(spec, catalogue, device="cpu", precision="fast")
    assert fast.number_format == "bfloat16"
    inputs = {how: images(4, how.size) for how in fast.preprocessings}
    found = fast.predict_proba(inputs)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=2), 1, atol=1e-6)
    np.testing.assert_allclose(found, exact.predict_proba(inputs), atol=0.05)


def test_a_cpu_without_bfloat16_computes_exactly(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True})
    pair = load_ensemble(catalogue.ensemble("pair"), catalogue, device="cpu", precision="fast")
    assert pair.number_format == "float32"
