"""The manifest tells what is done, keeps it, and refuses other work in the same folder."""

from __future__ import annotations

import hashlib
import json
import platform
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from made_parts import new_manifest
from tiny_results import run_record

from fundus_gui.core.distributed import MANIFEST, Folder, Listing, Manifest, PartRecord
from fundus_gui.core.distributed.manifest import part_name, part_number
from fundus_gui.core.errors import ExportError
from fundus_gui.core.export import Pseudonyms

LISTING = Listing(tuple(f"/eyes/{number}.jpg" for number in range(5)), ("/eyes",), ("/eyes",))
SIZES = (2, 2, 1)  # of the parts


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(str(tmp_path / "results"))


def manifest() -> Manifest:
    return new_manifest(LISTING, run_record())


def write_part(into: Manifest, folder: Folder, number: int) -> None:
    content = f"part {number}".encode()
    folder.write(part_name(number), content)
    into.parts[number] = PartRecord(
        name=part_name(number),
        photographs=SIZES[number],
        failed=number == 0,
        referred=0,
        labels={"amd": 1},
        sha256=hashlib.sha256(content).hexdigest(),
        last_row_hash="",
        device=f"device {number}",
        number_format="float32",
    )


def begun(folder: Folder, *numbers: int) -> Manifest:
    made = manifest()
    for number in numbers:
        write_part(made, folder, number)
    made.write(folder)
    return made


def test_a_new_folder_holds_nothing_yet(folder: Folder) -> None:
    continued = manifest().continued(folder)
    assert (continued.parts, continued.is_complete) == ({}, False)


def test_finished_parts_are_kept(folder: Folder) -> None:
    made = begun(folder, 2, 0)
    continued = replace(manifest(), part_size=99).continued(folder)
    assert continued.parts == made.parts
    assert continued.part_size == 2
    assert not continued.is_complete
    write_part(continued, folder, 1)
    assert continued.is_complete


def test_it_says_what_there_is_and_how_it_was_made(folder: Folder) -> None:
    begun(folder, 1, 0)
    record = json.loads(folder.read(MANIFEST) or b"")
    assert record["is_complete"] is False
    assert (record["photographs"], record["classified"], record["failed"]) == (5, 3, 1)
    assert [part["name"] for part in record["parts"]] == [part_name(0), part_name(1)]
    assert record["device"] == "device 0, device 1"
    assert record["roots"] == record["sources"] == ["/eyes"]
    assert record["ensemble"]["members"]


def test_each_continuation_is_written_down(folder: Folder) -> None:
    begun(folder, 0)
    again = replace(manifest(), run=replace(manifest().run, command="again"))
    again.continued(folder).write(folder)
    first, second = manifest().run, json.loads(folder.read(MANIFEST) or b"")
    assert second["command"] == first.command
    assert [entry["command"] for entry in second["resumed"]] == ["again"]


def test_other_work_in_the_same_folder_is_refused(folder: Folder) -> None:
    begun(folder, 0)
    run = run_record()
    other = replace(run, ensemble=replace(run.ensemble, weights=(0.9, 0.1)))
    with pytest.raises(ExportError, match="ensemble differ"):
        replace(manifest(), run=other).continued(folder)
    with pytest.raises(ExportError, match="precision differ"):
        replace(manifest(), precision="fast").continued(folder)
    hashes = dict.fromkeys(run.weights_sha256, "0" * 64)
    with pytest.raises(ExportError, match="models differ"):
        replace(manifest(), run=replace(run, weights_sha256=hashes)).continued(folder)


def test_a_folder_of_something_else_is_never_written_into(folder: Folder) -> None:
    folder.write("thesis.docx", b"")
    with pytest.raises(ExportError, match="not empty"):
        manifest().continued(folder)


def test_with_pseudonyms_it_tells_no_name_nor_a_hash_that_could_be_guessed(folder: Folder) -> None:
    run = replace(run_record(), pseudonyms=Pseudonyms(b"k" * 32), command="classify /eyes")
    begun = new_manifest(LISTING, run)
    begun.write(folder)
    begun.continued(folder).write(folder)
    text = (folder.read(MANIFEST) or b"").decode()
    assert "/eyes" not in text
    for hashed in ("/eyes", "/eyes/0.jpg", "0.jpg", json.dumps([LISTING.locations, LISTING.roots])):
        assert hashlib.sha256(hashed.encode()).hexdigest() not in text
    assert platform.node() not in text


def test_what_opens_a_storage_is_not_written_down(folder: Folder) -> None:
    signed = "https://cloud.example/eyes/0.jpg?X-Amz-Signature=SECRET&X-Amz-Date=1"
    with_password = "sftp://me:SECRET@host/eyes?"
    spaced = "https://cloud.example/o'b 1.jpg?Signature=SECRET"
    command = shlex.join(
        ["classify", signed, f"--out={with_password}", "what?.jpg", with_password, spaced]
    )
    listing = Listing((signed, "/eyes/1.jpg"), (signed, with_password), (signed, with_password))
    begun = new_manifest(listing, replace(run_record(), command=command))
    write_part(begun, folder, 2)
    begun.write(folder)
    continued = begun.continued(folder)
    assert continued.parts == begun.parts
    continued.write(folder)
    text = (folder.read(MANIFEST) or b"").decode()
    assert "SECRET" not in text
    record, place = json.loads(text), "https://cloud.example/eyes/0.jpg"
    assert record["sources"] == record["roots"] == [place, "sftp://host/eyes"]
    told = shlex.join(
        [
            *("classify", place, "--out=sftp://host/eyes", "what?.jpg", "sftp://host/eyes"),
            "https://cloud.example/o'b 1.jpg",
        ]
    )
    assert record["command"] == told
    assert [entry["command"] for entry in record["resumed"]] == [told]


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"parts": 1}'])
def test_a_damaged_manifest_is_a_sentence(folder: Folder, content: bytes) -> None:
    folder.write(MANIFEST, content)
    with pytest.raises(ExportError, match="cannot be read"):
        manifest().continued(folder)


def test_names_of_parts_sort_like_the_parts() -> None:
    assert sorted(map(part_name, (10, 9, 100))) == list(map(part_name, (9, 10, 100)))
    assert part_number(part_name(123)) == 123
    for name in ("part-1.parquet", "other", "part-000001.csv"):
        with pytest.raises(ValueError, match=r"part|invalid literal"):
            part_number(name)
