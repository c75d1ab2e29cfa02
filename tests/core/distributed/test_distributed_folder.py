"""A folder of results is the same in the file system and in object storage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fundus_gui.core.distributed import Folder, list_photographs
from fundus_gui.core.errors import ConfigError, ExportError, FundusError, ImageError

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed.")
import odd_storage  # noqa: E402, F401 (needs fsspec)


@pytest.fixture(params=["path", "file", "memory"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Folder]:
    locations = {
        "path": str(tmp_path / "results"),
        "file": (tmp_path / "results").as_uri(),
        "memory": "memory://bucket/results/",
    }
    yield Folder(locations[request.param])
    if request.param == "memory":
        fsspec.filesystem("memory").store.clear()


def test_what_is_written_is_read_again(folder: Folder) -> None:
    assert folder.names() == []
    assert folder.read("a") is None
    with folder.alone():
        folder.write("b", b"1")
        folder.write("a", b"2")
        folder.write("a", b"3")
    assert folder.names() == ["a", "b"]
    assert (folder.read("a"), folder.read("b")) == (b"3", b"1")
    folder.remove("b")
    assert folder.names() == ["a"]


def test_nothing_but_the_results_lies_in_the_folder(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path / "results"))
    with folder.alone():
        folder.write("a", b"1")
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["a"]


def test_two_commands_do_not_write_one_folder(tmp_path: Path) -> None:
    with (
        Folder(str(tmp_path)).alone(),
        pytest.raises(ExportError, match="another window or command"),
        Folder(str(tmp_path)).alone(),
    ):
        pass


def test_what_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ExportError, match="cannot be written"):
        Folder(str(tmp_path / "file")).write("a", b"1")
    with pytest.raises(ExportError, match="cannot be read"):
        Folder(str(tmp_path / "file")).names()
    with pytest.raises(ConfigError, match="nonsense"):
        Folder("nonsense://bucket").write("a", b"1")


@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        (lambda: Folder("odd://bucket/results").names(), ExportError),
        (lambda: Folder("odd://bucket/results").read("a"), ExportError),
        (lambda: Folder("odd://bucket/results").write("a", b"1"), ExportError),
        (lambda: Folder("odd://bucket/results").remove("a"), ExportError),
        (lambda: list_photographs(["odd://bucket/eyes"]), ImageError),
        (lambda: list_photographs(["odd://bucket/list.csv"]), ImageError),
    ],
)
def test_errors_of_any_storage_are_a_sentence_without_its_keys(
    ask: Callable[[], object], kind: type[FundusError]
) -> None:
    with pytest.raises(
        kind, match=r"(Access to https://cloud\.example/bucket/.* was denied)"
    ) as it:
        ask()
    assert "secret" not in str(it.value)
    assert "\n" not in str(it.value)


def test_a_missing_place_is_told_without_its_keys() -> None:
    place = "memory://me:secret@nowhere/eyes?Signature=secret"
    with pytest.raises(ImageError, match="no file or folder at memory://nowhere/eyes;") as it:
        list_photographs([place])
    assert "secret" not in str(it.value)
    assert str(Folder(place)) == "memory://nowhere/eyes"


def test_an_error_without_a_word_is_told_by_its_kind() -> None:
    with pytest.raises(ExportError, match=r"cannot be read \(CloudError\)"):
        Folder("odd://bucket/silent").names()
