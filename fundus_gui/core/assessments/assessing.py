"""From a folder of labelled photographs to their evaluation, as a generator of its progress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import numpy as np

from fundus_gui import __version__
from fundus_gui.core.assessments.leak_check import find_leaks, hash_bytes
from fundus_gui.core.assessments.records import Assessment, Classify, DataPart, JudgedPart
from fundus_gui.core.catalogue import Catalogue, EnsembleSpec, check_same_classes
from fundus_gui.core.datasets import (
    Dataset,
    ImageHashes,
    LabelledImage,
    hash_images,
    read_dataset,
    read_split,
)
from fundus_gui.core.datasets.labelled import shortened
from fundus_gui.core.errors import DatasetError
from fundus_gui.core.evaluation import (
    EvaluationReport,
    EvaluationSettings,
    LabelledPredictions,
    evaluation_steps,
)
from fundus_gui.core.one_or_many import one_or_many
from fundus_gui.core.results import ImageResult, ModelsReady, Prediction, UnreadableImage
from fundus_gui.core.runs.data import PERCEPTUAL, SHA256

Stage = Literal["reading", "hashing", "loading", "classifying", "measuring"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one stage of an evaluation is.

    Attributes:
        stage: which; the stages after "hashing" come once for each part.
        done, total: photographs or steps; total is 0 where it is not known.
        text: what is worked on, e.g. "odir, test".
    """

    stage: Stage
    done: int = 0
    total: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRequest:
    """What is to be evaluated.

    Attributes:
        judged: photographs to measure on.
        spec: models and how they vote.
        tuning: photographs to fit temperature, prediction sets and thresholds on; or None.
        settings: what to measure, and how.
        name: of the evaluation; made from models and data when empty.
        near_duplicates: look by looks too, not by bytes alone, for photographs that are among the
            training images or in both parts.
    """

    judged: DataPart
    spec: EnsembleSpec
    tuning: DataPart | None = None
    settings: EvaluationSettings = field(default_factory=EvaluationSettings)
    name: str = ""
    near_duplicates: bool = True

    @property
    def parts(self) -> tuple[DataPart, ...]:
        """The part to measure on, and the one to fit on if there is one."""
        return (self.judged,) if self.tuning is None else (self.judged, self.tuning)

    @property
    def title(self) -> str:
        """The given name, or one in words."""
        return self.name or f"{self.spec.name} on {self.judged.title}"


def assess(
    request: AssessmentRequest, catalogue: Catalogue, classify: Classify
) -> Generator[Progress | Assessment, None, None]:
    """Evaluate labelled photographs; the last record is the Assessment.

    What can be refused is refused before the first photograph is decoded. Closing the generator
    cancels.

    Raises:
        DatasetError: the photographs cannot be used as they are, or none can be read.
        FundusError: models or settings that do not go together.
    """
    spec = request.spec
    cards = {name: catalogue.model(name).card for name in spec.members}
    check_same_classes([catalogue.model(name) for name in spec.members])
    class_names = cards[spec.members[0]].class_names
    request.settings.grades(class_names)
    yield Progress("reading", text=request.judged.title)
    labelled = [read_part(part, class_names) for part in request.parts]
    _refuse_shared_files(*labelled)
    lists_images = any(card.training.get("image_hashes") for card in cards.values())
    compared = labelled if lists_images or request.tuning else []  # else there is nothing to find
    hashes = yield from known_hashes(
        [image for images in compared for image in images], request.near_duplicates
    )
    leaks, warnings = find_leaks(cards, *labelled, hashes=hashes)
    warnings += _shared_patients(*labelled)
    judged, ready = yield from _judge(request.judged, labelled[0], spec, class_names, classify)
    tuning = None
    if request.tuning is not None:
        tuning, _ = yield from _judge(request.tuning, labelled[1], spec, class_names, classify)
    report = yield from _measure(judged, tuning, spec, request.settings)
    # No warning names a photograph or a patient, since reports get passed on.
    yield Assessment(
        name=request.title,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        judged=judged,
        tuning=tuning,
        report=report,
        leaks=leaks,
        warnings=(*warnings, *_unreadable(judged), *_unreadable(tuning)),
        weights_sha256=ready.weights_sha256,
        licences={name: card.licence for name, card in cards.items()},
        device=ready.device_name,
        number_format=ready.number_format,
        version=__version__,
    )


def judge(
    part: DataPart,
    spec: EnsembleSpec,
    class_names: Sequence[str],
    classify: Classify,
    labelled: Sequence[LabelledImage] | None = None,
) -> Generator[Progress, None, JudgedPart]:
    """Return labelled photographs with what each member says of them.

    Args:
        part: which photographs.
        spec: whose members judge.
        class_names: of the members, in the order of their outputs.
        classify: the engine.
        labelled: what `read_part` returned, where it was called already.

    Raises:
        DatasetError: the photographs cannot be used as they are, or none can be read.
    """
    if labelled is None:
        yield Progress("reading", text=part.title)
        labelled = read_part(part, class_names)
    judged, _ = yield from _judge(part, labelled, spec, tuple(class_names), classify)
    return judged


def read_part(part: DataPart, class_names: Sequence[str]) -> tuple[LabelledImage, ...]:
    """Return the labelled photographs of a part.

    Args:
        part: which.
        class_names: that a label may have; not all need to occur.

    Raises:
        DatasetError: the folder cannot be read, has no such part, or has other classes.
    """
    dataset = _read(part.folder, part.split)
    images = dataset.images if part.part is None else dataset.part(part.part)
    if not images:
        raise DatasetError(_parts_sentence(dataset, part))
    foreign = sorted({image.label for image in images} - set(class_names))
    if foreign:
        raise DatasetError(
            f"{part.title} has photographs of classes that the models do not know: "
            f"{shortened(foreign)}. They know {shortened(class_names, most=20)}. Rename the "
            "classes, or leave these photographs out."
        )
    return tuple(replace(image, extra=_without_hashes(image.extra)) for image in images)


def _without_hashes(extra: Mapping[str, str]) -> dict[str, str]:
    """Leave out what `split.csv` adds to `labels.csv`."""
    return {name: cell for name, cell in extra.items() if name not in (SHA256, PERCEPTUAL)}


def _read(folder: Path, split: Path | None) -> Dataset:
    resolved = folder.resolve()  # so that the files are found again from anywhere
    return read_dataset(resolved) if split is None else read_split(resolved, split)


def default_part(folder: Path, split: Path | None = None) -> DataPart:
    """Return what to measure on where nothing is said: the test part, or all without one.

    Raises:
        DatasetError: the folder cannot be read.
    """
    has_test = bool(_read(folder, split).part("test"))
    return DataPart(folder=folder, part="test" if has_test else None, split=split)


def _parts_sentence(dataset: Dataset, wanted: DataPart) -> str:
    counts = Counter(image.part for image in dataset.images if image.part is not None)
    advice = "or give the split.csv of a training run that has this part."
    if not counts:
        return (
            f"{dataset.name} is not divided into parts, so that there is no part "
            f"'{wanted.part}'. Take all its photographs, {advice}"
        )
    listed = " and ".join(f"'{name}' (photographs: {count})" for name, count in counts.items())
    return f"{dataset.name} has no part '{wanted.part}', but {listed}. Choose one, {advice}"


def _refuse_shared_files(
    judged: Iterable[LabelledImage], tuning: Iterable[LabelledImage] = ()
) -> None:
    """Refuse to measure on what temperature and thresholds were fitted on."""
    fitted_on = {image.path.resolve() for image in tuning}
    shared = [image.path.name for image in judged if image.path.resolve() in fitted_on]
    if shared:
        raise DatasetError(
            f"{len(shared)} {one_or_many(len(shared), 'photograph is', 'photographs are')} both to "
            f"measure on and to fit temperature and thresholds on ({shortened(shared, most=3)}), "
            "so that the figures would flatter the models. Choose two parts that have no "
            "photograph in common."
        )


def known_hashes(
    images: Sequence[LabelledImage], near_duplicates: bool = True
) -> Generator[Progress, None, dict[Path, ImageHashes]]:
    """Return the hashes of photographs by path; those that cannot be read are left out.

    Args:
        images: any number.
        near_duplicates: hash the looks too, not only the bytes.
    """
    hashes: dict[Path, ImageHashes] = {}
    found = hash_images(images) if near_duplicates else hash_bytes(images)
    for done, (image, known) in enumerate(found, start=1):
        if known is not None:
            hashes[image.path] = known
        yield Progress("hashing", done, len(images))
    return hashes


def _shared_patients(
    judged: Sequence[LabelledImage], tuning: Sequence[LabelledImage] = ()
) -> list[str]:
    count = len(set(known_patients(judged)) & set(known_patients(tuning)))
    if not count:
        return []
    sentence = (
        f"{count} {one_or_many(count, 'patient is', 'patients are')} also in the part that "
        "temperature and thresholds are fitted on, so the figures flatter the models."
    )
    return [sentence]


# --- classification -----------------------------------------------------------------------------


def _judge(
    part: DataPart,
    images: Sequence[LabelledImage],
    spec: EnsembleSpec,
    class_names: tuple[str, ...],
    classify: Classify,
) -> Generator[Progress, None, tuple[JudgedPart, ModelsReady]]:
    yield Progress("loading", text=part.title)
    ready = ModelsReady("")
    results: list[ImageResult] = []
    with closing(classify(spec, [image.path for image in images])) as records:
        for record in records:
            if isinstance(record, ModelsReady):
                ready = record
            else:
                results.append(record)
            yield Progress("classifying", len(results), len(images), part.title)
    return _judged_part(part, images, results, spec, class_names), ready


def _judged_part(
    part: DataPart,
    images: Sequence[LabelledImage],
    results: Sequence[ImageResult],
    spec: EnsembleSpec,
    class_names: tuple[str, ...],
) -> JudgedPart:
    pairs = list(zip(images, results, strict=True))
    answered = [(image, found) for image, found in pairs if isinstance(found, Prediction)]
    unreadable = tuple(found for found in results if isinstance(found, UnreadableImage))
    if not answered:
        example = f"{unreadable[0].path.name}: {unreadable[0].error}"
        raise DatasetError(
            f"None of {_the_photographs(len(images))} of {part.title} could be classified "
            f"({example})."
        )
    readable = tuple(image for image, _ in answered)
    probabilities = np.array([found.member_probabilities for _, found in answered], np.float64)
    index = {name: number for number, name in enumerate(class_names)}
    return JudgedPart(
        source=replace(part, folder=part.folder.resolve()),
        images=readable,
        predictions=LabelledPredictions(
            class_names=class_names,
            member_names=spec.members,
            probabilities=probabilities.swapaxes(0, 1),  # (N, M, K) to (M, N, K)
            labels=np.array([index[image.label] for image in readable]),
            patients=known_patients(readable),
            columns=known_columns(readable),
        ),
        image_sha256=tuple(found.image_sha256 for _, found in answered),
        unreadable=unreadable,
    )


def _the_photographs(count: int) -> str:
    return one_or_many(count, "the 1 photograph", f"the {count} photographs")


def known_patients(images: Sequence[LabelledImage]) -> tuple[str, ...]:
    """Return each image's patient, or nothing where all are called as their own files."""
    is_known = any(Path(image.patient_id).name != image.path.name for image in images)
    return tuple(image.patient_id for image in images) if is_known else ()


def known_columns(images: Sequence[LabelledImage]) -> dict[str, tuple[str, ...]]:
    """Return laterality and the further columns, those in which at least one cell is filled."""
    names = dict.fromkeys(name for image in images for name in image.extra)
    columns = {"laterality": tuple(image.laterality for image in images)}
    columns |= {name: tuple(image.extra.get(name, "") for image in images) for name in names}
    return {name: cells for name, cells in columns.items() if any(cells)}


def _unreadable(part: JudgedPart | None) -> list[str]:
    if part is None or not part.unreadable:
        return []
    count = len(part.unreadable)
    photographs = _the_photographs(count + len(part.images))
    sentence = (
        f"{count} of {photographs} of {part.source.title} could not be classified and "
        f"{one_or_many(count, 'is', 'are')} in no figure; a table says which and why."
    )
    return [sentence]


def _measure(
    judged: JudgedPart, tuning: JudgedPart | None, spec: EnsembleSpec, settings: EvaluationSettings
) -> Generator[Progress, None, EvaluationReport]:
    fitted_on = None if tuning is None else tuning.predictions
    yield Progress("measuring", text=judged.source.title)
    for step in evaluation_steps(judged.predictions, spec, settings, fitted_on):
        if isinstance(step, EvaluationReport):
            return step
        yield Progress("measuring", step.done, step.steps, step.doing)
    raise AssertionError("an evaluation ends with its report")
