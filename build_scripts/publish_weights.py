"""Turn training runs into the shipped weights, their vote, and the figures of their model card.

    python build_scripts/publish_weights.py --data DIR --run runs/NAME --run runs/OTHER \
        [--size NAME=160] [--method adaptive] [--out weights] [--test]

Writes each run's best weights in half precision with a card and a temperature, fits the vote by
the chosen method beside all others, and rewrites the parts of OUT/README.md between
`<!-- generated:NAME -->` and `<!-- end -->` with OUT/figures beside it. Everything is fitted on the
photographs that the runs set aside for validation; the test part is read only with --test, which
is meant to be given once.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from publishing import members, page
from publishing.pictures import write_pictures

from fundus_gui.cli.engine import classify_with
from fundus_gui.core import atomic
from fundus_gui.core.assessments import Assessment, DataPart, JudgedPart
from fundus_gui.core.assessments.assessing import AssessmentRequest, assess, judge
from fundus_gui.core.assessments.calibrating import CalibratedModel, calibrate_ensemble
from fundus_gui.core.assessments.fusing import FusedVote, FusionRequest, fuse
from fundus_gui.core.catalogue import Catalogue, read_catalogue, write_ensemble
from fundus_gui.core.checkpoints import copy_with_card
from fundus_gui.core.datasets import read_dataset
from fundus_gui.core.ensemble import load_ensemble
from fundus_gui.core.errors import FundusError
from fundus_gui.core.evaluation import Bootstrap, EvaluationReport, EvaluationSettings, evaluate
from fundus_gui.core.fusion import ADAPTIVE, FIT_METHODS
from fundus_gui.core.fusion.comparison import ComparisonSettings
from fundus_gui.core.inference import predict_images
from fundus_gui.core.paths import samples_dir
from fundus_gui.core.results import Prediction
from fundus_gui.core.runs import RunFolder

ENSEMBLE = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be published.

    Attributes:
        data: the photographs that the runs were trained on.
        runs: by the name of the new model.
        titles: for people, of models that are not to be called as their architecture.
        sizes: of the photographs at inference, in pixels, of models where it differs.
        out: folder of weights.
        method: of fitting the vote.
        device: that classifies.
        replicates: drawings of the bootstrap.
        referral_error: share of wrong answers among those that are not referred to a person.
        has_test: whether the test part is scored, too.
    """

    data: Path
    runs: Mapping[str, RunFolder]
    titles: Mapping[str, str]
    sizes: Mapping[str, int]
    out: Path
    method: str
    device: str
    replicates: int
    referral_error: float
    has_test: bool

    @property
    def files(self) -> dict[str, Path]:
        """The weights files by name."""
        return {name: self.out / f"{name}.safetensors" for name in self.runs}

    @property
    def settings(self) -> EvaluationSettings:
        """How figures are measured."""
        return EvaluationSettings(
            bootstrap=Bootstrap(replicates=self.replicates, method="bca"),
            referral_aim="error",
            referral_rate=self.referral_error,
        )

    def catalogue(self) -> Catalogue:
        """Return the models as they lie in the folder now."""
        return read_catalogue([self.out])


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options and publish."""
    order = read_order(arguments)
    try:
        publish(order)
    except FundusError as error:
        raise SystemExit(str(error)) from error


def read_order(arguments: Sequence[str] | None) -> Order:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="photographs of the runs")
    parser.add_argument("--run", type=Path, action="append", required=True, help="two at least")
    parser.add_argument("--title", action="append", default=[], help="NAME=what people call it")
    parser.add_argument("--size", action="append", default=[], help="NAME=pixels at inference")
    parser.add_argument("--out", type=Path, default=Path("weights"))
    parser.add_argument("--method", default=ADAPTIVE, choices=[ADAPTIVE, *FIT_METHODS])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--replicates", type=int, default=2000, help="of the bootstrap")
    parser.add_argument("--referral-error", type=float, default=0.25, help="of reported answers")
    parser.add_argument("--test", action="store_true", help="score the test part, once")
    options = parser.parse_args(arguments)
    runs = {path.name: RunFolder(path) for path in options.run}
    if len(runs) < 2 or len(runs) < len(options.run):
        parser.error("a vote needs two runs at least, in folders of different names")
    sizes = {name: int(size) for name, size in (item.split("=") for item in options.size)}
    titles = dict(item.split("=", 1) for item in options.title)
    if not (sizes.keys() | titles.keys()) <= runs.keys():
        parser.error("--size or --title names a model that is not published")
    return Order(
        data=options.data,
        runs=runs,
        titles=titles,
        sizes=sizes,
        out=options.out,
        method=options.method,
        device=options.device,
        replicates=options.replicates,
        referral_error=options.referral_error,
        has_test=options.test,
    )


def publish(order: Order) -> None:
    """Write weights, vote, figures and page, in this order."""
    members.validation_images(order.data, list(order.runs.values()))
    for name, run in order.runs.items():
        members.publish_member(
            run,
            order.data,
            order.files[name],
            size=order.sizes.get(name),
            title=order.titles.get(name, ""),
        )
    members.check_sizes(list(order.files.values()))
    part, calibrated = members.calibrated(judged_validation(order), order.catalogue())
    for name, model in zip(order.runs, calibrated, strict=True):
        copy_with_card(order.files[name], order.files[name], model.card)
    fused = fused_vote(order, part)
    write_ensemble(fused.spec, order.out, overwrite=True)
    report = evaluate(part.predictions, fused.spec, order.settings)
    test = tested(order) if order.has_test else None
    write_cards(order, report, test)
    cards = {name: order.catalogue().model(name).card for name in order.runs}
    write_pictures(order.out / "figures", report, part.predictions)
    parts = {
        "members": page.members(order.files, cards),
        "data": page.data(cards, report.patients),
        "recipe": page.recipe(cards, publish_command(order)),
        "figures": validation_text(order, report, calibration_text(order, part, fused, calibrated)),
    }
    if test is not None:
        write_pictures(order.out / "figures", test.report, test.judged.predictions, "test_")
        parts["test"] = test_text(test)
    write_page(order.out / "README.md", parts)


def judged_validation(order: Order) -> JudgedPart:
    """Let the half-precision members classify the validation part."""
    catalogue, names = order.catalogue(), list(order.runs)
    split = next(iter(order.runs.values())).split_file
    source = DataPart(folder=order.data, part="val", split=split)
    spec = catalogue.of_models(names)
    class_names = catalogue.model(names[0]).card.class_names
    work = judge(source, spec, class_names, classify_with(catalogue, order.device))
    while True:
        try:
            step = next(work)
        except StopIteration as end:
            part: JudgedPart = end.value
            return part
        show(f"{step.stage} {step.done}/{step.total}")


def fused_vote(order: Order, part: JudgedPart) -> FusedVote:
    """Fit the vote, all methods beside the chosen one."""
    comparison = ComparisonSettings(bootstrap=order.settings.bootstrap)
    request = FusionRequest(
        name=ENSEMBLE,
        title="Default ensemble",
        method=order.method,
        comparison=comparison,
        evaluation=order.settings,
    )
    for record in fuse(part, request):
        if isinstance(record, FusedVote):
            return record
        show(f"vote: {record.name}")
    raise AssertionError("a fusion ends with its vote")


def tested(order: Order) -> Assessment:
    """Score the test part with the vote that was written, looking for leaks."""
    catalogue = order.catalogue()
    request = AssessmentRequest(
        judged=DataPart(folder=order.data, part="test"),
        spec=catalogue.ensemble(ENSEMBLE),
        settings=order.settings,
    )
    for record in assess(request, catalogue, classify_with(catalogue, order.device)):
        if isinstance(record, Assessment):
            return record
        show(f"test: {record.stage} {record.done}/{record.total}")
    raise AssertionError("an evaluation ends with its assessment")


def write_cards(order: Order, report: EvaluationReport, test: Assessment | None) -> None:
    """Put figures and golden image into the cards."""
    catalogue = order.catalogue()
    for index, (name, path) in enumerate(order.files.items()):
        card = members.with_figures(catalogue.model(name).card, "validation", report.models[index])
        if test is not None:
            card = members.with_figures(card, "test", test.report.models[index])
        members.with_golden(path, card)


def publish_command(order: Order) -> str:
    """Return the line that publishes the same again, with names in the place of paths."""
    words = ["python", "build_scripts/publish_weights.py", "--data", order.data.resolve().name]
    for name in order.runs:
        words += ["--run", f"runs/{name}"]
    for name, title in order.titles.items():
        words += ["--title", f"{name}={title}"]
    for name, size in order.sizes.items():
        words += ["--size", f"{name}={size}"]
    words += ["--method", order.method] if order.method != ADAPTIVE else []
    return shlex.join([*words, *(["--test"] if order.has_test else [])])


def calibration_text(
    order: Order, part: JudgedPart, fused: FusedVote, calibrated: Sequence[CalibratedModel]
) -> str:
    """Return how the vote was chosen and what temperatures are worth, on patients left out."""
    check = calibrate_ensemble(part, fused.spec, order.settings).check
    models = dict(zip(order.runs, calibrated, strict=True))
    return "\n\n".join(
        [
            "### Ways to vote, cross-fitted",
            "Each photograph is judged by weights that were fitted on other patients.",
            page.methods(fused.compared, fused.spec.method),
            "### Calibration, cross-validated",
            "Each photograph is judged by a temperature that was fitted on other patients.",
            page.calibration(models, check, fused.spec.temperature),
            page.decision(fused),
        ]
    )


def validation_text(order: Order, report: EvaluationReport, calibration: str) -> str:
    """Return the section of the validation part."""
    optimism = (
        "Epochs, temperatures and the vote's weights were chosen on these photographs, so that "
        "the figures are optimistic."
    )
    return "\n\n".join(
        [
            optimism,
            page.figures(report, "Validation"),
            page.verdict(report),
            calibration,
            pictures_text(),
            samples_text(order),
        ]
    )


def test_text(test: Assessment) -> str:
    """Return the section of the test part."""
    return "\n\n".join(
        [
            "Nothing was chosen by these figures; how often they were seen stands under Data.",
            *(f"**{warning}**" for warning in test.warnings),
            page.figures(test.report, "Test"),
            page.verdict(test.report),
            pictures_text("test_"),
        ]
    )


def pictures_text(prefix: str = "") -> str:
    """Return the figures as the page shows them."""
    titles = {
        "calibration": "Confidence and share of right answers",
        "confusion": "Confusion matrix of the ensemble",
        "roc": "ROC curves of the ensemble, one class against the rest",
    }
    return "\n\n".join(f"![{title}](figures/{prefix}{name}.svg)" for name, title in titles.items())


def samples_text(order: Order) -> str:
    """Say how many of the synthetic samples the ensemble classifies as what they show."""
    samples = read_dataset(samples_dir()).images
    catalogue = order.catalogue()
    ensemble = load_ensemble(catalogue.ensemble(ENSEMBLE), catalogue, device="cpu")
    if not {image.label for image in samples} <= set(ensemble.class_names):
        return ""
    results = predict_images(ensemble, [image.path for image in samples])
    pairs = list(zip(samples, results, strict=True))
    right = [
        i.label for i, found in pairs if isinstance(found, Prediction) and found.label == i.label
    ]
    wrong = sorted({image.label for image in samples} - set(right))
    missed = f" (not: {', '.join(wrong)})" if wrong else ""
    return (
        f"Of the {len(pairs)} synthetic samples in `resources/samples` the ensemble calls "
        f"{len(right)} what they show{missed}. They are drawings and say nothing about photographs."
    )


def write_page(path: Path, parts: Mapping[str, str]) -> None:
    """Rewrite the generated parts of the model card's page, and print the figures."""
    text = path.read_text(encoding="utf-8") if path.is_file() else "# The shipped weights\n"
    atomic.write_bytes(path, page.rewritten(text, parts).encode("utf-8"))
    print(parts.get("test", parts["figures"]))


def show(progress: str) -> None:
    """Overwrite the line of progress."""
    print(f"\r{progress:<60}", end="", flush=True)


if __name__ == "__main__":
    main()
