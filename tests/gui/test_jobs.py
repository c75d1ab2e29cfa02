from __future__ import annotations

import csv
import io
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtGui import QImage
from tiny_weights import write_tiny_weights

from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.ensemble import load_ensemble
from fundus_gui.core.errors import ExportError, ImageError
from fundus_gui.core.export import RunRecord
from fundus_gui.core.inference import predict_images
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.results import Prediction, UnreadableImage
from fundus_gui.gui import jobs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    photographs = tmp_path / "photographs"
    photographs.mkdir()
    random = np.random.default_rng(1)
    for number in range(5):
        pixels = random.integers(0, 255, (40, 50, 3), np.uint8)
        Image.fromarray(pixels).save(photographs / f"{number}.png")
    (photographs / "broken.png").write_bytes(b"no picture")
    return photographs


def test_the_window_s_engine_gives_the_numbers_of_the_command_line(
    folder: Path, tmp_path: Path
) -> None:
    catalogue = read_catalogue([write_tiny_weights(tmp_path / "weights")])
    spec = catalogue.default
    paths = sorted(folder.iterdir())
    ready, *results = jobs.Engine(catalogue, device="cpu").classify(spec, paths)
    expected = list(predict_images(load_ensemble(spec, catalogue, device="cpu"), paths))
    assert isinstance(ready, jobs.ModelsReady)
    assert ready.weights_sha256.keys() == set(spec.members)
    assert [result.path for result in results] == paths
    for result, other in zip(results, expected, strict=True):
        if isinstance(other, Prediction):
            assert isinstance(result, Prediction)
            assert result.member_probabilities == other.member_probabilities
        else:
            assert isinstance(result, UnreadableImage)
            assert result.error == other.error


def test_the_engine_takes_up_another_precision_with_the_next_run(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    catalogue = read_catalogue([write_tiny_weights(tmp_path / "weights")])
    engine = jobs.Engine(catalogue, device="cpu")
    formats = []
    for precision in ("exact", "fast", "exact"):
        engine.set_precision(precision)
        ready, *_ = engine.classify(catalogue.default, sorted(folder.glob("?.png")))
        assert isinstance(ready, jobs.ModelsReady)
        formats.append(ready.number_format)
    assert formats == ["float32", "bfloat16", "float32"]


def test_loaded_models_serve_the_next_ensemble_too(folder: Path, tmp_path: Path) -> None:
    weights = write_tiny_weights(tmp_path / "weights")
    catalogue = read_catalogue([weights])
    engine = jobs.Engine(catalogue, device="cpu")
    paths = sorted(folder.glob("?.png"))
    before = list(engine.classify(catalogue.default, paths))
    (weights / "tiny_a.safetensors").unlink()
    alone = list(engine.classify(catalogue.of_models(["tiny_a"]), paths))
    for first, second in zip(before[1:], alone[1:], strict=True):
        assert isinstance(first, Prediction)
        assert isinstance(second, Prediction)
        assert second.member_probabilities[0] == first.member_probabilities[0]


def test_two_classifications_at_the_same_time_take_turns(folder: Path, tmp_path: Path) -> None:
    catalogue = read_catalogue([write_tiny_weights(tmp_path / "weights")])
    engine = jobs.Engine(catalogue, device="cpu")
    paths = sorted(folder.glob("?.png")) * 20
    alone = list(engine.classify(catalogue.default, paths))[1:]
    order: list[str] = []
    found: dict[str, list[object]] = {"a": [], "b": []}
    begin = threading.Barrier(2)

    def classify(name: str) -> None:
        records = engine.classify(catalogue.default, paths)
        next(records)
        begin.wait()
        for record in records:
            order.append(name)
            found[name].append(record)

    threads = [threading.Thread(target=classify, args=(name,)) for name in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for results in found.values():
        same = [
            isinstance(one, Prediction) and one.member_probabilities == other.member_probabilities
            for one, other in zip(results, alone, strict=True)
            if isinstance(other, Prediction)
        ]
        assert len(same) == len(paths)
        assert all(same)
    last_of_each = [len(order) - order[::-1].index(name) for name in found]
    assert abs(last_of_each[0] - last_of_each[1]) < len(paths) / 2  # neither waited for the other


def test_a_listing_comes_in_batches_and_in_order(folder: Path) -> None:
    listed = [path for batch in jobs.list_images([folder]) for path in batch]
    assert [path.name for path in listed] == [*(f"{n}.png" for n in range(5)), "broken.png"]


def test_a_pasted_picture_is_kept_as_a_file(tmp_path: Path) -> None:
    image = QImage(6, 4, QImage.Format.Format_RGB32)
    image.fill(0xFF102030)
    path = tmp_path / "new" / "pasted.png"
    assert list(jobs.save_pasted(image, path)) == [(path,)]
    with Image.open(path) as saved:
        assert (saved.size, saved.getpixel((0, 0))[:3]) == ((6, 4), (16, 32, 48))


def test_a_pasted_picture_that_cannot_be_kept_is_an_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(ExportError, match="file"):
        list(jobs.save_pasted(QImage(2, 2, QImage.Format.Format_RGB32), blocked / "x.png"))


def test_a_view_is_the_photograph_or_what_the_model_sees(folder: Path) -> None:
    (plain,) = jobs.load_view(folder / "0.png", None, None)
    assert plain.pixels.shape == (40, 50, 3)
    settings = Preprocessing(size=32)
    (folder / "0.png").unlink()  # a known photograph is not read again
    (seen,) = jobs.load_view(folder / "0.png", settings, plain.photograph)
    assert np.array_equal(seen.pixels, settings.view(plain.pixels))
    with pytest.raises(ImageError):
        list(jobs.load_view(folder / "broken.png", None, plain.photograph))


def test_every_path_gets_a_thumbnail_or_none(folder: Path) -> None:
    thumbnails = list(jobs.make_thumbnails(sorted(folder.iterdir()), 20))
    shapes = [None if t.pixels is None else t.pixels.shape for t in thumbnails]
    assert shapes == [*[(16, 20, 3)] * 5, None]


def test_copied_rows_have_the_columns_of_an_export(folder: Path, tmp_path: Path) -> None:
    catalogue = read_catalogue([write_tiny_weights(tmp_path / "weights")])
    spec = catalogue.default
    engine = jobs.Engine(catalogue, device="cpu")
    ready, *results = engine.classify(spec, [folder / "1.png", folder / "broken.png"])
    assert isinstance(ready, jobs.ModelsReady)
    cards = {name: catalogue.models[name].card for name in spec.members}
    run = RunRecord(ensemble=spec, cards=cards, weights_sha256=ready.weights_sha256, device="CPU")
    found = [result for result in results if not isinstance(result, jobs.ModelsReady)]
    (text,) = jobs.table_text(found, run)
    good, bad = csv.DictReader(io.StringIO(text), delimiter="\t")
    assert isinstance(found[0], Prediction)
    assert float(good["prob"]) == found[0].confidence
    assert float(good["tiny_a__weight"]) == pytest.approx(0.6)
    assert (bad["status"], bad["prob"]) == ("failed", "")
