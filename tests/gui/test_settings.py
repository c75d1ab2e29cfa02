from __future__ import annotations

from pathlib import Path

import pytest

from fundus_gui.gui.settings import (
    RECENT_COUNT,
    AppSettings,
    load_settings,
    put_damaged_aside,
    save_settings,
)

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
def test_a_damaged_file_gives_the_defaults_and_is_put_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.ini"
    path.write_bytes(b"[General]\n" + content)
    assert load_settings(path) == AppSettings()
    aside = put_damaged_aside(path)
    assert aside == tmp_path / "settings.ini.broken-1"
    assert aside.read_bytes() == b"[General]\n" + content
    assert not path.exists()
    save_settings(CHOICES, path)
    assert load_settings(path) == CHOICES
    assert put_damaged_aside(path) is None


def test_no_damaged_file_takes_the_place_of_another(tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    for number in (1, 2, 3):
        path.write_bytes(b"garbage %d" % number)
        assert put_damaged_aside(path) == tmp_path / f"settings.ini.broken-{number}"
    assert (tmp_path / "settings.ini.broken-1").read_bytes() == b"garbage 1"


@pytest.mark.parametrize("length", range(1, 200, 7))
def test_a_cut_file_is_put_aside_unless_what_is_left_is_sound(tmp_path: Path, length: int) -> None:
    path = tmp_path / "settings.ini"
    save_settings(CHOICES, path)
    path.write_bytes(path.read_bytes()[:length])
    left = load_settings(path)
    assert left.recent in ((), CHOICES.recent)
    if put_damaged_aside(path) is None:
        assert load_settings(path) == left


def test_sound_settings_stay_where_they_are(tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    assert put_damaged_aside(path) is None
    path.touch()  # as a full disk leaves it
    assert put_damaged_aside(path) is None
    save_settings(CHOICES, path)
    assert put_damaged_aside(path) is None
    assert load_settings(path) == CHOICES


def test_one_damaged_entry_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    path.write_text("[General]\nauto_run=???\ngrid=true\n", encoding="utf-8")
    assert load_settings(path) == AppSettings(grid=True)
    assert put_damaged_aside(path) is not None


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
