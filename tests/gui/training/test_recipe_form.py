from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fundus_gui.core.runs import PRESETS, TrainConfig, find_preset, train_settings
from fundus_gui.gui.training.recipe_form import RecipeForm

LEFT_OUT = ("data", "patient_pattern")


@pytest.fixture
def form(qtbot: QtBot) -> RecipeForm:
    shown = RecipeForm(LEFT_OUT)
    qtbot.addWidget(shown)
    shown.show()
    return shown


def choose(form: RecipeForm, preset: str) -> None:
    form.presets.setCurrentIndex(form.presets.findData(preset))


def labels(form: RecipeForm) -> list[str]:
    return [label.text() for label in form.findChildren(QLabel)]


def test_every_setting_is_in_the_form_but_those_chosen_elsewhere(form: RecipeForm) -> None:
    assert set(form.settings()) == set(train_settings()) - set(LEFT_OUT)


@pytest.mark.parametrize("preset", [preset.name for preset in PRESETS])
def test_a_preset_fills_the_form(form: RecipeForm, preset: str) -> None:
    choose(form, preset)
    assert TrainConfig(**form.settings()) == find_preset(preset).config()
    assert find_preset(preset).text in labels(form)
    assert form.differing() == []
    assert not form.reset.isEnabled()


def test_only_the_settings_of_every_day_are_in_view(form: RecipeForm) -> None:
    assert form.editor("epochs").isVisible()
    assert not form.editor("rotation").isVisible()
    form.fold.click()
    assert form.editor("rotation").isVisible()
    form.fold.click()
    assert not form.editor("rotation").isVisible()


def test_what_differs_from_the_preset_is_marked_until_reset(form: RecipeForm) -> None:
    before = form.settings()
    form.editor("epochs").set_value(77)
    form.editor("rotation").set_value(90)
    assert form.differing() == ["epochs", "rotation"]
    assert "Epochs •" in labels(form)
    assert "1 changed" in form.fold.text()  # the other is in view
    form.reset.click()
    assert form.settings() == before
    assert "Epochs •" not in labels(form)


def test_another_network_brings_its_own_recipe_and_keeps_what_was_set_by_hand(
    form: RecipeForm,
) -> None:
    choose(form, "paper")
    form.editor("epochs").set_value(77)
    form.editor("model").set_value("vit_b_16")
    expected = find_preset("paper").config("vit_b_16").changed(epochs=77)
    assert TrainConfig(**form.settings()) == expected
    assert form.differing() == ["epochs"]
    form.reset.click()
    assert TrainConfig(**form.settings()) == find_preset("paper").config("vit_b_16")


def test_a_change_is_told_once(form: RecipeForm) -> None:
    told: list[None] = []
    form.changed.connect(lambda: told.append(None))
    choose(form, "rdnet")
    assert len(told) == 1
    form.editor("model").set_value("rdnet_small")
    assert len(told) == 2
    form.reset.setEnabled(True)
    form.reset.click()
    assert len(told) == 3


def test_networks_that_were_found_are_offered_below_those_of_the_presets(form: RecipeForm) -> None:
    combo = form.editor("model").control
    before = [combo.itemText(index) for index in range(combo.count())]  # type: ignore[attr-defined]
    form.suggest_models([before[0], "vit_l_16"])
    after = [combo.itemText(index) for index in range(combo.count())]  # type: ignore[attr-defined]
    assert after == [*before, "vit_l_16"]
