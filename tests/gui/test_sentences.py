from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale

from fundus_gui.core.errors import ImageError, UnknownNameError
from fundus_gui.core.runs.config import TrainConfig
from fundus_gui.core.runs.settings import settings_of
from fundus_gui.gui.sentences import sentences_file, spoken
from fundus_gui.gui.training.setting_titles import setting_title

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "build_scripts"))

import translations

CHINESE: dict[str, str] = json.loads(sentences_file("zh_CN").read_text(encoding="utf-8"))


@pytest.fixture
def _chinese() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("zh_CN"))
    yield
    QLocale.setDefault(before)


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def test_every_sentence_of_the_core_has_a_chinese_one() -> None:
    assert translations.untranslated(sentences_file("zh_CN")) == []


def test_every_place_of_a_translation_is_one_of_the_sentence() -> None:
    wrong = []
    for source, translation in CHINESE.items():
        marks = [f"<{number}>" for number in range(source.count("{}"))]
        try:
            filled = translation.format(*marks)
        except IndexError:
            wrong.append(source)
            continue
        if "{}" in translation and not all(mark in filled for mark in marks):
            wrong.append(source)
    assert wrong == []


@pytest.mark.usefixtures("_chinese")
def test_what_was_filled_in_is_kept() -> None:
    error = ImageError(Path("眼 1.jpg"), "permission to read the file was denied; ask its owner")
    assert spoken(error.problem) == "没有读取该文件的权限；请联系其所有者"
    assert spoken("Batch size and number of workers must be at least 1.").startswith("批量大小")
    told = spoken(str(UnknownNameError("model", "cmn", ["cnn", "vit"])))
    assert "cmn" in told
    assert "您是否指“cnn”？" in told


@pytest.mark.usefixtures("_chinese")
def test_a_sentence_within_a_sentence_is_translated_too() -> None:
    told = spoken("the file is empty; copy the file again from its source")
    assert told == "文件为空；请从来源重新复制该文件"


@pytest.mark.usefixtures("_chinese")
def test_several_sentences_are_translated_one_by_one() -> None:
    told = spoken("Choose at least one model. A vote needs at least two models.")
    assert told == "请至少选择一个模型。投票至少需要两个模型。"


@pytest.mark.usefixtures("_chinese")
@pytest.mark.parametrize("text", ["", "{}", "eye (1).jpg", "Something that nobody has ever said."])
def test_what_is_unknown_stays_as_it_is(text: str) -> None:
    assert spoken(text) == text


@pytest.mark.usefixtures("_chinese")
def test_every_setting_is_called_and_explained_in_chinese() -> None:
    untold = [s.name for s in settings_of(TrainConfig).values() if not is_chinese(spoken(s.text))]
    assert untold == []
    titles = [setting_title(setting.name) for setting in settings_of(TrainConfig).values()]
    # Those of setting_title itself are translated by Qt, which has no translator here.
    assert sum(map(is_chinese, titles)) >= 38


def test_english_stays_english() -> None:
    assert spoken("Choose at least one model.") == "Choose at least one model."
