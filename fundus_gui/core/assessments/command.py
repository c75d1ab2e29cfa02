"""An evaluation as the command that makes it, so that window and researcher do the same."""

from __future__ import annotations

from pathlib import Path

from fundus_gui.core.assessments.assessing import AssessmentRequest
from fundus_gui.core.assessments.records import DataPart
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.evaluation import EvaluationSettings
from fundus_gui.core.results import Precision


def evaluate_arguments(
    request: AssessmentRequest, out: Path | None = None, *, precision: Precision = "exact"
) -> list[str]:
    """Return the arguments of `fundus-gui` that make the same evaluation.

    Args:
        request: what is to be evaluated.
        out: the new folder; None for one among the user's evaluations.
        precision: that the networks compute in.
    """
    return [
        "evaluate",
        *_part_arguments(request.judged),
        *_tuning_arguments(request),
        *_model_arguments(request.spec),
        *_settings_arguments(request.settings),
        *([] if precision == "exact" else ["--precision", precision]),
        *([] if request.near_duplicates else ["--no-near-duplicates"]),
        *([] if out is None else ["--out", str(out)]),
    ]


def _part_arguments(source: DataPart, prefix: str = "") -> list[str]:
    split = [] if source.split is None else [f"--{prefix}split", str(source.split)]
    return [f"--{prefix}data", str(source.folder), f"--{prefix}part", source.part or "all", *split]


def _tuning_arguments(request: AssessmentRequest) -> list[str]:
    judged, tuning = request.judged, request.tuning
    if tuning is None:
        return []
    if (tuning.folder, tuning.split) == (judged.folder, judged.split) and tuning.part is not None:
        return ["--tune-on", tuning.part]
    return _part_arguments(tuning, "tuning-")


def _model_arguments(spec: EnsembleSpec) -> list[str]:
    if spec.name != " + ".join(spec.members):  # an installed one, not `Catalogue.of_models`
        return ["--ensemble", spec.name]
    arguments = [word for name in spec.members for word in ("--model", name)]
    if len(set(spec.weights)) > 1:
        arguments += ["--weights", ",".join(map(repr, spec.weights))]
    return arguments


def _settings_arguments(settings: EvaluationSettings) -> list[str]:
    given, standard = _options(settings), _options(EvaluationSettings())
    return [
        word
        for option, value in given.items()
        if value != standard.get(option)
        for word in (option, value)
    ]


def _options(settings: EvaluationSettings) -> dict[str, str]:
    referral = {"error": "--referral-error", "referral": "--referral-rate"}
    return {
        "--class-order": ",".join(settings.class_order),
        "--specificity": str(settings.specificity),
        "--coverage": str(settings.coverage),
        referral[settings.referral_aim]: str(settings.referral_rate),
        "--replicates": str(settings.bootstrap.replicates),
        "--interval": settings.bootstrap.method,
    }
