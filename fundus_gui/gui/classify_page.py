"""The Classify page: photographs on the left, the chosen one in the middle, its vote right."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStackedLayout, QWidget

from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.core.export import EarlierResults
from fundus_gui.core.results import Precision
from fundus_gui.gui.actions import Actions
from fundus_gui.gui.classification import Classification
from fundus_gui.gui.classify_panes import ClassifyPanes
from fundus_gui.gui.clipboard import clipboard_content, pasted_path
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.file_dialogs import FileDialogs
from fundus_gui.gui.image_pane import ImagePane
from fundus_gui.gui.jobs import save_pasted
from fundus_gui.gui.labels import class_title
from fundus_gui.gui.outputs import Outputs
from fundus_gui.gui.results_model import ResultsModel
from fundus_gui.gui.results_pane import ResultsPane
from fundus_gui.gui.settings import AppSettings
from fundus_gui.gui.thumbnails import Thumbnails
from fundus_gui.gui.vote_pane import VotePane
from fundus_gui.gui.welcome_page import WelcomePage

if TYPE_CHECKING:
    from fundus_gui.core.assessments import Classify


class ClassifyPage(QWidget):
    """Connects the list, the photograph and the vote with one classification.

    Signals:
        message: something to say in passing, e.g. where an export was written.
        precision_changed: exact or fast, in which the networks are to compute from now on.
    """

    message = Signal(str)
    precision_changed = Signal(str)

    def __init__(
        self,
        catalogue: Catalogue,
        classify: Classify,
        actions: Actions,
        errors: ErrorReporter,
        dialogs: FileDialogs,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._actions = actions
        self._errors = errors
        self._thumbnails = Thumbnails(self)
        self.model = ResultsModel(class_title, self._thumbnails.icon, self)
        self.classification = Classification(self.model, classify, self)
        self.welcome = WelcomePage(
            (actions.open_images, actions.open_folder, actions.open_samples),
            (actions.continue_table, actions.train_page, actions.guide),
        )
        self.results = ResultsPane(self.model)
        zoom = (actions.fit, actions.actual_size)
        self.image = ImagePane(zoom, actions.seen_by_model, errors, self.model.called)
        self.vote = VotePane(catalogue)
        self.splitter = ClassifyPanes(self.results, self.image, self.vote)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.welcome)
        self._stack.addWidget(self.splitter)
        self._outputs = Outputs(self.classification, catalogue, errors, dialogs, self)
        self._connect()

    def _connect(self) -> None:
        self._thumbnails.made.connect(self.model.refresh_decoration)
        self.model.added.connect(self._on_added)
        self.model.cleared.connect(self._on_cleared)
        self.model.dataChanged.connect(self._on_data_changed)
        self.results.current_changed.connect(self._on_current_changed)
        self.vote.spec_changed.connect(self._on_spec_changed)
        self.vote.weights_changed.connect(self._on_weights_changed)
        self.classification.nothing_found.connect(self._on_nothing_found)
        self.classification.table_read.connect(self._on_table_read)
        self.classification.continued.connect(self._outputs.tell_continued)
        self.classification.failed.connect(self._errors.report)
        self._outputs.message.connect(self.message)
        self._actions.pseudonyms.toggled.connect(self._outputs.use_pseudonyms)
        self._connect_actions()

    def _connect_actions(self) -> None:
        actions = self._actions
        actions.run.triggered.connect(self.classification.run)
        actions.cancel.triggered.connect(self.classification.cancel)
        actions.auto_run.toggled.connect(self._on_auto_run_toggled)
        actions.fast.toggled.connect(self._on_fast_toggled)
        actions.reset_weights.triggered.connect(self.vote.sliders.reset)
        actions.grid.toggled.connect(self.results.set_grid)
        actions.sort_bars.toggled.connect(self.vote.bars.set_sorted)
        actions.fit.triggered.connect(self.image.view.fit)
        actions.actual_size.triggered.connect(self.image.view.actual_size)
        actions.zoom_in.triggered.connect(self.image.view.zoom_in)
        actions.zoom_out.triggered.connect(self.image.view.zoom_out)
        actions.next.triggered.connect(self.results.next)
        actions.previous.triggered.connect(self.results.previous)
        actions.find.triggered.connect(self.results.search.setFocus)
        actions.copy_chart.triggered.connect(self.vote.bars.copy_chart)
        actions.save_chart.triggered.connect(self.save_chart)
        actions.copy_rows.triggered.connect(self.copy_rows)
        actions.export_all.triggered.connect(self.export_all)
        actions.export_selection.triggered.connect(self.export_selection)
        actions.paste.triggered.connect(self.paste)

    def restore(self, settings: AppSettings) -> None:
        """Take over the remembered choices."""
        self._actions.auto_run.setChecked(settings.auto_run)
        self.classification.auto_run = settings.auto_run
        self._actions.fast.setChecked(settings.fast)
        self._actions.pseudonyms.setChecked(settings.pseudonyms)
        self._actions.grid.setChecked(settings.grid)
        self._actions.sort_bars.setChecked(settings.sorted_bars)
        self.vote.bars.set_sorted(settings.sorted_bars)
        self.results.sort_menu.choose(settings.sort_column, settings.sort_descending)
        self.vote.chooser.choose(settings.ensemble, settings.models)
        self._on_spec_changed(self.vote.chooser.spec)
        self.splitter.arrange(settings.splitter)

    def choices(self, settings: AppSettings) -> AppSettings:
        """Return the settings with the present choices."""
        spec = self.vote.chooser.spec
        sort_column, sort_descending = self.results.sort_menu.choice()
        known = spec is not None and spec.name in self._catalogue.ensembles
        return replace(
            settings,
            auto_run=self.classification.auto_run,
            fast=self._actions.fast.isChecked(),
            pseudonyms=self._actions.pseudonyms.isChecked(),
            grid=self._actions.grid.isChecked(),
            sorted_bars=self._actions.sort_bars.isChecked(),
            sort_column=sort_column,
            sort_descending=sort_descending,
            ensemble=spec.name if spec is not None and known else "",
            models=spec.members if spec is not None and not known else (),
            splitter=self.splitter.arrangement(),
        )

    def take_over(self, earlier: ClassifyPage) -> None:
        """Go on with the photographs of another page, which is not used any more."""
        current = earlier.results.current_path()
        self.classification.take_over(earlier.classification)
        self.results.take_over_filters(earlier.results)
        if current is not None:
            self.results.select(current)

    def show_names(self, on: bool) -> None:
        """Call photographs by the names of their files, or number them instead."""
        self.results.show_names(on)
        self.image.rename()
        self._outputs.are_names_shown = on

    def set_catalogue(self, catalogue: Catalogue, model: str = "") -> None:
        """Offer other models; the choice stays unless one of them is to be chosen."""
        chosen = self.choices(AppSettings())
        self._catalogue = catalogue
        self._outputs.set_catalogue(catalogue)
        self.vote.set_catalogue(catalogue)
        if model in catalogue.models:
            self.vote.chooser.choose("", (model,))
        else:
            self.vote.chooser.choose(chosen.ensemble, chosen.models)
        self.classification.weigh(None)
        self._on_spec_changed(self.vote.chooser.spec)

    def open_paths(self, paths: Sequence[Path], *, add: bool = False) -> None:
        """Open photographs and folders in place of the present ones, or after them."""
        self.classification.open(paths, add=add)

    def continue_table(self, path: Path) -> None:
        """Show a table of an earlier run and classify what is missing in it."""
        self.classification.continue_table(path, self._catalogue)

    def paste(self) -> None:
        """Add what the clipboard holds: files, or a picture that is saved first."""
        content = clipboard_content()
        if isinstance(content, QImage):
            path = pasted_path()
            saving = functools.partial(save_pasted, content, path)
            self.classification.open_from(saving, (path,), add=True)
        elif content:
            self.open_paths(content, add=True)
        else:
            self.message.emit(self.tr("The clipboard holds neither a picture nor files."))

    def export_all(self) -> None:
        """Ask for a file and write all results to it."""
        self._outputs.export(self.model.results())

    def export_selection(self) -> None:
        """Ask for a file and write the selected rows' results to it."""
        self._outputs.export(self.results.selected_results())

    def copy_rows(self) -> None:
        """Put the selected rows' results on the clipboard."""
        self._outputs.copy_rows(self.results.selected_results())

    def save_chart(self) -> None:
        """Ask for a file and write the chart to it."""
        path = self.results.current_path()
        self._outputs.save_chart(self.vote.bars, self.model.called(path) if path else "")

    def close_threads(self) -> None:
        """Stop all work and wait for the threads."""
        self.classification.close()
        self._thumbnails.close()
        self.image.close_thread()
        self._outputs.close_thread()

    def _on_table_read(self, earlier: EarlierResults) -> None:
        spec = earlier.ensemble
        self._actions.fast.setChecked(earlier.precision == "fast")
        known = spec.name if self._catalogue.ensembles.get(spec.name) == spec else ""
        self.vote.chooser.choose(known, spec.members)
        self._on_spec_changed(spec)

    def _on_added(self) -> None:
        self.results.select_first()
        if self._stack.currentWidget() is self.welcome:
            self._stack.setCurrentWidget(self.splitter)
            self.results.focus()

    def _on_cleared(self) -> None:
        self._thumbnails.clear()
        self.welcome.set_notice("")
        self._stack.setCurrentWidget(self.welcome)

    def _on_nothing_found(self, roots: Sequence[Path]) -> None:
        if not roots:  # nothing was opened, to close what was there
            return
        if not self.model.are_names_shown:
            self.welcome.set_notice(self.tr("No photographs were found."))
            return
        names = ", ".join(root.name for root in roots)
        self.welcome.set_notice(
            self.tr("No photographs were found in {names}.").format(names=names)
        )

    def _on_data_changed(self, top: QModelIndex, bottom: QModelIndex) -> None:
        path = self.results.current_path()
        row = self.model.row_of(path) if path is not None else None
        if path is not None and row is not None and top.row() <= row <= bottom.row():
            result = self.model.result_of(path)
            if result != self.vote.result:
                self.vote.show_result(result)

    def _on_current_changed(self, path: Path | None) -> None:
        self.image.show_path(path)
        self.vote.show_result(self.model.result_of(path) if path is not None else None)

    def _on_spec_changed(self, spec: EnsembleSpec | None) -> None:
        models = self._catalogue.models
        self.image.set_models([models[name] for name in spec.members] if spec else ())
        if spec is not None:
            self.results.set_classes(models[spec.members[0]].card.class_names)
        self.results.set_referral(spec is not None and spec.referral is not None)
        self.classification.choose(spec)
        self.vote.set_spec(spec)
        self.results.set_what_if(False)

    def _on_weights_changed(self, weights: tuple[float, ...] | None) -> None:
        self.classification.weigh(weights)
        self.results.set_what_if(weights is not None)

    @property
    def precision(self) -> Precision:
        """In which the networks are to compute."""
        return "fast" if self._actions.fast.isChecked() else "exact"

    def _on_fast_toggled(self) -> None:
        self.precision_changed.emit(self.precision)
        self.classification.start_over()

    def _on_auto_run_toggled(self, on: bool) -> None:
        self.classification.auto_run = on
