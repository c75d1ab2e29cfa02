"""What can be done with a run, as it stands."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QPushButton, QWidget

from fundus_gui.core.runs import Request
from fundus_gui.gui.training.live_run import LiveRun, report_file
from fundus_gui.gui.training.run_control import RunControl


class RunButtons(QWidget):
    """Asks the training on the left, opens and uses what it made on the right.

    Signals:
        message: what has been asked, in a sentence.
    """

    message = Signal(str)

    def __init__(self, control: RunControl, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._control = control
        self._live: LiveRun | None = None
        self._asked: Request | None = None
        self.pause = self._button(self.tr("&Pause"), self._on_pause)
        self.stop_after = self._button(self.tr("Stop &after this epoch"), self._on_stop_after)
        self.stop = self._button(self.tr("&Stop now"), self._on_stop)
        self.resume = self._button(self.tr("&Resume"), self._on_resume)
        self.folder = self._button(self.tr("Open &folder"), self._on_folder)
        self.report = self._button(self.tr("Open re&port"), self._on_report)
        self.add = self._button(self.tr("Add to &library…"), self._on_add)
        self.evaluate = self._button(self.tr("&Evaluate model"), self._on_evaluate)
        self.use = self._button(self.tr("&Use model"), self._on_use)
        self._explain()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for button in (self.pause, self.stop_after, self.stop, self.resume):
            layout.addWidget(button)
        layout.addStretch(1)
        for button in (self.folder, self.report, self.add, self.evaluate, self.use):
            layout.addWidget(button)

    def show_run(self, live: LiveRun) -> None:
        """Offer what can be done with this run now."""
        before, self._live = self._live, live
        run = live.run
        if before is None or _state(before) != _state(live):
            self._asked = None
        is_resuming = self._control.is_resuming(run.folder.path)
        is_paused = run.status == "paused"
        self.pause.setText(self.tr("&Continue") if is_paused else self.tr("&Pause"))
        for button in (self.pause, self.stop_after, self.stop):
            button.setVisible(run.is_alive)
            button.setEnabled(live.is_listening and self._asked != "stop")
        self.pause.setEnabled(self.pause.isEnabled() and self._asked is None)
        self.stop_after.setEnabled(self.stop_after.isEnabled() and self._asked is None)
        self.resume.setVisible(not run.is_alive and live.can_resume)
        self.resume.setEnabled(not is_resuming)
        self.folder.show()
        self.report.setVisible(live.has_report)
        self.add.setVisible(live.has_weights and not run.is_alive)
        self.evaluate.setVisible(live.has_weights and not run.is_alive)
        self.use.setVisible(live.has_weights)

    def _button(self, text: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(slot)
        button.hide()
        return button

    def _explain(self) -> None:
        for button, text in (
            (self.pause, self.tr("Keep everything in memory and wait")),
            (self.stop_after, self.tr("Finish and evaluate this epoch; can be resumed")),
            (self.stop, self.tr("Save the state after this update; can be resumed")),
            (self.resume, self.tr("Go on from the last saved state")),
            (self.folder, self.tr("Show the run's files")),
            (self.report, self.tr("Open the page with all figures of the run")),
            (self.add, self.tr("Install the best weights under a name of your choice")),
            (self.evaluate, self.tr("Measure the best weights on labelled photographs")),
            (self.use, self.tr("Classify with the best weights")),
        ):
            button.setToolTip(text)

    def _ask(self, request: Request, sentence: str) -> None:
        if self._live is None:
            return
        self._asked = request
        self._control.ask(self._live.run.folder.path, request)
        self.show_run(self._live)
        self.message.emit(sentence)

    def _on_pause(self) -> None:
        if self._live is not None and self._live.run.status == "paused":
            self._ask("continue", self.tr("Continuing…"))
        else:
            self._ask("pause", self.tr("Pausing after this update…"))

    def _on_stop_after(self) -> None:
        self._ask("stop-after-epoch", self.tr("Stopping after this epoch…"))

    def _on_stop(self) -> None:
        self._ask("stop", self.tr("Stopping after this update…"))

    def _on_resume(self) -> None:
        if self._live is not None:
            self._control.resume(self._live.run.folder.path)

    def _on_folder(self) -> None:
        if self._live is not None:
            _open(str(self._live.run.folder.path))

    def _on_report(self) -> None:
        if self._live is not None:
            _open(str(report_file(self._live.run.folder.path)))

    def _on_add(self) -> None:
        if self._live is None:
            return
        dialog = QInputDialog(self)
        dialog.setWindowTitle(self.tr("Add to library"))
        dialog.setLabelText(self.tr("Name of the model"))
        dialog.setTextValue(self._live.run.name)
        dialog.textValueSelected.connect(partial(self._on_named, self._live.run.folder.path))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_named(self, path: Path, name: str) -> None:
        if name.strip():
            self._control.add_model(path, name.strip())

    def _on_evaluate(self) -> None:
        if self._live is not None:
            self._control.evaluate_model(self._live.run.folder.path)

    def _on_use(self) -> None:
        if self._live is not None:
            self._control.use_model(self._live.run.folder.path)


def _state(live: LiveRun) -> tuple[object, ...]:
    return live.run.folder.path, live.run.status, live.is_listening


def _open(path: str) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(path))
