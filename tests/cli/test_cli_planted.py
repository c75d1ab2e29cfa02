"""What stands inside a photograph's file never enters an export, whatever the format or field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from planted_photographs import DIGITS, TOKEN, write_planted
from tiny_results import read_table

Run = Callable[..., Any]  # a command's words in, its code, out and err out

# pydicom doubts some of what is planted, which the program hides from its users.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_no_field_of_any_format_is_told(run: Run, tmp_path: Path, suffix: str) -> None:
    folder, out = tmp_path / "photographs", tmp_path / "out" / f"r{suffix}"
    is_sound = write_planted(folder)
    texts = {path.name: path.read_bytes() for path in folder.iterdir()}
    encodings = [TOKEN.encode(), TOKEN.encode("utf-16be"), DIGITS.encode()]
    sound = {name for name, can_be_read in is_sound.items() if can_be_read}
    assert all(any(text in texts[name] for text in encodings) for name in sound)
    done = run("classify", folder, "--out", out)
    assert done.code == 3
    rows = read_table(out)
    classified = {row["filename"] for row in rows if row["status"] == "ok"}
    assert classified == sound
    warned = [row["filename"] for row in rows if "profile" in (row["warnings"] or "")]
    assert len(warned) == 5  # all but the BMP have one
    exported = out.read_bytes() + out.with_suffix(".json").read_bytes()
    exported += repr(rows).encode() + (done.out + done.err).encode()
    for text in (*encodings, b"19310415"):
        assert text not in exported
