"""Chinese words are drawn in every weight, with a face that is there and without a warning."""

from __future__ import annotations

import logging
from io import BytesIO

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from fundus_gui.core.reports.style import LIGHT, font


@pytest.mark.parametrize("is_bold", [False, True])
@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_chinese_is_drawn_without_a_warning(
    is_bold: bool, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    figure = Figure()
    FigureCanvasAgg(figure)
    figure.text(0.2, 0.5, "青光眼 glaucoma", **font(LIGHT, is_bold=is_bold))
    with caplog.at_level(logging.WARNING):
        figure.savefig(BytesIO(), format=kind)  # a missing letter is a warning, and an error here
    assert caplog.records == []
