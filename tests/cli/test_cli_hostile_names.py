"""Names that no table, terminal or spreadsheet expects: one whole row each, readable again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_photographs import photograph
from tiny_results import read_table

from fundus_gui.core.export import read_results

pytestmark = pytest.mark.skipif(os.name != "posix", reason="uses names that Windows forbids")

NAMES = (
    b"two\nlines.png", b"\r\n.png", b"tab\t.png", b'quo"te".png', b"it's.png", b"com,ma;semi.png",
    b"=1+1.png", b"+1.png", b"-1.png", b"@SUM(A1).png", b"'=1.png", b" =1.png", b"--help.png",
    b"x" * 246 + b".png", "眼".encode() * 82 + b".png",
    "עין ימין.png".encode(), "a\u202egnp.exe.png".encode(), "\ufeff.png".encode(),
    "e\u0301.png".encode(), "\u00e9.png".encode(), "👁️.png".encode(),
    b"\x01\x1b[31m.png", b"%s{0}$HOME`ls`.png", b"[red]bold.png", b"a..png",
)  # fmt: skip
UNDECODABLE = (b"\xff\xfe.png", b"caf\xe9.png", b"\xed\xa0\x80.png")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Return photographs of all names, by hash; every one differs."""
    folder = tmp_path / "eyes"
    folder.mkdir()
    written = {}
    for seed, name in enumerate(NAMES + UNDECODABLE):
        path = folder / os.fsdecode(name)
        photograph(seed).save(path, "PNG")
        written[hashlib.sha256(path.read_bytes()).hexdigest()] = path
    return written


def test_every_name_has_one_whole_row_that_can_be_read_again(
    run: Callable[..., Any], files: dict[str, Path], tmp_path: Path
) -> None:
    table = tmp_path / "r.csv"
    done = run("classify", tmp_path / "eyes", "--out", table)
    assert done.code == 0, done.err
    assert "\x1b" not in done.out
    rows = read_table(table)
    assert {row["image_sha256"] for row in rows} == files.keys()
    assert len(rows) == len(files)
    assert all(row["status"] == "ok" and float(row["prob"]) > 0 for row in rows)
    assert not any(cell.lstrip()[:1] in tuple("=+-@") for row in rows for cell in texts(row))
    for result in read_results(table):
        told = files[result.image_sha256].name.encode("utf-8", "backslashreplace").decode()
        assert result.path == tmp_path / "eyes" / told


def texts(row: dict[str, str]) -> list[str]:
    return [row[name] for name in ("filename", "relative_path", "error", "label")]


def test_a_file_named_on_the_command_line_may_have_any_name(
    run: Callable[..., Any], files: dict[str, Path], tmp_path: Path
) -> None:
    for number, path in enumerate(list(files.values())[:: len(files) // 4]):
        assert run("classify", path, "--out", tmp_path / f"{number}.csv").code == 0
