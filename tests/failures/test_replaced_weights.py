"""A weights file is replaced during a run: the hash told is that of the weights that computed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command_runs import Done
from tiny_results import read_json, read_table
from tiny_weights import write_tiny_model, write_tiny_weights

from fundus_gui.core import catalogue as installed
from fundus_gui.core import checkpoints, inference
from fundus_gui.core.catalogue import EnsembleSpec, read_catalogue
from fundus_gui.core.ensemble import load_ensemble
from fundus_gui.core.errors import CheckpointError
from fundus_gui.core.inference import predict_images
from fundus_gui.core.results import ImageResult, ModelsReady, Prediction
from fundus_gui.gui.jobs import Engine


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Done]) -> Path:
    """Return a folder of installed weights that may be written into."""
    del run  # which has installed others
    folder = write_tiny_weights(tmp_path / "weights")
    monkeypatch.setattr(installed.installed, "weights_dir", lambda: folder)
    return folder


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def replace_weights(folder: Path, seed: int = 7) -> None:
    """Put another network with the same card into the place of the first."""
    write_tiny_model(folder / "tiny_a.safetensors", seed=seed, size=32)


def probabilities(results: list[ImageResult]) -> list[Any]:
    return [result.member_probabilities for result in results if isinstance(result, Prediction)]


def classified(folder: Path, photographs: list[Path]) -> list[ImageResult]:
    catalogue = read_catalogue([folder])
    ensemble = load_ensemble(catalogue.ensemble("pair"), catalogue, device="cpu")
    return list(predict_images(ensemble, photographs))


def test_replaced_while_it_classifies_the_table_names_the_weights_that_computed(
    run: Callable[..., Done],
    weights: Path,
    photographs: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, expected = sha256(weights / "tiny_a.safetensors"), classified(weights, photographs)
    predict = inference.predict_images

    def predict_and_replace(*arguments: Any, **options: Any) -> Iterator[ImageResult]:
        for number, result in enumerate(predict(*arguments, **options)):
            if number == 5:
                replace_weights(weights)
            yield result

    out = tmp_path / "r.csv"
    with monkeypatch.context() as patch:
        patch.setattr(inference, "predict_images", predict_and_replace)
        command = ("classify", photographs[0].parent, "--ensemble", "pair", "--out", out)
        assert run(*command).code == 0
    assert sha256(weights / "tiny_a.safetensors") != before
    rows = read_table(out)
    assert {row["tiny_a__weights_sha256"] for row in rows} == {before}
    assert read_json(out.with_suffix(".json"))["models"]["tiny_a"]["weights_sha256"] == before
    for row, result in zip(rows, expected, strict=True):
        assert isinstance(result, Prediction)
        assert float(row["prob"]) == pytest.approx(result.confidence, abs=1e-6)

    refused = run("classify", photographs[0].parent, "--resume", out)  # the next start says so
    assert refused.code == 1
    assert "tiny_a" in refused.sentence


def test_replaced_between_reading_the_card_and_loading_it_is_refused(
    weights: Path, photographs: list[Path]
) -> None:
    catalogue = read_catalogue([weights])
    write_tiny_model(weights / "tiny_a.safetensors", seed=7, size=32, temperature=2.0)
    with pytest.raises(CheckpointError, match="was replaced after the program had read it"):
        load_ensemble(catalogue.ensemble("pair"), catalogue, device="cpu")
    assert classified(weights, photographs[:1])


def test_replaced_while_it_is_loaded_hash_and_numbers_are_of_one_and_the_same(
    weights: Path, photographs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is replaced as soon as its bytes have been read."""
    old = sha256(weights / "tiny_a.safetensors"), probabilities(classified(weights, photographs))
    read, catalogue = checkpoints._read, read_catalogue([weights])

    def read_and_replace(path: Path) -> bytes:
        content = read(path)
        if path.stem == "tiny_a":
            replace_weights(weights)
        return content

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "_read", read_and_replace)
        ensemble = load_ensemble(catalogue.ensemble("pair"), catalogue, device="cpu")
    now = probabilities(list(predict_images(ensemble, photographs)))
    assert (ensemble.weights_sha256["tiny_a"], now) == old


def test_overwritten_in_place_while_it_is_read_it_is_refused(weights: Path) -> None:
    """A copy that another program is writing is half the old file and half the new."""
    path = weights / "tiny_a.safetensors"
    old, catalogue = path.read_bytes(), read_catalogue([weights])
    replace_weights(weights)
    new = path.read_bytes()
    assert len(old) == len(new)
    path.write_bytes(new[: -len(new) // 8] + old[-len(new) // 8 :])
    with pytest.raises(CheckpointError, match="do not match the hash stored in it"):
        load_ensemble(catalogue.ensemble("pair"), catalogue, device="cpu")


def engine_says(
    engine: Engine, spec: EnsembleSpec, photographs: list[Path]
) -> tuple[str, list[Any]]:
    ready, *results = list(engine.classify(spec, photographs))
    assert isinstance(ready, ModelsReady)
    return ready.weights_sha256["tiny_a"], probabilities(results)  # type: ignore[arg-type]


def test_the_window_s_engine_tells_the_weights_that_it_holds(
    weights: Path, photographs: list[Path]
) -> None:
    catalogue = read_catalogue([weights])
    engine, spec = Engine(catalogue, device="cpu"), catalogue.ensemble("pair")
    before = engine_says(engine, spec, photographs)
    write_tiny_model(weights / "tiny_a.safetensors", seed=7, size=32, temperature=2.0)
    assert engine_says(engine, spec, photographs) == before  # still those in memory
    engine.use(read_catalogue([weights]))
    digest, now = engine_says(engine, spec, photographs)
    assert digest == sha256(weights / "tiny_a.safetensors")
    assert now != before[1]


def test_the_doctor_names_weights_that_were_damaged_since(
    run: Callable[..., Done], weights: Path
) -> None:
    path = weights / "tiny_a.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    done = run("doctor", "--device", "cpu")
    assert done.code == 1
    assert "tiny_a.safetensors was refused" in done.err
