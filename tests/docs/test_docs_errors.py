"""Every family of errors has its place in the documentation, and quotations are the program's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from documentation.sentences import GAP, Sentence, all_texts, families, sentences

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")


def quotations() -> list[str]:
    """Return the first cells of the page's tables."""
    rows = re.findall(r"^\| (?P<sentence>.+?) \| .+ \|$", PAGE, re.MULTILINE)
    return [row for row in rows if row not in ("sentence", "---")]


def as_written(text: str) -> str:
    """Return a text as it may stand in the page, where anything may have been left out."""
    return " ".join(text.replace("|", " ").split())


@pytest.fixture(scope="module")
def found() -> list[Sentence]:
    """Return the sentences of the program."""
    return sentences()


def test_every_family_has_a_section() -> None:
    headings = re.findall(r"^## (\w+)$", PAGE, re.MULTILINE)
    assert families().keys() - set(headings) == set()


def test_every_section_of_a_family_is_of_one_that_exists() -> None:
    headings = re.findall(r"^## (\w+Error)$", PAGE, re.MULTILINE)
    assert set(headings) - families().keys() == set()


def test_every_quotation_is_a_sentence_of_the_program() -> None:
    texts = [as_written(text) for text in all_texts()]
    patterns = {
        quoted: ".*".join(re.escape(part.strip()) for part in quoted.split(GAP))
        for quoted in quotations()
    }
    assert len(patterns) > 30
    unknown = [
        quoted
        for quoted, pattern in patterns.items()
        if not any(re.search(pattern, text) for text in texts)
    ]
    assert unknown == []


def test_the_sentences_of_every_family_are_listed(found: list[Sentence], staged: Path) -> None:
    listed = (staged / "errors.md").read_text(encoding="utf-8")
    raised = {sentence.family for sentence in found}
    assert raised == {family for family in families() if f"### All of {family}\n" in listed}
    assert "ImageError" in raised


def test_most_places_that_raise_an_error_are_found(found: list[Sentence]) -> None:
    assert len(found) > 150


def test_a_sentence_is_no_longer_than_one_can_take_in(found: list[Sentence]) -> None:
    assert [sentence for sentence in found if len(sentence.text) > 300] == []


def test_sentences_are_found_with_gaps_and_through_subclasses(tmp_path: Path) -> None:
    package = tmp_path / "program"
    package.mkdir()
    (package / "part.py").write_text(
        "class OddError(ConfigError): pass\n"
        "def run(size, known):\n"
        "    raise OddError(f'The size must be even, not {size}.')\n"
        "    raise UnknownNameError('recipe', size, known)\n"
        "    raise ValueError('not of the family')\n",
        encoding="utf-8",
    )
    found = {(sentence.family, sentence.text) for sentence in sentences(package)}
    assert found == {
        ("ConfigError", f"The size must be even, not {GAP}."),
        ("UnknownNameError", f"There is no recipe named '{GAP}'. {GAP}"),
    }
