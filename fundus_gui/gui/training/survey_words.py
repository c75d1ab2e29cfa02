"""What was found in labelled photographs, in sentences."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from fundus_gui.core.runs import TrainConfig
from fundus_gui.gui.labels import Counts
from fundus_gui.gui.training.dataset_job import DataSurvey
from fundus_gui.gui.training.notice_box import Remark

_NAMES_AT_MOST = 5


def survey_summary(survey: DataSurvey) -> str:
    """Return how much there is, in one line."""
    translate = QCoreApplication.translate
    dataset = survey.dataset
    facts = [
        Counts().photographs(len(dataset.images)),
        translate("Survey", "{count} classes").format(count=len(dataset.class_names)),
    ]
    if survey.patients < len(dataset.images):
        facts.append(Counts().patients(survey.patients))
    if survey.is_split:
        facts += [
            words.format(count=f"{count:,}")
            for words, count in (
                (translate("Survey", "{count} to learn from"), len(dataset.part("train"))),
                (translate("Survey", "{count} for validation"), len(dataset.part("val"))),
                (translate("Survey", "{count} for the test"), len(dataset.part("test"))),
            )
            if count
        ]
    return " · ".join(facts)


def survey_remarks(survey: DataSurvey, config: TrainConfig) -> list[Remark]:
    """Return what should be read before training, the gravest first."""
    translate = QCoreApplication.translate
    remarks = [Remark("warning", text) for text in survey.notices]
    if survey.pattern and not config.patient_pattern:
        remarks.append(Remark("warning", _unconfirmed()))
    duplicates = survey.duplicates
    if duplicates is not None and (duplicates.exact or duplicates.near):
        refused = config.duplicates == "refuse"
        consequence = ""
        if refused:
            consequence = translate(
                "Survey", "Training refuses them: remove them, or join them instead."
            )
        elif survey.moved:
            words = translate("Survey", "Moved, so that no group is in two parts: {count}.")
            consequence = words.format(count=f"{survey.moved:,}")
        text = f"{duplicates.sentence()} {consequence}".strip()
        remarks.append(Remark("error" if refused else "warning", text))
    elif duplicates is not None:
        remarks.append(Remark("good", duplicates.sentence()))
    if survey.unreadable:
        remarks.append(Remark("error", _unreadable(survey)))
    return sorted(remarks, key=lambda remark: ("error", "warning", "good").index(remark.weight))


def _unconfirmed() -> str:
    return QCoreApplication.translate(
        "Survey",
        "The file names seem to tell patients apart. Confirm it if they do: else photographs of "
        "one patient may be learnt from and tested on.",
    )


def _unreadable(survey: DataSurvey) -> str:
    translate = QCoreApplication.translate
    names = [path.name for path in survey.unreadable]
    shown = ", ".join(names[:_NAMES_AT_MOST])
    more = len(names) - _NAMES_AT_MOST
    if more > 0:
        shown = translate("Survey", "{names} and {count} more").format(
            names=shown, count=f"{more:,}"
        )
    return translate(
        "Survey",
        "Cannot be read as photographs: {names} ({count}). Remove or replace them.",
    ).format(count=f"{len(names):,}", names=shown)
