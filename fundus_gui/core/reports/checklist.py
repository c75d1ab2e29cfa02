"""What guidelines ask of a report, each point answered by the program or left to the author."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from fundus_gui.core.paths import resources_dir


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One point of a guideline.

    Attributes:
        number: as the guideline counts.
        asks: what for, in our own words.
        answer: what the program knows of it; empty if nothing.
        author: what only the author can say; empty if nothing is left.
    """

    number: str
    asks: str
    answer: str
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideline:
    """A guideline with those of its points that concern an evaluation."""

    name: str
    citation: str
    items: tuple[Item, ...]

    @property
    def answered(self) -> int:
        """Points of which the program knows something."""
        return sum(bool(item.answer) for item in self.items)


def filled_checklist(answers: Mapping[str, str]) -> tuple[Guideline, ...]:
    """Return CLAIM and TRIPOD+AI with the answers, by the names that `checklist.toml` has."""
    path = resources_dir() / "report" / "checklist.toml"
    listed = tomllib.loads(path.read_text(encoding="utf-8"))["guideline"]
    return tuple(
        Guideline(
            name=guideline["name"],
            citation=guideline["citation"],
            items=tuple(
                Item(
                    number=item["number"],
                    asks=item["asks"],
                    answer=answers[item["answer"]] if "answer" in item else "",
                    author=item.get("author", ""),
                )
                for item in guideline["items"]
            ),
        )
        for guideline in listed
    )
