"""The command that is shown for an evaluation makes the same one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fundus_gui.core.assessments import DataPart
from fundus_gui.core.assessments.assessing import AssessmentRequest
from fundus_gui.core.assessments.command import evaluate_arguments
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.evaluation import Bootstrap, EvaluationSettings

TEST = DataPart(folder=Path("eyes"), part="test")
PAIR = EnsembleSpec(name="pair", members=("cnn", "vit"), weights=(0.6, 0.4))
PLAIN = AssessmentRequest(judged=TEST, spec=PAIR)


def test_what_is_standard_is_left_out() -> None:
    arguments = " ".join(evaluate_arguments(PLAIN))
    assert arguments == "evaluate --data eyes --part test --ensemble pair"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"judged": DataPart(folder=Path("eyes"))}, "--part all"),
        ({"judged": replace(TEST, split=Path("run/split.csv"))}, "--split run/split.csv"),
        ({"tuning": replace(TEST, part="val")}, "--tune-on val"),
        (
            {"tuning": DataPart(folder=Path("other"), split=Path("s.csv"))},
            "--tuning-data other --tuning-part all --tuning-split s.csv",
        ),
        ({"spec": EnsembleSpec(name="vit", members=("vit",), weights=(1,))}, "--model vit"),
        (
            {"spec": EnsembleSpec(name="a + b", members=("a", "b"), weights=(3, 1))},
            "--model a --model b --weights 0.75,0.25",
        ),
        (
            {
                "settings": EvaluationSettings(
                    bootstrap=Bootstrap(replicates=50, method="bca"),
                    class_order=("b", "a"),
                    specificity=0.9,
                    coverage=0.8,
                )
            },
            "--class-order b,a --specificity 0.9 --coverage 0.8 --replicates 50 --interval bca",
        ),
        ({"settings": EvaluationSettings(referral_rate=0.1)}, "--referral-error 0.1"),
        (
            {"settings": EvaluationSettings(referral_aim="referral", referral_rate=0.2)},
            "--referral-rate 0.2",
        ),
        ({"near_duplicates": False}, "--no-near-duplicates"),
    ],
)
def test_every_choice_has_its_option(changed: dict[str, Any], expected: str) -> None:
    arguments = evaluate_arguments(replace(PLAIN, **changed), Path("out"))
    assert expected in " ".join(arguments)
    assert arguments[-2:] == ["--out", "out"]
