"""How good probabilities are, and how sure that is: figures, intervals, comparisons, calibration.

Works on arrays alone: no torch, no files.
"""

from fundus_gui.core.evaluation.evaluator import evaluate, evaluation_steps
from fundus_gui.core.evaluation.fitted_vote import fit_vote
from fundus_gui.core.evaluation.intervals import (
    Bootstrap,
    Interval,
    bootstrap_difference,
    bootstrap_interval,
)
from fundus_gui.core.evaluation.predictions import LabelledPredictions
from fundus_gui.core.evaluation.records import (
    EvaluationReport,
    EvaluationSettings,
    EvaluationStep,
    FittedVote,
)
from fundus_gui.core.evaluation.report_json import report_from_json, report_to_json
from fundus_gui.core.evaluation.summary import TOP_5_FROM, Metrics, confusion, measure
from fundus_gui.core.evaluation.tables import report_tables

__all__ = [
    "TOP_5_FROM",
    "Bootstrap",
    "EvaluationReport",
    "EvaluationSettings",
    "EvaluationStep",
    "FittedVote",
    "Interval",
    "LabelledPredictions",
    "Metrics",
    "bootstrap_difference",
    "bootstrap_interval",
    "confusion",
    "evaluate",
    "evaluation_steps",
    "fit_vote",
    "measure",
    "report_from_json",
    "report_tables",
    "report_to_json",
]
