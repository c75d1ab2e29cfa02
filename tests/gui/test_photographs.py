from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundus_gui.gui.photographs import PathList, Photographs

names = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=8
).filter(lambda name: name not in {".", ".."})
paths = st.lists(names, min_size=1, max_size=4).map(lambda parts: Path(*parts))


def opened(*given_paths: Path, roots: tuple[Path, ...] = ()) -> Photographs:
    photographs = Photographs()
    photographs.add(given_paths, roots)
    return photographs


@given(st.lists(paths))
def test_every_path_comes_back_once_and_in_order(given_paths: list[Path]) -> None:
    photographs = opened(*given_paths, *given_paths)
    distinct = list(dict.fromkeys(given_paths))
    assert list(photographs.paths()) == distinct
    assert [photographs.find(path) for path in distinct] == list(range(len(distinct)))


@given(st.lists(paths), paths)
def test_what_was_not_opened_is_not_found(given_paths: list[Path], other: Path) -> None:
    photographs = opened(*given_paths)
    assert (photographs.find(other) is None) == (other not in given_paths)


@given(st.lists(paths), st.text(max_size=3))
def test_a_title_is_found_by_any_part_of_it_in_any_case(given_paths: list[Path], text: str) -> None:
    root = Path("opened")
    photographs = opened(*(root / path for path in given_paths), roots=(root,))
    titles = [photographs.title(position).split("\n") for position in range(len(photographs))]
    found = [any(text.casefold() in line.casefold() for line in title) for title in titles]
    if "\n" not in "".join(map(str, given_paths)) + text:
        assert photographs.named(text.upper()).tolist() == [
            any(text.upper().casefold() in line.casefold() for line in title) for title in titles
        ]
        assert photographs.named(text).tolist() == found
        assert photographs.named(text, 2).tolist() == found[2:]


def test_photographs_can_be_numbered_instead_of_named() -> None:
    root = Path("opened")
    photographs = opened(*(root / "left" / f"{name}.png" for name in "abc"), roots=(root,))
    photographs.numbering = "Photograph {number}"
    assert [photographs.title(position) for position in range(3)] == [
        "Photograph 1",
        "Photograph 2",
        "Photograph 3",
    ]
    assert photographs.named("GRAPH 2").tolist() == [False, True, False]
    assert photographs.named("3", 1).tolist() == [False, True]
    assert not photographs.named("left").any()
    photographs.numbering = ""
    assert photographs.title(1) == "b.png\nleft"


@pytest.mark.parametrize("place", [Path("1.png"), Path("/1.png"), Path("eyes/left/1.png")])
def test_a_path_is_the_same_wherever_it_lies(place: Path) -> None:
    assert opened(place).path(0) == place


def test_a_list_of_paths_is_a_sequence_that_stays_when_others_are_added() -> None:
    photographs = opened(Path("1.png"), Path("2.png"), Path("3.png"))
    listed = photographs.paths()
    photographs.add([Path("4.png")])
    assert isinstance(listed, PathList)
    assert (len(listed), listed[-1], list(listed[1:])) == (
        3,
        Path("3.png"),
        [Path("2.png"), Path("3.png")],
    )
