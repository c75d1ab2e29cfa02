"""Decoded photographs: equal wherever they are kept, decoded once, found again by the next run."""

from __future__ import annotations

import os
import pickle
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny_photographs import write_photographs

from fundus_gui.core import paths
from fundus_gui.core.datasets import LabelledImage
from fundus_gui.core.errors import ConfigError, ImageError
from fundus_gui.core.images import load_image
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.runs import Preparing, TrainConfig
from fundus_gui.core.training import views as module
from fundus_gui.core.training.views import Views, decode_views, remove_least_recent

HOW = Preprocessing(size=32)
KEEPING = ("memory", "disk", "none", "auto")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of views on disk, empty at first."""
    monkeypatch.setenv("FUNDUS_GUI_HOME", str(tmp_path / "home"))
    return paths.cache_dir() / "views"


@pytest.fixture
def images(tmp_path: Path) -> list[LabelledImage]:
    """Return a dozen photographs."""
    files = write_photographs(tmp_path / "photographs", 12)
    return [LabelledImage(path=path, label="a", patient_id=path.name) for path in files]


def finished(decoding: Generator[Preparing, None, Views]) -> tuple[list[Preparing], Views]:
    """Return all that a generator yields, and what it returns."""
    events = []
    while True:
        try:
            events.append(next(decoding))
        except StopIteration as stop:
            return events, stop.value


def decoded(images: list[LabelledImage], cache: Any = "disk", how: Preprocessing = HOW) -> Views:
    return finished(decode_views(images, how, TrainConfig(cache=cache)))[1]


@pytest.mark.parametrize("keeping", KEEPING)
def test_views_are_what_the_preprocessing_makes_of_the_photographs(
    keeping: Any, images: list[LabelledImage]
) -> None:
    views = decoded(images, keeping)
    assert len(views) == 12
    for index, image in enumerate(images):
        expected = HOW.view(load_image(image.path)).transpose(2, 0, 1)
        assert views[index].dtype == torch.uint8
        np.testing.assert_array_equal(views[index], expected)
    for array, image in zip(views.arrays(), images, strict=True):
        np.testing.assert_array_equal(array, HOW.view(load_image(image.path)))


@pytest.mark.parametrize("keeping", ["memory", "disk"])
def test_each_photograph_is_decoded_only_once(keeping: Any, images: list[LabelledImage]) -> None:
    views = decoded(images, keeping)
    before = views[3].clone()
    for image in images:
        image.path.unlink()
    assert torch.equal(views[3], before)


@pytest.mark.parametrize("keeping", KEEPING)
def test_worker_processes_can_be_given_the_views(keeping: Any, images: list[LabelledImage]) -> None:
    views = decoded(images, keeping)
    copy: Views = pickle.loads(pickle.dumps(views))
    assert torch.equal(copy[7], views[7])


def test_views_on_disk_travel_to_a_worker_process_by_name(images: list[LabelledImage]) -> None:
    assert len(pickle.dumps(decoded(images, "disk"))) < 1000


def test_progress_is_told_up_to_the_last_photograph(images: list[LabelledImage]) -> None:
    events, _ = finished(decode_views(images, HOW, TrainConfig(cache="memory")))
    assert events[-1] == Preparing(stage="decoding", done=12, total=12)
    assert [event.done for event in events] == sorted({event.done for event in events})


@pytest.mark.parametrize("keeping", ["memory", "disk"])
def test_an_unreadable_photograph_is_named(
    keeping: Any, images: list[LabelledImage], cache: Path
) -> None:
    images[5].path.write_bytes(b"")
    with pytest.raises(ImageError, match=r"005\.png: the file is empty"):
        decoded(images, keeping)
    images[5].path.unlink()
    with pytest.raises(ImageError, match=r"005\.png"):
        decoded(images, keeping)
    assert not cache.exists() or not list(cache.iterdir())


# The folder on disk -------------------------------------------------------------------------------


def test_the_next_run_finds_the_views_on_disk(images: list[LabelledImage], cache: Path) -> None:
    before = decoded(images)
    (file,) = cache.iterdir()
    written = file.stat().st_ino
    events, again = finished(decode_views(images, HOW, TrainConfig(cache="disk")))
    assert events == []
    assert torch.equal(again[3], before[3])
    assert [path.stat().st_ino for path in cache.iterdir()] == [written]


def test_other_colour_statistics_need_no_other_views(
    images: list[LabelledImage], cache: Path
) -> None:
    decoded(images)
    decoded(images, how=Preprocessing(size=32, mean=(0.4, 0.3, 0.2), std=(0.1, 0.1, 0.1)))
    assert len(list(cache.iterdir())) == 1


def test_whatever_changes_the_views_makes_new_ones(
    images: list[LabelledImage], cache: Path
) -> None:
    decoded(images)
    decoded(images, how=Preprocessing(size=24))
    decoded(images, how=Preprocessing(size=32, contrast="ben-graham"))
    decoded(images[:-1])
    decoded(images[::-1])
    os.utime(images[0].path, (1, 1))
    decoded(images)
    assert len(list(cache.iterdir())) == 6


def test_what_was_begun_and_left_is_no_cache(images: list[LabelledImage], cache: Path) -> None:
    decoding = decode_views(images, HOW, TrainConfig(cache="disk"))
    next(decoding)
    decoding.close()
    assert list(cache.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_one_sentence(
    images: list[LabelledImage], cache: Path
) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where the folder should be")
    with pytest.raises(ConfigError, match=r"cannot be kept in .*another cache: memory or none"):
        decoded(images)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_one_sentence(
    images: list[LabelledImage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "replacing", lambda _: Path("/dev/full").open("wb"))  # noqa: SIM115
    with pytest.raises(ConfigError, match=r"No space left on device; .* GB are needed"):
        decoded(images)


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    for number, name in enumerate(("newest", "middle", "oldest")):
        path = tmp_path / name
        path.write_bytes(bytes(100))
        os.utime(path, (1000 - number, 1000 - number))
    remove_least_recent(tmp_path, keep=tmp_path / "oldest", most_bytes=250)
    assert {path.name for path in tmp_path.iterdir()} == {"newest", "oldest"}


def test_using_a_cache_makes_it_recent(images: list[LabelledImage], cache: Path) -> None:
    decoded(images)
    (file,) = cache.iterdir()
    os.utime(file, (1, 1))
    decoded(images)
    assert file.stat().st_mtime > 1


def test_views_that_fill_the_memory_are_kept_on_disk(
    images: list[LabelledImage], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = 12 * 3 * 32 * 32
    monkeypatch.setattr(module, "_free_memory", lambda: 4 * needed + 4)
    decoded(images, "auto")
    assert not cache.exists()
    monkeypatch.setattr(module, "_free_memory", lambda: 4 * needed)
    decoded(images, "auto")
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize("length", [0, 5, 60, 200, 1000])
def test_damaged_views_on_disk_are_made_again(
    images: list[LabelledImage], cache: Path, length: int
) -> None:
    whole = [view.clone() for view in map(decoded(images).__getitem__, range(12))]
    (file,) = cache.iterdir()
    content = file.read_bytes()
    file.write_bytes(content[:length])
    again = decoded(images)
    assert all(torch.equal(again[number], view) for number, view in enumerate(whole))
    file.write_bytes(b"\x93NUMPY\x01\0" + content[8:200].swapcase() + content[200:])
    again = decoded(images)
    assert all(torch.equal(again[number], view) for number, view in enumerate(whole))
