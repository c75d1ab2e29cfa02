"""The labelled photographs that a vote or a temperature is fitted on, judged by the models."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from fundus_gui.cli.assessment_display import shown_progress
from fundus_gui.cli.choice import labelled_part
from fundus_gui.cli.console import err, printable
from fundus_gui.core.assessments import Classify, DataPart, JudgedPart
from fundus_gui.core.assessments.assessing import Progress, judge, known_hashes, read_part
from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.core.errors import DatasetError
from fundus_gui.core.leaks import refuse_overlap


def data_part(folder: Path, name: str, split: Path | None, *, allow_test: bool) -> DataPart:
    """Return which photographs, or refuse the test part.

    Raises:
        DatasetError: the test part was not allowed.
    """
    if name == "test" and not allow_test:
        raise DatasetError(
            "What is fitted on the test part cannot be measured on it any more. Fit on the "
            "validation part (--part val), or give --allow-test if you have another test set."
        )
    return labelled_part(folder, name, split)


def judged_by(
    spec: EnsembleSpec,
    part: DataPart,
    catalogue: Catalogue,
    classify: Classify,
    *,
    allow_overlap: bool,
) -> tuple[JudgedPart, tuple[str, ...]]:
    """Let the members judge a part, and return what must be said of it.

    Raises:
        DatasetError: a member was trained on some of the photographs, which was not allowed, or
            they cannot be used as they are.
    """
    steps = _judged_by(spec, part, catalogue, classify, allow_overlap=allow_overlap)
    with shown_progress() as show, closing(steps):
        while True:
            try:
                show(next(steps))
            except StopIteration as end:
                judged, warnings = end.value
                break
    for sentence in warnings:
        err.print(printable(f"WARNING: {sentence}"), style="bold red", soft_wrap=True)
    for unreadable in judged.unreadable:
        sentence = f"{unreadable.path.name} is left out: {unreadable.error}"
        err.print(printable(sentence), style="yellow", soft_wrap=True)
    return judged, warnings


def _judged_by(
    spec: EnsembleSpec,
    part: DataPart,
    catalogue: Catalogue,
    classify: Classify,
    *,
    allow_overlap: bool,
) -> Generator[Progress, None, tuple[JudgedPart, tuple[str, ...]]]:
    cards = {name: catalogue.model(name).card for name in spec.members}
    class_names = cards[spec.members[0]].class_names
    yield Progress("reading", text=part.title)
    images = read_part(part, class_names)
    hashes = yield from known_hashes(images)
    warnings = refuse_overlap(cards, hashes, is_allowed=allow_overlap)
    judged = yield from judge(part, spec, class_names, classify, images)
    return judged, warnings
