from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from fundus_gui.core.errors import ConfigError, UnknownNameError
from fundus_gui.core.runs import (
    PRESETS,
    Setting,
    TrainConfig,
    find_preset,
    read_settings,
    train_arguments,
    train_settings,
)


def test_every_setting_says_what_it_is_and_accepts_its_default() -> None:
    for setting in train_settings().values():
        assert setting.text.endswith("."), setting.name
        setting.check(setting.default)


NUMBERS = [s for s in train_settings().values() if s.kind in (int, float)]


@pytest.mark.parametrize("setting", NUMBERS, ids=lambda setting: setting.name)
def test_every_number_is_allowed_at_its_limits_and_refused_beyond(setting: Setting) -> None:
    assert setting.least is not None
    for limit, sign in ((setting.least, -1), (setting.most, 1)):
        if limit is None:
            assert setting.name == "max_minutes"
            continue
        setting.check(setting.kind(limit))
        beyond = int(limit) + sign if setting.kind is int else math.nextafter(limit, sign * 1e9)
        with pytest.raises(ConfigError, match=f"^{setting.name} must be "):
            setting.check(beyond)


@pytest.mark.parametrize("setting", NUMBERS, ids=lambda setting: setting.name)
def test_no_number_may_be_a_text_or_no_number(setting: Setting) -> None:
    for value in ("3", math.nan, None if not setting.is_optional else True):
        with pytest.raises(ConfigError, match=f"^{setting.name} must be "):
            setting.check(value)


def test_choices_are_exactly_those_named() -> None:
    choices = [s for s in train_settings().values() if s.choices]
    for setting in choices:
        for word in setting.choices:
            setting.check(word)
        with pytest.raises(ConfigError, match=f"^{setting.name} must be one of "):
            setting.check(setting.choices[0].upper())


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"epochs": 0}, "epochs must be 1 to 100000, not 0."),
        ({"epochs": 1.5}, "epochs must be a whole number, not 1.5."),
        ({"epochs": True}, "epochs must be a whole number, not True."),
        ({"learning_rate": math.nan}, "learning_rate must be 1e-08 to 10, not nan."),
        ({"learning_rate": "fast"}, "learning_rate must be a number, not 'fast'."),
        ({"balance": "perhaps"}, "balance must be one of none, loss, sampling, not 'perhaps'."),
        ({"model_arguments": 3}, "model_arguments must be a table, not 3."),
        ({"initial_size": 300}, "initial_size must be at most 224 (the input size), not 300."),
        ({"folds": 3, "fold": 4}, "not fold 4 of 3"),
        ({"folds": 1}, "folds must be 0 or at least 2"),
        ({"deterministic": True, "max_minutes": 5.0}, "exclude each other"),
        ({"batch_size": 9, "devices": 2}, "must be a multiple of devices"),
        ({"model_arguments": {"num_classes": 3}}, "cannot set num_classes"),
    ],
)
def test_what_cannot_work_is_refused_with_its_value(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        TrainConfig(**values)
    assert sentence in str(caught.value)


def test_an_unknown_setting_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'learning_rate'"):
        TrainConfig().changed(learning_rat=1)


def test_a_config_survives_its_file(tmp_path: Path) -> None:
    config = TrainConfig(
        data="eyes", model="tiny", model_arguments={"norm": "group"}, initial_size=64, mixup=0.2
    )
    file = tmp_path / "config.toml"
    file.write_text(config.to_toml(), encoding="utf-8")

    assert TrainConfig().changed(**read_settings(file)) == config


def test_a_settings_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("epochs: 3")

    with pytest.raises(ConfigError, match=r"mine.toml is not a settings file in TOML"):
        read_settings(file)


def test_every_preset_is_a_valid_config_for_each_of_its_networks() -> None:
    for preset in PRESETS:
        for model in preset.models:
            assert preset.config(model).model == model
    assert {"paper", "densenet-se", "rdnet", "quick-cpu"} <= {preset.name for preset in PRESETS}


def test_a_preset_lends_its_recipe_to_another_network() -> None:
    rdnet = find_preset("rdnet")

    assert rdnet.config("tiny").mixup == rdnet.config().mixup
    assert rdnet.config("tiny").drop_path is None


def test_an_unknown_preset_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'paper'"):
        find_preset("papre")


def test_the_command_names_only_what_differs() -> None:
    config = TrainConfig(data="eyes", epochs=3, channels_last=False, compile=True)

    assert train_arguments(config, Path("run")) == [
        "train", "--out", "run", "--data", "eyes", "--epochs", "3", "--compile",
        "--no-channels-last",
    ]  # fmt: skip
