"""Weighing by hand, with the ensemble's own weights one click away."""

from __future__ import annotations

import pytest
from invented import predict
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QLabel, QPushButton, QSlider
from pytestqt.qtbot import QtBot

from fundus_gui.core.vote import flip_points
from fundus_gui.gui.widgets.appearance import Appearance
from fundus_gui.gui.widgets.weight_sliders import WeightSliders


@pytest.fixture
def sliders(qtbot: QtBot) -> WeightSliders:
    shown = WeightSliders()
    qtbot.addWidget(shown)
    shown.set_appearance(Appearance(str, {"cnn": "CNN & co"}, {}))
    shown.set_members(("cnn", "vit"), (0.6, 0.4))
    shown.show()
    return shown


def slider(sliders: WeightSliders, row: int) -> QSlider:
    return [found for found in sliders.findChildren(QSlider) if found.isVisible()][row]


def number(sliders: WeightSliders, row: int) -> QDoubleSpinBox:
    return [found for found in sliders.findChildren(QDoubleSpinBox) if found.isVisible()][row]


def reset_button(sliders: WeightSliders) -> QPushButton:
    found = sliders.findChild(QPushButton)
    assert isinstance(found, QPushButton)
    return found


def texts(sliders: WeightSliders) -> list[str]:
    return [label.text() for label in sliders.findChildren(QLabel) if label.isVisible()]


def test_the_ensembles_own_weights_are_shown(sliders: WeightSliders) -> None:
    assert [slider(sliders, row).value() for row in (0, 1)] == [60, 40]
    assert [number(sliders, row).value() for row in (0, 1)] == [0.6, 0.4]
    assert not sliders.differs()
    assert not reset_button(sliders).isEnabled()
    assert texts(sliders)[0] == "Vote weights: the ensemble's own"


def test_a_moved_slider_emits_normalised_weights(qtbot: QtBot, sliders: WeightSliders) -> None:
    with qtbot.waitSignal(sliders.weights_changed) as emitted:
        slider(sliders, 0).setValue(25)
    assert emitted.args == [pytest.approx((0.25, 0.75))]
    assert sliders.weights() == pytest.approx((0.25, 0.75))
    assert number(sliders, 1).value() == 0.75
    assert slider(sliders, 1).value() == 75


def test_a_typed_number_counts_when_it_is_entered(qtbot: QtBot, sliders: WeightSliders) -> None:
    box = number(sliders, 1)
    box.setFocus()
    box.selectAll()
    with qtbot.waitSignal(sliders.weights_changed):
        qtbot.keyClicks(box, box.locale().toString(0.9))
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert sliders.weights() == pytest.approx((0.1, 0.9))


def test_other_weights_are_unmistakably_marked(sliders: WeightSliders) -> None:
    slider(sliders, 0).setValue(25)
    assert sliders.differs()
    assert texts(sliders)[0] == "What-if: not the ensemble's weights"
    assert reset_button(sliders).isEnabled()


def test_one_click_brings_the_own_weights_back(qtbot: QtBot, sliders: WeightSliders) -> None:
    slider(sliders, 0).setValue(25)
    with qtbot.waitSignal(sliders.weights_changed) as emitted:
        qtbot.mouseClick(reset_button(sliders), Qt.MouseButton.LeftButton)
    assert emitted.args == [(0.6, 0.4)]
    assert not sliders.differs()
    assert not reset_button(sliders).isEnabled()
    assert texts(sliders)[0] == "Vote weights: the ensemble's own"


def test_moving_back_to_the_shown_own_weight_restores_the_exact_one(
    sliders: WeightSliders,
) -> None:
    own = (0.5731, 0.4269)
    sliders.set_members(("cnn", "vit"), own)
    slider(sliders, 0).setValue(10)
    slider(sliders, 0).setValue(57)
    assert sliders.weights() == own
    assert not sliders.differs()


def test_the_others_keep_their_proportions(sliders: WeightSliders) -> None:
    sliders.set_members(("cnn", "vit", "rdnet"), (0.5, 0.4, 0.1))
    slider(sliders, 0).setValue(0)
    assert sliders.weights() == pytest.approx((0, 0.8, 0.2))


def test_proportions_survive_a_visit_to_one(sliders: WeightSliders) -> None:
    sliders.set_members(("cnn", "vit", "rdnet"), (0.5, 0.4, 0.1))
    slider(sliders, 0).setValue(100)
    assert sliders.weights() == (1, 0, 0)
    slider(sliders, 0).setValue(0)
    assert sliders.weights() == pytest.approx((0, 0.8, 0.2))


def test_weights_are_never_all_zero(sliders: WeightSliders) -> None:
    sliders.set_members(("cnn", "vit", "rdnet"), (1, 0, 0))
    slider(sliders, 0).setValue(0)
    assert sliders.weights() == pytest.approx((0, 0.5, 0.5))
    for row in (0, 1, 2):
        slider(sliders, row).setValue(0)
        assert sum(sliders.weights()) == pytest.approx(1)


def test_a_slider_reaches_the_flip_point_that_is_told(sliders: WeightSliders) -> None:
    prediction = predict((0.1, 0.9, 0), (0.8, 0.2, 0), (0.5, 0.5, 0), weights=(0.5, 0.3, 0.2))
    sliders.set_members(prediction.member_names, prediction.weights)
    for point in flip_points(prediction.member_probabilities, prediction.weights):
        sliders.reset()
        beyond = 1 if point.direction == "above" else -1
        slider(sliders, point.member).setValue(round(100 * point.weight) + beyond)
        reweighted = prediction.reweighted(sliders.weights())
        assert reweighted.label == prediction.class_names[point.class_index]


def test_new_members_replace_the_old_silently(qtbot: QtBot, sliders: WeightSliders) -> None:
    slider(sliders, 0).setValue(25)
    with qtbot.assertNotEmitted(sliders.weights_changed):
        sliders.set_members(("vit", "rdnet", "swin"), (0.2, 0.3, 0.5))
    assert not sliders.differs()
    assert texts(sliders)[1:] == ["", "vit", "", "rdnet", "", "swin"]
    assert [slider(sliders, row).value() for row in (0, 1, 2)] == [20, 30, 50]


@pytest.mark.parametrize("names", [(), ("cnn",)])
def test_without_a_second_model_there_is_nothing_to_weigh(
    sliders: WeightSliders, names: tuple[str, ...]
) -> None:
    sliders.set_members(names, (1.0,) * len(names))
    assert texts(sliders) == []
    assert not reset_button(sliders).isVisible()
    assert sliders.weights() == (1.0,) * len(names)


def test_every_control_says_what_it_weighs(sliders: WeightSliders) -> None:
    for control in (slider(sliders, 0), number(sliders, 0)):
        assert control.accessibleName() == "Vote weight of CNN & co"
        assert control.toolTip()


def test_tab_goes_from_the_weights_to_the_reset(sliders: WeightSliders) -> None:
    assert slider(sliders, 0).nextInFocusChain() in number(sliders, 0).parent().children()
    last = number(sliders, 1)
    following = last.nextInFocusChain()
    while following.focusPolicy() == Qt.FocusPolicy.NoFocus or following.focusProxy() is not None:
        following = following.nextInFocusChain()
    assert following is reset_button(sliders)


@pytest.mark.parametrize("chosen", [True, False])
def test_the_wheel_moves_only_a_control_that_was_chosen(
    qtbot: QtBot, sliders: WeightSliders, chosen: bool
) -> None:
    sliders.activateWindow()
    control = slider(sliders, 0)
    (control if chosen else slider(sliders, 1)).setFocus()
    qtbot.waitUntil(lambda: control.hasFocus() == chosen)
    turn = QWheelEvent(
        QPointF(control.rect().center()),
        QPointF(control.mapToGlobal(control.rect().center())),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(control, turn)
    assert sliders.differs() is chosen
