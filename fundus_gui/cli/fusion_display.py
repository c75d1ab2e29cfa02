"""How the command line shows what the ways to vote are worth, and the ensemble of one of them."""

from __future__ import annotations

from rich.table import Table

from fundus_gui.cli.console import out as console
from fundus_gui.cli.console import printable
from fundus_gui.cli.figure_table import figure_table, folded, with_interval
from fundus_gui.core.assessments.fusing import FusedVote
from fundus_gui.core.catalogue import EnsembleSpec
from fundus_gui.core.evaluation import Interval
from fundus_gui.core.fusion import SCORE_NAMES
from fundus_gui.core.fusion.comparison import ComparedVote, ComparisonSettings


def print_fusion(fused: FusedVote, settings: ComparisonSettings) -> None:
    """Print every way to vote beside equal weights and the best model, then the ensemble."""
    score = SCORE_NAMES[settings.options.score]
    console.print(_compared(fused, score))
    console.print(
        f"Each way to vote is judged by {score} on patients that its weights were not fitted on; "
        f"below each figure its {settings.bootstrap.level:.0%} interval. n.s.: not significantly "
        "different, the interval holds 0.",
        soft_wrap=True,
    )
    console.print()
    print_ensemble(fused.spec, fused)


def _compared(fused: FusedVote, score: str) -> Table:
    titles = (score.replace(" ", "\n"), "less\nequal weights", "less\nbest model", "weights")
    table = figure_table("vote", *titles)
    for vote in fused.compared:
        is_chosen = vote is fused.chosen
        remark = "alone" if vote.kind == "member" else "chosen" if is_chosen else ""
        table.add_row(
            f"{folded(vote.name, 18)}\n{remark}",
            with_interval(vote.interval),
            _difference(vote.against_equal),
            _difference(vote.against_best_member),
            _weights(vote),
            style="bold" if is_chosen else "",
        )
    return table


def _difference(found: Interval) -> str:
    if found.low == found.high == 0:
        return "the same"
    value, _, ends = with_interval(found, "+").partition("\n")
    return f"{value}{'' if found.excludes_zero else ' n.s.'}\n{ends}"


def _weights(vote: ComparedVote) -> str:
    weights = "\n".join(f"{weight:.3f}" for weight in vote.fit.weights)
    return weights if vote.fit.rule == "constant" else "by image"


def print_ensemble(spec: EnsembleSpec, fused: FusedVote | None = None) -> None:
    """Print what an ensemble stores; with the intervals of its weights if they were fitted."""
    console.print(printable(f"{spec.name} ({spec.method}, {spec.fitted_on})"), soft_wrap=True)
    for index, (member, weight) in enumerate(zip(spec.members, spec.weights, strict=True)):
        ends = ""
        if fused is not None:
            low, high = fused.weight_intervals[index]
            ends = f"  ({low:.3f}–{high:.3f})"
        console.print(printable(f"  {member}: weight {weight:.3f}{ends}"), soft_wrap=True)
    for line in _stored(spec):
        console.print(f"  {line}", soft_wrap=True)
    for note in spec.notes:
        console.print(printable(f"  {note}"), style="yellow", soft_wrap=True)


def _stored(spec: EnsembleSpec) -> list[str]:
    lines = [f"temperature of the vote {spec.temperature:.3f}"]
    if spec.rule != "constant":
        lines.insert(0, f"the weights change from image to image by {spec.rule}")
    sets, referral = spec.prediction_sets, spec.referral
    if sets is not None:
        kind = "for each class" if len(sets.thresholds) > 1 else "for all classes"
        lines.append(f"prediction sets that hold the class in {sets.coverage:.0%}, {kind}")
    if referral is not None:
        agreement = f" or an agreement of {referral.agreement:.2f}" if referral.agreement else ""
        lines.append(
            f"refers photographs below a confidence of {referral.confidence:.3f}{agreement}"
        )
    return lines
