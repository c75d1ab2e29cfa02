"""The scripts that make the documentation, and the pages as the generator gets them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "build_scripts"

if str(SCRIPTS) not in sys.path:
    sys.path.append(str(SCRIPTS))


@pytest.fixture(scope="session")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of all pages, with what is generated filled in."""
    from documentation.pages import stage

    folder = tmp_path_factory.mktemp("documentation") / "pages"
    stage(folder)
    return folder


@pytest.fixture(scope="session", params=["en", "zh_CN"])
def language(request: pytest.FixtureRequest) -> str:
    """Return each language of the guide in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def guide(language: str) -> dict[str, str]:
    """Return the texts of the guide by file name."""
    from documentation import guide

    return guide.guide(language)
