"""What leaves the window: tables of results, rows on the clipboard, charts."""

from __future__ import annotations

import functools
import shlex
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from fundus_gui.core.catalogue import Catalogue
from fundus_gui.core.errors import ExportError
from fundus_gui.core.export import RunRecord
from fundus_gui.core.results import ImageResult
from fundus_gui.gui.classification import Classification
from fundus_gui.gui.continuing import Continued
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.file_dialogs import FileDialogs
from fundus_gui.gui.jobs import export_table, table_text
from fundus_gui.gui.widgets.probability_bars import ProbabilityBars
from fundus_gui.gui.worker import JobSlot


class Outputs(QWidget):
    """Asks where to, and writes in a thread; only official results, never what-if values.

    An invisible widget, so that the file dialogs have a parent.

    Attributes:
        are_names_shown: whether it may be seen where the photographs lie.

    Signals:
        message: what has been done, in a sentence.
    """

    message = Signal(str)

    def __init__(
        self,
        classification: Classification,
        catalogue: Catalogue,
        errors: ErrorReporter,
        dialogs: FileDialogs,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.hide()
        self._classification = classification
        self._catalogue = catalogue
        self._errors = errors
        self._dialogs = dialogs
        self._done = ""
        self.are_names_shown = True
        self._has_pseudonyms = False
        self._slot = JobSlot(self)
        self._slot.yielded.connect(self._on_yielded)
        self._slot.completed.connect(self._on_completed)
        self._slot.failed.connect(errors.report)

    def set_catalogue(self, catalogue: Catalogue) -> None:
        """Describe results by these models from now on."""
        self._catalogue = catalogue

    def use_pseudonyms(self, on: bool) -> None:
        """Let pseudonyms stand for the names of photographs in all that is written or copied."""
        self._has_pseudonyms = on

    def export(self, results: Sequence[ImageResult]) -> None:
        """Ask for a file and write the results to it."""
        run = self._run_record()
        if not results or run is None:
            self.message.emit(self.tr("There are no results to export yet."))
            return
        out = self._dialogs.save_as(
            self,
            self.tr("Export results"),
            self._suggested("results.csv"),
            "CSV (*.csv);;Parquet (*.parquet)",
        )
        if out is not None:
            self._done = self.tr("Rows written: {count} · {path}").format(
                count=f"{len(results):,}", path=out
            )
            how = {"has_pseudonyms": self._has_pseudonyms}
            self._slot.start(functools.partial(export_table, results, out, run, **how))

    def copy_rows(self, results: Sequence[ImageResult]) -> None:
        """Put the results on the clipboard, with all columns of an export."""
        run = self._run_record()
        if not results or run is None:
            self.message.emit(self.tr("No row with a result is selected."))
        else:
            self._done = self.tr("Rows copied: {count}").format(count=f"{len(results):,}")
            how = {"has_pseudonyms": self._has_pseudonyms}
            self._slot.start(functools.partial(table_text, results, run, **how))

    def tell_continued(self, done: Continued) -> None:
        """Say what has become of a table that was continued."""
        if not (done.again or done.new or done.dropped):
            text = self.tr("{table} was complete: %Ln row(s) kept", None, done.kept)
        else:
            text = self.tr(
                "{table}: %Ln row(s) kept, {again} classified again, {new} new", None, done.kept
            )
        if done.backup is not None:
            text += self.tr("; %Ln fell out, kept in {backup}", None, done.dropped)
        self.message.emit(
            text.format(
                table=done.table.name,
                again=f"{done.again:,}",
                new=f"{done.new:,}",
                backup=done.backup.name if done.backup is not None else "",
            )
        )

    def save_chart(self, bars: ProbabilityBars, photograph: str) -> None:
        """Ask for a file, called like the photograph, and write the chart to it."""
        stem = "" if self._has_pseudonyms else Path(photograph).stem
        out = self._dialogs.save_as(
            self,
            self.tr("Save the chart"),
            self._suggested(f"{stem or 'chart'}-probabilities.png"),
            "PNG (*.png);;SVG (*.svg);;PDF (*.pdf)",
        )
        if out is None:
            return
        try:
            bars.save_chart(out)
        except ExportError as error:
            self._errors.report(error)
        else:
            self.message.emit(self.tr("Chart saved as {path}").format(path=out))

    def close_thread(self) -> None:
        """Wait for the thread; a file that was asked for is written to its end."""
        self._slot.finish()

    def _suggested(self, name: str) -> Path:
        roots = self._classification.roots
        if not roots or not self.are_names_shown:
            return Path.home() / name
        return (roots[0] if roots[0].is_dir() else roots[0].parent) / name

    def _run_record(self) -> RunRecord | None:
        state = self._classification
        if state.spec is None or state.models_ready is None:
            return None
        models = self._catalogue.models
        return RunRecord(
            ensemble=state.spec,
            cards={name: models[name].card for name in state.spec.members},
            weights_sha256=state.models_ready.weights_sha256,
            device=state.models_ready.device_name,
            number_format=state.models_ready.number_format,
            roots=state.roots,
            command=self._command(state.spec.name, state.spec.members),
            started=state.started,
        )

    def _command(self, ensemble: str, members: Sequence[str]) -> str:
        """Return the command line that gives the same results."""
        chosen = (
            ["--ensemble", ensemble]
            if ensemble in self._catalogue.ensembles
            else [word for name in members for word in ("--model", name)]
        )
        ready = self._classification.models_ready
        if ready is not None and ready.number_format != "float32":
            chosen += ["--precision", "fast"]
        roots = [str(root) for root in self._classification.roots]
        return shlex.join(["fundus-gui", "classify", *roots, *chosen])

    def _on_yielded(self, record: object) -> None:
        if isinstance(record, str):
            QGuiApplication.clipboard().setText(record)

    def _on_completed(self) -> None:
        self.message.emit(self._done)
