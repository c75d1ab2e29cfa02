from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox
from pytestqt.qtbot import QtBot

from fundus_gui.core.catalogue import Catalogue, EnsembleSpec
from fundus_gui.gui.model_chooser import ModelChooser
from fundus_gui.gui.widgets.appearance import Appearance


@pytest.fixture
def chooser(qtbot: QtBot, catalogue: Catalogue) -> ModelChooser:
    shown = ModelChooser(catalogue, Appearance())
    qtbot.addWidget(shown)
    shown.choose("")
    shown.show()
    return shown


def box(chooser: ModelChooser, title: str) -> QCheckBox:
    return next(b for b in chooser.findChildren(QCheckBox) if b.text() == title)


def ensemble(chooser: ModelChooser) -> str:
    return chooser.findChild(QComboBox).currentText()


def click(qtbot: QtBot, chooser: ModelChooser, title: str) -> EnsembleSpec | None:
    with qtbot.waitSignal(chooser.spec_changed) as changed:
        box(chooser, title).click()
    spec: EnsembleSpec | None = changed.args[0]
    assert spec == chooser.spec
    return spec


def test_the_default_ensemble_is_chosen_and_its_members_are_checked(chooser: ModelChooser) -> None:
    assert chooser.spec is not None
    assert (chooser.spec.name, ensemble(chooser)) == ("pair", "Pair")
    checked = [b.text() for b in chooser.findChildren(QCheckBox) if b.isChecked()]
    assert checked == ["CNN", "VIT"]


def test_checking_a_model_makes_a_choice_of_one_s_own(qtbot: QtBot, chooser: ModelChooser) -> None:
    spec = click(qtbot, chooser, "RDNET")
    assert spec is not None
    assert spec.members == ("cnn", "vit", "rdnet")
    assert spec.weights == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert ensemble(chooser) == "Chosen models, equal weights"


def test_an_ensemble_can_be_chosen_again(qtbot: QtBot, chooser: ModelChooser) -> None:
    click(qtbot, chooser, "VIT")
    with qtbot.waitSignal(chooser.spec_changed) as changed:
        qtbot.keyClick(chooser.findChild(QComboBox), Qt.Key.Key_Up)
    assert changed.args[0].weights == pytest.approx((0.6, 0.4))
    assert box(chooser, "VIT").isChecked()


def test_no_model_is_a_choice_too(qtbot: QtBot, chooser: ModelChooser) -> None:
    click(qtbot, chooser, "CNN")
    assert click(qtbot, chooser, "VIT") is None
    assert box(chooser, "GRADER").isEnabled()


def test_models_of_other_classes_cannot_be_added(qtbot: QtBot, chooser: ModelChooser) -> None:
    foreign = box(chooser, "GRADER")
    assert not foreign.isEnabled()
    assert "mild, severe" in foreign.toolTip()
    click(qtbot, chooser, "CNN")
    click(qtbot, chooser, "VIT")
    spec = click(qtbot, chooser, "GRADER")
    assert spec is not None
    assert spec.members == ("grader",)
    assert not box(chooser, "CNN").isEnabled()


@pytest.mark.parametrize(
    ("ensemble_name", "models", "members"),
    [
        ("pair", (), ("cnn", "vit")),
        ("gone", ("rdnet", "cnn"), ("rdnet", "cnn")),
        ("", ("gone",), ("cnn", "vit")),
        ("", ("cnn", "grader"), ("cnn", "vit")),
    ],
)
def test_a_remembered_choice_is_taken_as_far_as_it_is_installed(
    chooser: ModelChooser, ensemble_name: str, models: tuple[str, ...], members: tuple[str, ...]
) -> None:
    chooser.choose(ensemble_name, models)
    assert chooser.spec is not None
    assert chooser.spec.members == members


def test_without_weights_nothing_can_be_chosen(qtbot: QtBot) -> None:
    chooser = ModelChooser(Catalogue({}, {}), Appearance())
    qtbot.addWidget(chooser)
    chooser.choose("pair", ("cnn",))
    assert chooser.spec is None
    assert not chooser.isEnabled()
