"""The terms of the weights that vote, beside their answer."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from fundus_gui.core.cards import names_by_licence
from fundus_gui.core.catalogue import InstalledModel


class LicenceNote(QLabel):
    """A sentence for each licence; one that forbids commercial use stands out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName(self.tr("Licences of the weights"))
        self.set_models(())

    def set_models(self, models: Sequence[InstalledModel]) -> None:
        """Name the licences of these models."""
        cards = {model.name: model.card for model in models}
        titles = {model.name: model.title for model in models}
        sentences = []
        for licence, names in names_by_licence(cards).items():
            terms = escape(licence or self.tr("not stated"))
            if cards[names[0]].is_non_commercial:
                terms = self.tr("<b>{terms} (not for commercial use)</b>").format(terms=terms)
            whose = self.tr("the weights")
            if len(names) < len(cards):
                whose = ", ".join(escape(titles[name]) for name in names)
            sentence = self.tr("Licence of {names}: {terms}")
            sentences.append(sentence.format(names=whose, terms=terms))
        self.setText("<br>".join(sentences))
        self.setVisible(bool(sentences))
