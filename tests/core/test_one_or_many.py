"""Nowhere in the core or on the command line is "1 photographs" said."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fundus_gui.core.one_or_many import one_or_many

PACKAGE = Path(__file__).resolve().parents[2] / "fundus_gui"
COUNTED = re.compile(
    r"\{\} (?!has |on |these |the )(?:[a-z]+ )?"
    r"(checks|copies|devices|epochs|files|images|members|models|parts|patients|"
    r"photographs|processes|rows|runs|samples|tensors)\b"
)
# Always two or more, or said in another way where it is one.
SEVERAL = {
    "{} devices were asked for",  # more than there are
    "All {} epochs are done.",
    "only {} CUDA devices",
    "{} checks failed.",
    "{} models need {} vote weights",
    "Fixed weights must be given for {} models",
    "A grid of step {} has too many points for {} models",
    "{} models need as many names",
    "name the weights of {} models",
    "{} models, {} labelled images and {} classes",
    "{} entries for {} images",
    "labelled images of at least {} patients",
    "each class needs {} patients",
    "batch_size must be a multiple of the {} processes",
    "cannot be shared by {} processes",
    "made in {} parts",
    "each update of {} photographs",
    "{} photographs of {} patients",  # to fit on: one fold and class need more than one
    "{} training photographs of {}, {} of",  # of the commonest of unequal classes
    "{} tensors fit",
    "The mean of {} samples",
    "parts of {} photographs",  # fewer than one
    "its {} rows",
    "these {} photographs",
    "the {} photographs",
    "{} photographs are",
}


def templates() -> Iterator[tuple[str, str]]:
    """Yield place and text of what is put together from values."""
    for part in ("core", "cli"):
        for path in sorted((PACKAGE / part).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    parts = (
                        str(value.value) if isinstance(value, ast.Constant) else "{}"
                        for value in node.values
                    )
                    yield path.relative_to(PACKAGE).as_posix(), "".join(parts)


def test_every_sentence_that_counts_knows_one_from_many() -> None:
    wrong = [
        (place, text)
        for place, text in templates()
        if COUNTED.search(text) and not any(known in text for known in SEVERAL)
    ]
    assert wrong == []


def test_no_plural_is_made_by_hand() -> None:
    made = [
        path.relative_to(PACKAGE).as_posix()
        for part in ("core", "cli")
        for path in sorted((PACKAGE / part).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.IfExp) and _words(node) == {"", "s"}
    ]
    assert made == []


def _words(choice: ast.IfExp) -> set[object]:
    return {
        branch.value for branch in (choice.body, choice.orelse) if isinstance(branch, ast.Constant)
    }


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 rows are"), (1, "1 row is"), (2, "2 rows are")]
)
def test_one_is_not_many(count: int, words: str) -> None:
    assert f"{count} {one_or_many(count, 'row is', 'rows are')}" == words


def test_most_words_need_only_an_s() -> None:
    assert (one_or_many(1, "epoch"), one_or_many(30, "epoch")) == ("epoch", "epochs")
