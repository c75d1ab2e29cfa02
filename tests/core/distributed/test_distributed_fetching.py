"""Photographs of object storage pass through the engine as if they lay in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tiny_photographs import write_photographs

from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.distributed.fetching import Fetcher
from fundus_gui.core.ensemble import Ensemble, load_ensemble
from fundus_gui.core.export import RunRecord, table_row
from fundus_gui.core.inference import predict_images
from fundus_gui.core.results import ImageResult

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed.")
import odd_storage  # noqa: E402, F401 (needs fsspec)

ROOT = "memory://bucket/eyes"


@pytest.fixture(scope="module")
def loaded(tiny_weights: Path) -> Ensemble:
    catalogue = read_catalogue([tiny_weights])
    return load_ensemble(catalogue.ensemble("pair"), catalogue, device="cpu")


@pytest.fixture
def there(tmp_path: Path) -> Path:
    folder = tmp_path / "there"
    folder.mkdir()
    return folder


@pytest.fixture
def photographs(tmp_path: Path) -> Iterator[list[Path]]:
    """Write photographs into a folder and the same into object storage."""
    paths = write_photographs(tmp_path / "eyes", 9)
    (tmp_path / "eyes" / "broken.png").write_bytes(b"no photograph")
    paths.append(tmp_path / "eyes" / "broken.png")
    system = fsspec.filesystem("memory")
    for path in paths:
        system.pipe_file(f"/bucket/eyes/{path.name}", path.read_bytes())
    yield paths
    system.store.clear()


def fetched(loaded: Ensemble, locations: list[str], folder: Path) -> Iterator[ImageResult]:
    fetcher = Fetcher(folder, [ROOT], threads=2)
    with closing(fetcher.paths(locations)) as paths:
        for result in predict_images(loaded, paths, batch_size=4, workers=2):
            yield fetcher.settled(result)


def rows(results: Iterator[ImageResult], loaded: Ensemble, root: Path) -> list[dict[str, object]]:
    run = RunRecord(
        ensemble=loaded.spec,
        cards=loaded.cards,
        weights_sha256=loaded.weights_sha256,
        device="CPU",
        roots=(root,),
    )
    with_time = [table_row(result, run) for result in results]
    return [
        {name: cell for name, cell in row.items() if name not in ("seconds", "file_modified_ns")}
        for row in with_time
    ]


def test_rows_are_those_of_the_same_files_in_a_folder(
    loaded: Ensemble, photographs: list[Path], there: Path
) -> None:
    urls = [f"{ROOT}/{path.name}" for path in photographs]
    remote = rows(fetched(loaded, urls, there), loaded, there)
    here = predict_images(loaded, photographs, batch_size=4, workers=2)
    assert remote == rows(here, loaded, photographs[0].parent)
    assert remote[-1]["status"] == "failed"
    assert list(there.iterdir()) == []


@pytest.mark.usefixtures("photographs")
def test_what_is_missing_in_the_storage_is_a_row_that_says_so(
    loaded: Ensemble, there: Path
) -> None:
    urls = [f"{ROOT}/gone.png", f"{ROOT}/000.png"]
    gone, good = rows(fetched(loaded, urls, there), loaded, there)
    assert gone["relative_path"] == "gone.png"
    assert gone["error"] == "there is no such file in the storage"
    assert good["status"] == "ok"


@pytest.mark.usefixtures("photographs")
def test_whatever_error_a_storage_has_is_a_row_and_the_others_are_done(
    loaded: Ensemble, there: Path
) -> None:
    urls = ["odd://bucket/patient.png", f"{ROOT}/000.png", "odd://bucket/silent"]
    denied, good, silent = rows(fetched(loaded, urls, there), loaded, there)
    told = "it could not be fetched from the storage (CloudError)"
    assert (denied["error"], silent["error"], good["status"]) == (told, told, "ok")
    assert list(there.iterdir()) == []


def test_files_of_the_file_system_stay_where_they_are(
    loaded: Ensemble, photographs: list[Path], there: Path
) -> None:
    locations = [str(photographs[0]), f"{ROOT}/001.png"]
    first, second = fetched(loaded, locations, there)
    assert first.path == photographs[0]
    assert photographs[0].is_file()
    assert first.file_modified_ns == photographs[0].stat().st_mtime_ns
    assert second.path == there / "001.png"
    assert second.file_modified_ns is None


def test_few_files_are_fetched_ahead(tmp_path: Path, photographs: list[Path]) -> None:
    urls = [f"{ROOT}/{path.name}" for path in photographs]
    with closing(Fetcher(tmp_path, [ROOT], threads=1).paths(urls)) as paths:
        next(paths)
    assert len(list(tmp_path.glob("*.png"))) <= 3
