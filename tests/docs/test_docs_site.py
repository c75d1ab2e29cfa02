"""The site is built without a warning and needs no internet to be read."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
from documentation.pages import page_names

ROOT = Path(__file__).resolve().parents[2]
GENERATOR = ("sphinx", "furo", "myst_parser")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site, built in a process of its own."""
    missing = [name for name in GENERATOR if find_spec(name) is None]
    if missing:
        pytest.skip(f"The generator of the site is not installed ({', '.join(missing)}).")
    out = tmp_path_factory.mktemp("documentation") / "site"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import docs, pathlib, sys; sys.exit(docs.build_site(pathlib.Path(sys.argv[1])))",
            str(out),
        ],
        cwd=ROOT / "build_scripts",
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def test_every_page_is_built(site: Path) -> None:
    assert [n for n in ("index", *page_names()) if not (site / f"{n}.html").is_file()] == []


def test_a_page_loads_nothing_from_the_internet(site: Path) -> None:
    for path in site.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r'<(?:script|img|iframe|source)\b[^>]*\ssrc="(?:https?:)?//', text)
        assert not re.search(r'<link\b[^>]*\shref="(?:https?:)?//', text)
    for path in site.rglob("*.css"):
        assert not re.search(r"url\(.?(?:https?:)?//|@import", path.read_text(encoding="utf-8"))


def test_the_site_can_be_searched_from_the_disk(site: Path) -> None:
    assert "Search.setIndex" in (site / "searchindex.js").read_text(encoding="utf-8")


def test_a_folder_that_is_no_site_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years", encoding="utf-8")
    import docs

    with pytest.raises(SystemExit, match="no site"):
        docs.replace_site(tmp_path / "built", tmp_path)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "years"


def test_the_generator_is_named_in_the_project() -> None:
    import docs

    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert docs.needed() == groups["dependency-groups"]["docs"]
    assert {"sphinx", "furo", "myst-parser"} == {re.split("[<>=]", n)[0] for n in docs.needed()}
