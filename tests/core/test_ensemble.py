"""Members vote together only if they belong together, on the device that was asked for."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_weights import SIZES, write_tiny_model
from torch import nn

from fundus_gui.core import ensemble as ensemble_module
from fundus_gui.core import fusion, vote
from fundus_gui.core.catalogue import Catalogue, EnsembleSpec, read_catalogue
from fundus_gui.core.ensemble import Ensemble, load_ensemble, load_member
from fundus_gui.core.errors import (
    CheckpointError,
    DeviceError,
    EnsembleError,
    UnknownNameError,
)
from fundus_gui.core.preprocessing import Preprocessing

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def catalogue(tiny_weights: Path) -> Catalogue:
    return read_catalogue([tiny_weights])


@pytest.fixture(scope="module")
def pair(catalogue: Catalogue) -> Ensemble:
    return load_ensemble(catalogue.ensemble("pair"), catalogue, device="cpu")


def random_inputs(pair: Ensemble, count: int) -> dict[Preprocessing, torch.Tensor]:
    return {how: torch.randn(count, 3, how.size, how.size) for how in pair.preprocessings}


def test_the_vote_is_at_hand_where_the_ensemble_is() -> None:
    for name in ("soft_vote", "vote_shares"):
        assert getattr(ensemble_module, name) is getattr(vote, name)
    assert ensemble_module.fit_vote_weights is fusion.fit_vote_weights


def test_an_ensemble_knows_what_its_records_need(pair: Ensemble, tiny_weights: Path) -> None:
    assert pair.class_names == ("amd", "glaucoma", "normal")
    assert [how.size for how in pair.preprocessings] == list(SIZES.values())
    assert pair.device_name.startswith("CPU")
    assert {name: card.title for name, card in pair.cards.items()} == {n: n for n in SIZES}
    for name in SIZES:
        content = (tiny_weights / f"{name}.safetensors").read_bytes()
        assert pair.weights_sha256[name] == hashlib.sha256(content).hexdigest()


def test_members_answer_with_distributions_in_the_order_of_the_spec(pair: Ensemble) -> None:
    inputs = random_inputs(pair, 5)
    probabilities = pair.predict_proba(inputs)
    assert probabilities.shape == (2, 5, 3)
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=2), 1, atol=1e-6)
    for row, member in zip(probabilities, pair.members, strict=True):
        np.testing.assert_array_equal(row, member.predict_proba(inputs[member.card.preprocessing]))
    assert not np.allclose(probabilities[0], probabilities[1])


def test_members_are_in_evaluation_mode_and_answer_the_same_twice(pair: Ensemble) -> None:
    assert not any(module.training for m in pair.members for module in m.model.modules())
    inputs = random_inputs(pair, 3)
    np.testing.assert_array_equal(pair.predict_proba(inputs), pair.predict_proba(inputs))


def test_equal_preprocessing_is_named_once(tmp_path: Path) -> None:
    for seed, name in enumerate("abc"):
        write_tiny_model(tmp_path / f"{name}.safetensors", seed=seed, size=48 if seed == 2 else 32)
    catalogue = read_catalogue([tmp_path])
    trio = load_ensemble(catalogue.of_models(["a", "b", "c"]), catalogue, device="cpu")
    assert trio.preprocessings == (Preprocessing(size=32), Preprocessing(size=48))


@pytest.mark.parametrize(
    "class_names",
    [("amd", "normal", "glaucoma"), ("amd", "glaucoma"), ("amd", "glaucoma", "healthy")],
    ids=["another order", "another number", "another name"],
)
def test_members_of_other_classes_are_refused_and_both_lists_named(
    pair: Ensemble, class_names: tuple[str, ...]
) -> None:
    first, second = pair.members
    other = dataclasses.replace(
        second, card=dataclasses.replace(second.card, class_names=class_names)
    )
    with pytest.raises(EnsembleError, match="cannot vote together") as caught:
        Ensemble(pair.spec, (first, other))
    assert "(amd, glaucoma, normal)" in str(caught.value)
    assert f"({', '.join(class_names)})" in str(caught.value)


def test_members_in_another_order_than_their_weights_are_refused(pair: Ensemble) -> None:
    first, second = pair.members
    for members in [(second, first), (first,), (first, second, first), ()]:
        with pytest.raises(EnsembleError, match="not those of the ensemble, in its order"):
            Ensemble(pair.spec, members)


def test_a_model_that_is_not_installed_is_named_with_the_nearest(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'tiny_a'"):
        load_member("tinya", catalogue, CPU)


def test_a_damaged_member_stops_the_ensemble(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "a.safetensors")
    write_tiny_model(tmp_path / "b.safetensors")
    catalogue = read_catalogue([tmp_path])
    content = bytearray((tmp_path / "b.safetensors").read_bytes())
    content[-9] ^= 1
    (tmp_path / "b.safetensors").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"b\.safetensors was refused: .* hash"):
        load_ensemble(catalogue.of_models(["a", "b"]), catalogue, device="cpu")


@pytest.mark.parametrize("device", ["gpu", "cuda:x", "cpu:0", "", "CUDA", "cuda:-1"])
def test_an_unknown_device_is_refused_before_any_file_is_read(device: str) -> None:
    spec = EnsembleSpec(name="ghost", members=("ghost",), weights=(1.0,))
    with pytest.raises(DeviceError, match="There is no device"):
        load_ensemble(spec, Catalogue({}, {}), device=device)


def test_a_model_too_large_for_the_device_is_an_error_with_advice(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(nn.Module, "to", refuse)
    with pytest.raises(DeviceError, match="too little free memory for the model tiny_a"):
        load_member("tiny_a", catalogue, CPU)
