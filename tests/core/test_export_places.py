"""The photograph of a row is found again, also where several have its name."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from fundus_gui.core.export.places import places_of, same_bytes
from fundus_gui.core.export.verifying import SampledRow, locate
from fundus_gui.core.images import find_images
from fundus_gui.core.results import UnreadableImage


def row(name: str, content: bytes) -> SampledRow:
    digest = hashlib.sha256(content).hexdigest()
    return SampledRow(2, name, UnreadableImage(Path(name), "no picture", digest))


@pytest.fixture
def twins(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders with files of the same name and other bytes."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "eye.png").write_bytes(folder.encode())
    return tmp_path / "a", tmp_path / "b"


def test_of_files_with_one_name_it_is_the_one_with_the_bytes_of_the_row(
    twins: tuple[Path, Path],
) -> None:
    rows = [row("eye.png", b"b"), row("eye.png", b"a")]
    found = [path for _, path in locate(rows, twins, (), None)]
    assert found == [twins[1] / "eye.png", twins[0] / "eye.png"]


def test_where_none_has_them_it_is_the_first(twins: tuple[Path, Path]) -> None:
    places = places_of("eye.png", twins)
    assert same_bytes(row("eye.png", b"other").result, places) == twins[0] / "eye.png"


def test_a_name_that_is_no_text_is_found_among_the_photographs(tmp_path: Path) -> None:
    name = b"caf\xe9.png".decode("utf-8", "surrogateescape")
    try:
        (tmp_path / name).write_bytes(b"e")
    except OSError:
        pytest.skip("this file system takes text only")
    (found,) = locate([row("caf\\udce9.png", b"e")], [tmp_path], find_images([tmp_path]), None)
    assert found[1] == tmp_path / name


def test_what_is_gone_is_left_out(tmp_path: Path) -> None:
    assert list(locate([row("eye.png", b"e")], [tmp_path], (), None)) == []
