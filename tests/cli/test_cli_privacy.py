"""No name and no metadata of a photograph leaves through an export that is to name none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from tiny_photographs import photograph
from tiny_results import read_table

from fundus_gui.core.export import own_pseudonyms

Run = Callable[..., Any]  # a command's words in, its code, out and err out

TOKENS = [f"PATIENT{number:02}TOKEN" for number in range(20)]
_ARTIST, _COPYRIGHT, _DESCRIPTION, _OWNER, _USER_COMMENT = 315, 33432, 270, 0xA430, 0x9286
_SERIAL, _GPS_AREA, _XP_AUTHOR, _EXIF, _GPS = 0xA431, 28, 0x9C9D, 0x8769, 0x8825


def plant(folder: Path) -> Path:
    """Write photographs that carry every token, and return the folder to open."""
    t = iter(TOKENS)
    opened = folder / next(t) / next(t)
    inner = opened / next(t)
    inner.mkdir(parents=True)
    exif = Image.Exif()
    for tag in (_ARTIST, _COPYRIGHT, _DESCRIPTION):
        exif[tag] = next(t)
    exif[_XP_AUTHOR] = next(t).encode("utf-16le")
    exif.get_ifd(_EXIF).update({tag: next(t) for tag in (_OWNER, _SERIAL)})
    exif.get_ifd(_EXIF)[_USER_COMMENT] = b"ASCII\0\0\0" + next(t).encode()
    exif.get_ifd(_GPS)[_GPS_AREA] = b"ASCII\0\0\0" + next(t).encode()
    photograph(1).save(opened / f"{next(t)}.jpg", exif=exif, comment=next(t).encode())
    text = PngInfo()
    text.add_text("Patient Name", next(t))
    text.add_itxt("XML:com.adobe.xmp", f"<x>{next(t)}</x>")
    photograph(2).save(inner / f"{next(t)}.png", pnginfo=text)
    photograph(3).save(inner / f"{next(t)}.tif", description=next(t), artist=next(t))
    (inner / f"{next(t)}.jpg").write_bytes(b"\xff\xd8\xff no more of it")
    assert next(t, None) is None
    return opened


def told(folder: Path) -> set[str]:
    """Return the tokens in the files of a folder and in their names."""
    texts = [
        str(path.relative_to(folder)).encode() + (path.read_bytes() if path.is_file() else b"")
        for path in folder.rglob("*")
    ]
    return {
        token
        for token in TOKENS
        for text in texts
        if token.encode() in text or token.encode("utf-16le") in text
    }


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_hashed_paths_tell_nothing_of_twenty_planted_tokens(
    run: Run, tmp_path: Path, suffix: str
) -> None:
    opened, out = plant(tmp_path / "photographs"), tmp_path / "out"
    table = out / f"r{suffix}"
    done = run("classify", opened, "--paths", "hashed", "--out", table)
    assert done.code == 3
    assert "3 classified, 1 could not be read" in done.out
    assert told(tmp_path / "photographs") == set(TOKENS)
    assert told(out) == set()
    if suffix == ".csv":
        photograph(9).save(opened / "new.jpg")
        photograph(8).save(next(opened.glob(f"{TOKENS[11][:7]}*.jpg")))
        run("classify", opened, "--resume", table)
        assert (out / "r.before-1.csv").exists()
        assert told(out) == set()
    assert run("verify", table, opened).code == 0
    assert told(tmp_path / "home") == set()


def test_relative_paths_tell_names_below_the_opened_folder_and_nothing_else(
    run: Run, tmp_path: Path
) -> None:
    opened, out = plant(tmp_path / "photographs"), tmp_path / "out"
    assert run("classify", opened, "--out", out / "r.csv").code == 3
    names = {
        part.partition(".")[0] for p in opened.rglob("*") for part in p.relative_to(opened).parts
    }
    (out / "r.json").unlink()  # which tells the command and the opened folder
    assert told(out) == names & set(TOKENS)
    assert str(tmp_path).encode() not in (out / "r.csv").read_bytes()


def test_an_evaluation_with_hashed_paths_tells_no_name(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "eyes"
    data.mkdir()
    lines = ["filename,label,patient_id,split,remark"]
    for number in range(24):
        photograph(number).save(data / f"{TOKENS[0]} {number}.png")
        label = ("amd", "glaucoma", "normal")[number % 3]
        part = ("val", "test")[number % 2]
        patient = f"{TOKENS[1]} {number}"
        lines.append(f"{TOKENS[0]} {number}.png,{label},{patient},{part},{TOKENS[2]} {number}")
    (data / f"{TOKENS[0]} 1.png").write_bytes(b"no photograph")
    (data / "labels.csv").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path / "out"
    words = ("--ensemble", "pair", "--tune-on", "val", "--replicates", "50", "--device", "cpu")
    assert run("evaluate", "--data", data, *words, "--paths", "hashed", "--out", out).code == 3
    assert (out / "unreadable.csv").is_file()
    assert told(out) == set()
    for path in out.rglob("*.*"):
        assert str(tmp_path).encode() not in path.read_bytes()
    names = read_table(out / "predictions.csv")
    assert own_pseudonyms().of(f"{TOKENS[0]} 3.png") in {row["filename"] for row in names}
