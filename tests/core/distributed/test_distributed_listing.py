"""Folders, lists and object storage all become one listing in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_photographs import write_photographs

from fundus_gui.core.distributed import list_photographs
from fundus_gui.core.distributed.listing import relative_name
from fundus_gui.core.errors import ConfigError, ImageError
from fundus_gui.core.images import find_images

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed.")


@pytest.fixture
def storage() -> Iterator[None]:
    """Fill an object storage that lives in memory."""
    system = fsspec.filesystem("memory")
    names = ["10.jpg", "9.jpg", "note.txt", "deeper/1.PNG", "deeper/2.csv", "other/3.jpg"]
    for name in names:
        system.pipe_file(f"/bucket/eyes/{name}", b"")
    yield
    system.rm("/bucket", recursive=True)


def test_a_folder_is_listed_as_on_one_machine(tmp_path: Path) -> None:
    write_photographs(tmp_path / "eyes", 12)
    write_photographs(tmp_path / "eyes" / "more", 2)
    listing = list_photographs([str(tmp_path / "eyes")])
    assert listing.locations == tuple(map(str, find_images([tmp_path / "eyes"])))
    assert listing.local_roots == (tmp_path / "eyes",)
    flat = list_photographs([str(tmp_path / "eyes")], recursive=False)
    assert len(flat.locations) == 12


def test_relative_paths_become_absolute_since_workers_are_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_photographs(tmp_path / "eyes", 1)
    monkeypatch.chdir(tmp_path)
    expected = (str(tmp_path / "eyes" / "000.png"),)
    assert list_photographs(["eyes"]).locations == expected
    assert list_photographs(["eyes/000.png"]).locations == expected
    assert list_photographs([(tmp_path / "eyes").as_uri()]).locations == expected


def test_a_text_list_counts_from_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(
        b"\xef\xbb\xbfa.jpg\r\n\nsub/b.jpg\n/abs/c.jpg\nmemory://bucket/d.jpg\na.jpg\nn\xe9.jpg\n"
    )
    listing = list_photographs([str(tmp_path / "list.txt")])
    assert listing.locations == (
        str(tmp_path / "a.jpg"),
        str(tmp_path / "sub" / "b.jpg"),
        "/abs/c.jpg",
        "memory://bucket/d.jpg",
        str(tmp_path / "n\udce9.jpg"),
    )
    assert listing.roots == (str(tmp_path),)


@pytest.mark.parametrize(
    "content",
    ['id,path\n1,a.jpg\n2,"b,c.jpg"\n', 'url\na.jpg\n"b,c.jpg"\n', 'a.jpg,1\n"b,c.jpg",2\n'],
    ids=["a column named path", "a column named url", "no heading"],
)
def test_a_csv_list_is_read_by_its_heading_or_first_column(tmp_path: Path, content: str) -> None:
    (tmp_path / "list.csv").write_text(content, encoding="utf-8")
    listing = list_photographs([str(tmp_path / "list.csv")])
    assert [Path(path).name for path in listing.locations] == ["a.jpg", "b,c.jpg"]


@pytest.mark.usefixtures("storage")
def test_object_storage_is_listed_by_name_images_only() -> None:
    listing = list_photographs(["memory://bucket/eyes"])
    assert listing.locations == tuple(
        f"memory://bucket/eyes/{name}"
        for name in ("10.jpg", "9.jpg", "deeper/1.PNG", "other/3.jpg")
    )
    assert listing.local_roots == ()
    assert len(list_photographs(["memory://bucket/eyes/"], recursive=False).locations) == 2
    assert list_photographs(["memory://bucket/eyes/9.jpg"]).locations == (
        "memory://bucket/eyes/9.jpg",
    )


@pytest.mark.usefixtures("storage")
def test_a_list_in_object_storage_counts_from_its_place() -> None:
    content = b"9.jpg\nmemory://bucket/eyes/10.jpg\n/local/a.jpg\n"
    fsspec.filesystem("memory").pipe_file("/bucket/eyes/list.txt", content)
    listing = list_photographs(["memory://bucket/eyes/list.txt"])
    assert listing.roots == ("memory://bucket/eyes",)
    assert listing.locations[:2] == ("memory://bucket/eyes/9.jpg", "memory://bucket/eyes/10.jpg")


def test_what_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    for missing in (tmp_path / "no", tmp_path / "no.txt"):
        with pytest.raises(ImageError):
            list_photographs([str(missing)])
    with pytest.raises(ImageError, match="check the spelling"):
        list_photographs(["memory://bucket/no"])
    with pytest.raises(ConfigError, match="nonsense"):
        list_photographs(["nonsense://bucket/eyes"])


def test_its_sources_list_the_same_again_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_photographs(tmp_path / "eyes", 3)
    (tmp_path / "list.txt").write_text("eyes/002.png\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    listing = list_photographs(["list.txt", "eyes"])
    assert listing.sources == (str(tmp_path / "list.txt"), str(tmp_path / "eyes"))
    monkeypatch.chdir(tmp_path / "eyes")
    assert list_photographs(listing.sources) == listing


@pytest.mark.usefixtures("storage")
def test_object_storage_tells_the_sizes() -> None:
    fsspec.filesystem("memory").pipe_file("/bucket/eyes/9.jpg", b"123")
    sizes = list_photographs(["memory://bucket/eyes"]).sizes
    assert sizes["memory://bucket/eyes/9.jpg"] == 3


def test_a_url_of_a_kind_that_nothing_reads_is_refused_before_anything_is_done(
    tmp_path: Path,
) -> None:
    (tmp_path / "list.txt").write_text("a.jpg\nnonsense://bucket/b.jpg\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="nonsense"):
        list_photographs([str(tmp_path / "list.txt")])


def test_urls_are_named_below_their_root_else_without_scheme() -> None:
    roots = ["s3://bucket/eyes", "s3://bucket/eyes/left/"]
    assert relative_name("s3://bucket/eyes/left/a.jpg", roots) == "a.jpg"
    assert relative_name("s3://bucket/eyes/right/a.jpg", roots) == "right/a.jpg"
    assert relative_name("gs://bucket/a.jpg", roots) == "bucket/a.jpg"
    assert relative_name("sftp://me:secret@host/a.jpg", roots) == "host/a.jpg"
    assert relative_name("memory:///a@b/c.jpg", roots) == "a@b/c.jpg"
