"""Licence, version and citation say the same everywhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

import fundus_gui

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def test_the_licence_is_apache_2_everywhere() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License\n" in licence
    assert "Version 2.0, January 2004" in licence
    assert PROJECT["license"] == CITATION["license"] == "Apache-2.0"
    assert set(PROJECT["license-files"]) == {"LICENSE", "NOTICE"}


def test_the_licence_files_exist() -> None:
    assert all((ROOT / name).is_file() for name in PROJECT["license-files"])


def test_the_citation_is_of_this_version() -> None:
    assert CITATION["version"] == fundus_gui.__version__


def test_the_citation_has_what_the_format_asks_for() -> None:
    assert {"cff-version", "message", "title", "authors"} <= CITATION.keys()
    assert CITATION["cff-version"] == "1.2.0"
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(CITATION["date-released"]))
