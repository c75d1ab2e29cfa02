"""The curve of a learning-rate search shows what was found, in a new file."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.figure import Figure

from fundus_gui.core.errors import ExportError
from fundus_gui.core.reports.rate_search import draw_rate_search, write_rate_search

RATES, LOSSES = [1e-4, 1e-3, 1e-2], [1.8, 1.1, 2.5]


def test_it_shows_the_losses_and_where_the_suggestion_lies() -> None:
    axes = Figure().subplots()
    draw_rate_search(axes, RATES, LOSSES, 1e-3)
    curve, mark = axes.get_lines()
    assert list(curve.get_xdata()) == RATES
    assert list(curve.get_ydata()) == LOSSES
    assert list(mark.get_xdata()) == [1e-3, 1e-3]
    assert mark.get_label() == "suggestion 1.0e-03"


@pytest.mark.parametrize(("name", "beginning"), [("a.png", b"\x89PNG"), ("b.SVG", b"<?xml")])
def test_the_name_says_which_kind_of_picture(tmp_path: Path, name: str, beginning: bytes) -> None:
    write_rate_search(tmp_path / "new" / name, RATES, LOSSES, 1e-3)
    assert (tmp_path / "new" / name).read_bytes().startswith(beginning)


def test_no_file_is_overwritten_and_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    file = tmp_path / "curve.png"
    file.write_text("mine")
    with pytest.raises(ExportError, match=r"curve\.png exists already; nothing was overwritten"):
        write_rate_search(file, RATES, LOSSES, 1e-3)
    assert file.read_text() == "mine"
    with pytest.raises(ExportError, match="cannot be written"):
        write_rate_search(file / "below a file.png", RATES, LOSSES, 1e-3)
