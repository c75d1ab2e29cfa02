"""A folder of photographs that changed: what still holds is kept, the rest is done."""

from __future__ import annotations

import hashlib
import io
import json
import os
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_parts import done, finish, started
from tiny_photographs import photograph, write_photographs

from fundus_gui.core.distributed import MANIFEST, Changes, Folder, Listing, list_photographs
from fundus_gui.core.errors import ExportError
from fundus_gui.core.export import Pseudonyms


@pytest.fixture
def eyes(tmp_path: Path) -> Path:
    write_photographs(tmp_path / "eyes", 6)
    return tmp_path / "eyes"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(str(tmp_path / "results"))


def listed(*sources: Path) -> Listing:
    return list_photographs([str(source) for source in sources])


def names(folder: Folder, pattern: str = "part-*") -> list[str]:
    assert folder.path is not None
    return sorted(path.name for path in folder.path.glob(pattern))


def photographs_in(folder: Folder) -> list[str]:
    """Return the names in all parts, as whoever reads `part-*` finds them."""
    assert folder.path is not None
    tables = [pq.read_table(path) for path in sorted(folder.path.glob("part-*.parquet"))]
    return [name for table in tables for name in table["relative_path"].to_pylist()]


def is_complete(folder: Folder) -> bool:
    return bool(json.loads(folder.read(MANIFEST) or b"")["is_complete"])


def test_nothing_is_left_to_do_and_nothing_is_touched_where_nothing_changed(
    eyes: Path, folder: Folder
) -> None:
    done(listed(eyes), folder)
    assert folder.path is not None
    before = {path: path.stat().st_mtime_ns for path in folder.path.iterdir()}
    work = started(listed(eyes), folder)
    assert (dict(work.missing), bool(work.changes)) == ({}, False)
    assert {path: path.stat().st_mtime_ns for path in folder.path.iterdir()} == before


def test_what_is_missing_is_cut_as_it_was_the_first_time(eyes: Path, folder: Folder) -> None:
    first = started(listed(eyes), folder)
    finish(first, folder, 1)
    again = started(listed(eyes), folder)
    assert not again.changes
    assert again.missing == {number: first.missing[number] for number in (0, 2)}


def test_photographs_that_came_get_parts_of_their_own(eyes: Path, folder: Folder) -> None:
    done(listed(eyes), folder)
    for name in ("0005", "zzz"):
        photograph(7).save(eyes / f"{name}.png")
    work = done(listed(eyes), folder)
    assert work.changes == Changes(more=2)
    assert len(work.missing) == 1
    assert sorted(photographs_in(folder)) == sorted(path.name for path in eyes.iterdir())
    assert names(folder, "earlier-*") == []
    assert is_complete(folder)


def test_only_parts_with_a_changed_or_lost_photograph_are_done_again(
    eyes: Path, folder: Folder
) -> None:
    done(listed(eyes), folder)
    kept = folder.read("part-000001.parquet")
    earlier = {folder.read(f"part-{number:06}.parquet") for number in (0, 2)}
    photograph(77).save(eyes / "000.png")
    (eyes / "005.png").unlink()
    work = started(listed(eyes), folder)
    assert (work.changes.more, work.changes.changed, work.changes.gone) == (0, 1, 1)
    assert work.changes.again == ("part-000000.parquet", "part-000002.parquet")
    assert not is_complete(folder)
    finish(work, folder)
    assert folder.read("part-000001.parquet") == kept
    assert sorted(photographs_in(folder)) == [f"00{number}.png" for number in range(5)]
    assert is_complete(folder)
    assert {folder.read(name) for name in names(folder, "earlier-*")} == earlier


def test_photographs_that_are_gone_leave_no_part_behind(eyes: Path, folder: Folder) -> None:
    done(listed(eyes), folder)
    for number in (2, 3):
        (eyes / f"00{number}.png").unlink()
    work = done(listed(eyes), folder)
    assert (work.changes.gone, len(work.missing)) == (2, 0)
    assert names(folder) == ["part-000000.parquet", "part-000002.parquet"]
    assert len(names(folder, "earlier-*")) == 1
    assert is_complete(folder)
    assert not started(listed(eyes), folder).changes


@pytest.mark.parametrize("damage", ["gone", "altered", "cut"])
def test_a_part_that_is_not_as_it_was_written_is_done_again(
    eyes: Path, folder: Folder, damage: str
) -> None:
    done(listed(eyes), folder)
    assert folder.path is not None
    path = folder.path / "part-000001.parquet"
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(b"other" if damage == "altered" else content[:3])
    work = done(listed(eyes), folder)
    assert work.changes == Changes(altered=(path.name,), again=(path.name,))
    assert list(work.missing) == [1]
    assert photographs_in(folder) == [f"00{number}.png" for number in range(6)]


def rewritten(content: bytes, damage: str) -> bytes:
    """Return another file that takes a part's place."""
    table, stream = pq.read_table(io.BytesIO(content)), io.BytesIO()
    if damage == "no table":
        return b"other"
    if damage == "another type":
        place = table.schema.get_field_index("file_bytes")
        table = table.set_column(place, "file_bytes", pa.array(["many"] * len(table)))
    elif damage == "no rows":
        table = table[:0]
    else:
        table = table.drop_columns([damage])
    pq.write_table(table, stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    "damage", ["no table", "no rows", "another type", "relative_path", "file_bytes"]
)
def test_a_part_that_was_altered_together_with_the_manifest_is_done_again(
    eyes: Path, folder: Folder, damage: str
) -> None:
    manifest = done(listed(eyes), folder).manifest
    name = "part-000001.parquet"
    content = rewritten(folder.read(name) or b"", damage)
    folder.write(name, content)
    sha256 = hashlib.sha256(content).hexdigest()
    count = 0 if damage == "no rows" else 2
    manifest.parts[1] = replace(manifest.parts[1], sha256=sha256, photographs=count)
    manifest.write(folder)
    work = done(listed(eyes), folder)
    assert work.changes == Changes(altered=(name,), again=(name,))
    assert photographs_in(folder) == [f"00{number}.png" for number in range(6)]


def test_a_photograph_that_could_not_be_read_is_done_again_when_it_can_be(
    eyes: Path, folder: Folder
) -> None:
    (eyes / "lost.png").symlink_to(eyes / "elsewhere.jpeg.away")
    (eyes / "empty.png").touch()
    done(listed(eyes), folder)
    assert not started(listed(eyes), folder).changes
    (eyes / "000.png").rename(eyes / "elsewhere.jpeg.away")
    photograph(0).save(eyes / "000.png")
    changes = started(listed(eyes), folder).changes
    assert changes.changed == 2  # the lost one, and the new one in the other's place


def test_another_folder_is_refused_where_none_of_its_photographs_is_known(
    eyes: Path, folder: Folder, tmp_path: Path
) -> None:
    done(listed(eyes), folder)
    photograph(1).save(tmp_path / "other.png")
    with pytest.raises(ExportError, match="none of the 6 that are done is among these"):
        started(listed(tmp_path / "other.png"), folder)
    assert len(names(folder)) == 3


def test_a_folder_that_is_added_leaves_the_parts_of_the_first(
    eyes: Path, folder: Folder, tmp_path: Path
) -> None:
    done(listed(eyes), folder)
    write_photographs(tmp_path / "more", 3)  # the same names, in another folder
    work = done(listed(tmp_path / "more", eyes), folder)
    assert work.changes == Changes(more=3)
    assert sorted(photographs_in(folder)) == sorted(
        [f"00{number}.png" for number in range(6)] + [f"00{number}.png" for number in range(3)]
    )


def test_twins_of_one_name_in_two_folders_are_told_apart(
    eyes: Path, folder: Folder, tmp_path: Path
) -> None:
    write_photographs(tmp_path / "more", 6)
    for path in (tmp_path / "more").iterdir():
        os.utime(path, ns=(0, 1))
    both = listed(eyes, tmp_path / "more")
    done(both, folder)
    assert not started(both, folder).changes
    photograph(9).save(tmp_path / "more" / "000.png")
    work = started(both, folder)
    assert (work.changes.changed, len(work.changes.again)) == (1, 1)


def test_pseudonyms_are_continued_like_names(eyes: Path, folder: Folder) -> None:
    pseudonyms = Pseudonyms(b"k" * 32)
    done(listed(eyes), folder, pseudonyms)
    photograph(7).save(eyes / "zzz.png")
    assert started(listed(eyes), folder, pseudonyms).changes == Changes(more=1)


def test_killed_while_parts_are_set_aside_it_goes_on(eyes: Path, folder: Folder) -> None:
    done(listed(eyes), folder)
    assert folder.path is not None
    before = {name: folder.read(name) for name in folder.names()}
    photograph(77).save(eyes / "000.png")
    started(listed(eyes), folder)
    aside = names(folder, "earlier-*")
    for name, content in before.items():  # as if it had been killed before the manifest
        folder.write(name, content or b"")
    done(listed(eyes), folder)
    assert names(folder, "earlier-*") == aside
    assert photographs_in(folder) == [f"00{number}.png" for number in range(6)]


def test_a_part_that_a_killed_run_left_behind_is_found_by_nobody(
    eyes: Path, folder: Folder
) -> None:
    work = started(listed(eyes), folder)
    finish(work, folder, 0)
    folder.write("part-000009.parquet", b"written, but not told of yet")
    started(listed(eyes), folder)
    assert names(folder) == ["part-000000.parquet"]
