"""Size, time and hash of a file, which every result carries so that the file is known again."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from tiny_photographs import photograph, write_photographs

from fundus_gui.core import inference
from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.ensemble import load_ensemble
from fundus_gui.core.images import file_sha256, file_stamp, read_photograph
from fundus_gui.core.inference import predict_images

posix_only = pytest.mark.skipif(os.name != "posix", reason="uses links and pipes of POSIX")


def test_a_stamp_is_size_and_time_of_the_file_that_a_link_leads_to(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"12345")
    os.utime(path, ns=(0, 1_700_000_000_123_456_700))
    assert file_stamp(path) == (5, path.stat().st_mtime_ns)
    assert file_stamp(tmp_path / "missing") == (None, None)
    assert file_stamp(Path("nul\0")) == (None, None)


@posix_only
def test_only_files_have_a_hash_and_a_pipe_does_not_block(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("a")
    assert file_sha256(tmp_path / "a") == hashlib.sha256(b"12345").hexdigest()
    assert file_sha256(tmp_path / "link") == file_sha256(tmp_path / "a")
    for nothing in (tmp_path, tmp_path / "pipe", tmp_path / "missing", Path("nul\0")):
        assert file_sha256(nothing) == ""


def test_every_result_carries_the_stamp_of_its_file(tmp_path: Path, tiny_weights: Path) -> None:
    catalogue = read_catalogue([tiny_weights])
    ensemble = load_ensemble(catalogue.of_models(["tiny_a"]), catalogue, device="cpu")
    paths = [*write_photographs(tmp_path, 2), tmp_path / "odd.jpg", tmp_path / "missing.jpg"]
    paths[2].write_bytes(b"no photograph")
    for path, result in zip(paths, predict_images(ensemble, paths), strict=True):
        assert (result.file_bytes, result.file_modified_ns) == file_stamp(path)
        assert result.image_sha256 == file_sha256(path)


def test_a_file_that_is_replaced_while_it_is_read_does_not_match_later(
    tmp_path: Path, tiny_weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = read_catalogue([tiny_weights])
    ensemble = load_ensemble(catalogue.of_models(["tiny_a"]), catalogue, device="cpu")
    (path,) = write_photographs(tmp_path, 1)
    stamp = file_stamp(path)

    def reading_and_replacing(path: Path, **how: int) -> object:
        read = read_photograph(path, **how)
        photograph(5).save(path.with_name("new.png"))
        path.with_name("new.png").replace(path)
        return read

    monkeypatch.setattr(inference, "read_photograph", reading_and_replacing)
    (result,) = predict_images(ensemble, [path])
    assert (result.file_bytes, result.file_modified_ns) == stamp != file_stamp(path)
