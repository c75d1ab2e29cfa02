"""The order in which photographs are listed: by their numbers, not by their digits."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from fundus_gui.core.images import find_images
from fundus_gui.core.images.listing import _natural_key


def numbers_and_letters(name: str) -> tuple[list[str | int], str]:
    parts = re.split(r"([0-9]+)", name.casefold())
    return [int(part) if index % 2 else part for index, part in enumerate(parts)], name


@given(st.lists(st.text("aAbB0012359.-! _é眼"), max_size=8))
def test_names_are_compared_number_by_number_and_letter_by_letter(names: list[str]) -> None:
    in_order = sorted(sorted(names), key=_natural_key)
    assert in_order == sorted(names, key=numbers_and_letters)


def test_subfolders_follow_in_the_same_order(tmp_path: Path) -> None:
    names = ["eye 9.jpg", "eye 10.jpg", "visit 2/a.jpg", "visit 10/a.jpg", "visit 010/b.jpg"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    listed = [path.relative_to(tmp_path).as_posix() for path in find_images([tmp_path])]
    assert listed == [*names[:3], "visit 010/b.jpg", "visit 10/a.jpg"]
