from __future__ import annotations

from pathlib import Path

import pytest

from fundus_gui.gui.settings import RECENT_COUNT, AppSettings, load_settings, save_settings

CHOICES = AppSettings(
    auto_run=False,
    fast=True,
    grid=True,
    sorted_bars=False,
    ensemble="pair",
    models=("cnn", 'vit; a, b = "c"'),
    recent=("/photographs/眼底 😀", "C:\\eyes\\left.png"),
    last_folder="/photographs",
    geometry=b"\x00\xff\x01",
    splitter=b"",
    page="train",
    train_splitter=b"\x02",
    evaluate_splitter=b"\x03",
    recent_data=("/eyes",),
)


def test_all_choices_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.ini"
    save_settings(CHOICES, path)
    assert load_settings(path) == CHOICES


def test_without_a_file_there_are_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "settings.ini") == AppSettings()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe\x80garbage\n[[[",
        b"auto_run=perhaps\nmodels=[1]\nrecent={\ngeometry=@@@\n",
        b"models=@ByteArray(\x01)\nauto_run=@Invalid()\ngrid=@Variant(x)\n",
        b"recent=" + b"[" * 100_000,
    ],
)
def test_a_damaged_file_gives_the_defaults(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.ini"
    path.write_bytes(b"[General]\n" + content)
    assert load_settings(path) == AppSettings()


def test_one_damaged_entry_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    path.write_text("[General]\nauto_run=???\ngrid=true\n", encoding="utf-8")
    assert load_settings(path) == AppSettings(grid=True)


def test_a_place_that_cannot_be_written_is_passed_over(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    save_settings(CHOICES, blocked / "settings.ini")
    assert load_settings(blocked / "settings.ini") == AppSettings()


def test_recent_paths_are_newest_first_unique_and_few(tmp_path: Path) -> None:
    settings = AppSettings()
    for number in range(RECENT_COUNT + 3):
        settings = settings.with_recent(tmp_path / f"{number}.png")
    settings = settings.with_recent(tmp_path / "5.png")
    names = [Path(path).stem for path in settings.recent]
    assert names == ["5", "9", "8", "7", "6", "4", "3"]
    assert settings.last_folder == str(tmp_path)
    assert settings.with_recent(tmp_path).last_folder == str(tmp_path)
