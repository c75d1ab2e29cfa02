"""What the status line says of a classification."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from fundus_gui.gui.classification import Classification, Phase
from fundus_gui.gui.result_columns import Status
from fundus_gui.gui.results_model import ResultsModel
from fundus_gui.gui.status_bar import RunStatusBar


def show_classification(bar: RunStatusBar, state: Classification, model: ResultsModel) -> None:
    """Show what runs and how far it is, or what has come out."""
    translate = QCoreApplication.translate
    if state.phase is Phase.READING:
        bar.show_text(translate("Status", "Reading the table…"), busy=True)
    elif state.phase is Phase.LISTING:
        found = f"{model.total:,}"
        text = translate("Status", "Looking for photographs… {found} found").format(found=found)
        bar.show_text(text, busy=True)
    elif state.phase is Phase.LOADING:
        bar.show_text(translate("Status", "Loading models…"), busy=True)
    elif state.phase is Phase.CLASSIFYING and state.progress is not None:
        bar.show_progress(state.progress)
    else:
        bar.show_text(_summary(model))


def _summary(model: ResultsModel) -> str:
    translate = QCoreApplication.translate
    if not model.total:
        return translate("Status", "Ready")
    failed, waiting = model.count(Status.FAILED), model.count(Status.WAITING)
    classified = model.total - waiting - failed
    text = translate("Status", "{count} classified").format(count=f"{classified:,}")
    if failed:
        text += translate("Status", ", {count} could not be read").format(count=f"{failed:,}")
    if waiting:
        text += translate("Status", ", {count} waiting").format(count=f"{waiting:,}")
    return text
