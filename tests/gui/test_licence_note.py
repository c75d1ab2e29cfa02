"""Whoever reads an answer reads the terms of the weights that gave it."""

from __future__ import annotations

import dataclasses

import pytest
from fakes import installed_model
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from fundus_gui.core.catalogue import Catalogue, InstalledModel
from fundus_gui.gui.licence_note import LicenceNote
from fundus_gui.gui.vote_pane import VotePane


def licensed(name: str, licence: str) -> InstalledModel:
    model = installed_model(name)
    return dataclasses.replace(model, card=dataclasses.replace(model.card, licence=licence))


@pytest.fixture
def note(qtbot: QtBot) -> LicenceNote:
    note = LicenceNote()
    qtbot.addWidget(note)
    return note


def test_one_licence_is_told_once(note: LicenceNote) -> None:
    note.set_models([licensed("cnn", "CC BY 4.0"), licensed("vit", "CC BY 4.0")])
    assert note.text() == "Licence of the weights: CC BY 4.0"
    assert note.isVisibleTo(None)


def test_different_licences_name_their_models(note: LicenceNote) -> None:
    note.set_models([licensed("cnn", "CC BY 4.0"), licensed("vit", "")])
    assert note.text().split("<br>") == [
        "Licence of CNN: CC BY 4.0",
        "Licence of VIT: not stated",
    ]


def test_a_licence_against_commercial_use_stands_out(note: LicenceNote) -> None:
    note.set_models([licensed("retfound", "CC BY-NC 4.0")])
    assert note.text() == ("Licence of the weights: <b>CC BY-NC 4.0 (not for commercial use)</b>")


def test_what_a_card_says_is_text_and_never_markup(note: LicenceNote) -> None:
    note.set_models([licensed("<i>x</i>", "<b>mine</b>"), licensed("vit", "")])
    assert "&lt;b&gt;mine&lt;/b&gt;" in note.text()
    assert "&lt;I&gt;X&lt;/I&gt;" in note.text()


def test_without_models_nothing_is_shown(note: LicenceNote) -> None:
    note.set_models([licensed("cnn", "MIT")])
    note.set_models([])
    assert (note.text(), note.isVisibleTo(None)) == ("", False)


def test_the_vote_shows_the_licences_of_its_members_only(qtbot: QtBot) -> None:
    models = {name: licensed(name, f"terms of {name}") for name in ("cnn", "vit", "rdnet")}
    catalogue = Catalogue(models, {})
    pane = VotePane(catalogue)
    qtbot.addWidget(pane)
    pane.set_spec(catalogue.of_models(["cnn", "rdnet"]))
    text = pane.licences.text()
    assert "terms of cnn" in text
    assert "terms of rdnet" in text
    assert "terms of vit" not in text
    pane.set_spec(None)
    assert not pane.licences.text()


def test_the_chooser_tells_the_licence_of_each_model(qtbot: QtBot) -> None:
    pane = VotePane(Catalogue({"cnn": licensed("cnn", "CC BY-NC 4.0")}, {}))
    qtbot.addWidget(pane)
    pane.chooser.choose("", ["cnn"])
    tips = [box.toolTip() for box in pane.chooser.findChildren(QCheckBox)]
    assert tips == [
        "cnn: tiny, 32 px\nClasses: amd, diabetic_retinopathy, normal\nLicence: CC BY-NC 4.0"
    ]
