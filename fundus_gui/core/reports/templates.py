"""Pages from the templates of the resources, with what all of them write alike."""

from __future__ import annotations

import base64
import math
from typing import Any

from fundus_gui import RESEARCH_USE_ONLY, __version__
from fundus_gui.core.class_titles import class_title
from fundus_gui.core.paths import resources_dir

_FOLDER = "report"  # in the resources


def rendered_page(template: str, **content: Any) -> str:
    """Return a page as HTML; whatever is filled in is text and never markup."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(resources_dir() / _FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["class_title"] = class_title
    environment.filters["figure"] = figure_text
    page = environment.get_template(template)
    return page.render(notice=RESEARCH_USE_ONLY, version=__version__, **content)


def figure_text(value: float | None) -> str:
    """Return a figure with three digits, a dash where there is none."""
    return "–" if value is None or math.isnan(value) else f"{value:.3f}".replace("-", "−")


def svg_address(svg: bytes) -> str:
    """Return an image's address that is the image: a stranger to the page's ids and styles."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
