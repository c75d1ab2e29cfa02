"""The frozen records of an evaluation: what a page, a report and a table show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.decision import ConformalScore
from fundus_gui.core.errors import ConfigError
from fundus_gui.core.evaluation.calibration import ReliabilityBin, TemperatureFit
from fundus_gui.core.evaluation.comparison import DeLong, McNemar
from fundus_gui.core.evaluation.conformal import ConformalFit, SetFigures
from fundus_gui.core.evaluation.intervals import Bootstrap, Interval
from fundus_gui.core.evaluation.referral import Aim, ReferralCurve, ReferralFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationSettings:
    """What to measure, and how.

    Attributes:
        bootstrap: how intervals are found.
        class_order: all class names from the least to the most severe; empty for classes without
            an order, which have no quadratic-weighted kappa.
        specificity: at which the thresholds per class are chosen.
        coverage, conformal_score: of the prediction sets.
        referral_aim, referral_rate: what the thresholds of the referral hold.
    """

    bootstrap: Bootstrap = Bootstrap()
    class_order: tuple[str, ...] = ()
    specificity: float = 0.95
    coverage: float = 0.9
    conformal_score: ConformalScore = "lac"
    referral_aim: Aim = "error"
    referral_rate: float = 0.05

    def grades(self, class_names: tuple[str, ...]) -> tuple[float, ...] | None:
        """Return each class's place in the order, None without one.

        Raises:
            ConfigError: the order does not name exactly these classes.
        """
        if not self.class_order:
            return None
        if sorted(self.class_order) != sorted(class_names):
            raise ConfigError(
                f"The order of the classes ({', '.join(self.class_order)}) must name each of "
                f"{', '.join(class_names)} once."
            )
        return tuple(float(self.class_order.index(name)) for name in class_names)


STANDARD_SETTINGS = EvaluationSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassEvaluation:
    """One class against the rest.

    Attributes:
        name: of the class.
        images: that are of it.
        figures: by name; NaN for a class without images.
    """

    name: str
    images: int
    figures: Mapping[str, Interval]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEvaluation:
    """One model, or the vote.

    Attributes:
        name: of the model or the ensemble.
        figures: of all classes together, by name.
        classes: in the order of the outputs.
        confusion: images by true class (rows) and answer (columns), (K, K).
        reliability: bars of the diagram.
    """

    name: str
    figures: Mapping[str, Interval]
    classes: tuple[ClassEvaluation, ...]
    confusion: tuple[tuple[int, ...], ...]
    reliability: tuple[ReliabilityBin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientEvaluation:
    """The vote's mean over each patient's images.

    Attributes:
        patients: that were judged.
        left_out: patients whose images are of different classes without an order.
        evaluation: with patients in the place of images.
    """

    patients: int
    left_out: int
    evaluation: ModelEvaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two models on the same images.

    Attributes:
        first, second: their names.
        differences: first less second, of the figures of all classes together.
        mcnemar: of being right.
        delong: of the one-vs-rest areas, for each class; NaN where there is none.
    """

    first: str
    second: str
    differences: Mapping[str, Interval]
    mcnemar: McNemar
    delong: tuple[DeLong, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubgroupEvaluation:
    """The vote on the images of one group.

    Attributes:
        column: of `labels.csv`.
        group: text or range of numbers.
        images, patients: number of them.
        figures: of all classes together, by name.
    """

    column: str
    group: str
    images: int
    patients: int
    figures: Mapping[str, Interval]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationEvaluation:
    """What a temperature does to images that it was not fitted on.

    Attributes:
        name: of the model or the ensemble.
        fit: on the other part.
        before, after: log_loss, brier, calibration_error and adaptive_calibration_error.
        reliability_before, reliability_after: bars of the diagrams.
    """

    name: str
    fit: TemperatureFit
    before: Mapping[str, float]
    after: Mapping[str, float]
    reliability_before: tuple[ReliabilityBin, ...]
    reliability_after: tuple[ReliabilityBin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedVote:
    """What was fitted on labelled images that no member was trained on.

    Attributes:
        ensemble: the same members and weights with temperature, prediction sets and referral.
        temperature: of the vote.
        member_temperatures: of each member by itself; the vote does not use them.
        conformal: None where there were too few images.
        thresholds: K probabilities that keep the wanted specificity; NaN without the class.
        images, patients: number of them.
        notes: sentences on what could not be fitted.
    """

    ensemble: EnsembleSpec
    temperature: TemperatureFit
    member_temperatures: tuple[TemperatureFit, ...]
    conformal: ConformalFit | None
    thresholds: tuple[float, ...]
    images: int
    patients: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluationStep:
    """What is measured next.

    Attributes:
        done, steps: how far the evaluation is.
        doing: in words.
    """

    done: int
    steps: int
    doing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationReport:
    """Everything that was measured on one part of a data set.

    Attributes:
        class_names: K names in the order of the outputs.
        images, patients: number of them.
        ensemble: as it was measured.
        settings: how.
        models: the members, then the vote if it has more than one.
        by_patient: None where every patient has one image.
        comparisons: of all pairs, the vote first.
        subgroups: by column, then group.
        fitted: on the other part; None without one.
        calibrations: of `fitted`, in the order of `models`; empty without.
        sets: of the fitted or else the ensemble's own prediction sets; None without.
        referral: of the fitted or else the ensemble's own thresholds; None without.
        referral_curve: by confidence alone.
        notes: sentences that a reader of the figures should know.
    """

    class_names: tuple[str, ...]
    images: int
    patients: int
    ensemble: EnsembleSpec
    settings: EvaluationSettings
    models: tuple[ModelEvaluation, ...]
    by_patient: PatientEvaluation | None
    comparisons: tuple[Comparison, ...]
    subgroups: tuple[SubgroupEvaluation, ...]
    fitted: FittedVote | None
    calibrations: tuple[CalibrationEvaluation, ...]
    sets: SetFigures | None
    referral: ReferralFigures | None
    referral_curve: ReferralCurve
    notes: tuple[str, ...]

    @property
    def vote(self) -> ModelEvaluation:
        """The ensemble's own figures."""
        return self.models[-1]
