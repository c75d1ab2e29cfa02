from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image, ImageChops
from PySide6.QtGui import QColor, QPixmap
from pytestqt.qtbot import QtBot

SCRIPTS = Path(__file__).resolve().parent.parent / "build_scripts"


@pytest.fixture
def screenshots(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    monkeypatch.setattr(sys, "path", list(sys.path))  # the script adds to it
    spec = importlib.util.spec_from_file_location("screenshots", SCRIPTS / "screenshots.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_was_grabbed_is_written_in_its_colours(
    screenshots: ModuleType, qtbot: QtBot, tmp_path: Path
) -> None:
    del qtbot
    pixmap = QPixmap(31, 7)  # rows that are padded
    pixmap.fill(QColor("#0072b2"))
    screenshots.save(pixmap, tmp_path / "new" / "blue.png")
    with Image.open(tmp_path / "new" / "blue.png") as written:
        assert written.size == (31, 7)
        assert written.convert("RGB").getcolors() == [(31 * 7, (0, 114, 178))]


def test_large_pictures_keep_flat_areas_clean_and_rare_colours(screenshots: ModuleType) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (200, 400, 3), np.uint8)
    noise[..., 2] //= 4  # a photograph of the retina has little blue
    picture = Image.new("RGB", (400, 400), "#efefef")
    picture.paste(Image.fromarray(noise), (0, 200))
    picture.paste("#cc79a7", (10, 10, 26, 26))
    few = screenshots._in_few_colours(picture)
    assert few.mode == "P"
    flat = (0, 0, 400, 200)
    error = ImageChops.difference(picture.crop(flat), few.convert("RGB").crop(flat))
    assert np.asarray(error).max() <= 12
