"""From a config, or from a run folder that was left, to a training under way."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import torch
from lightning_fabric import Fabric

from fundus_gui.core import atomic
from fundus_gui.core.conversion import InitialWeights, initial_weights
from fundus_gui.core.datasets import (
    Dataset,
    find_patient_pattern,
    measure_statistics,
    read_split,
    split_table,
)
from fundus_gui.core.devices import device_errors_told
from fundus_gui.core.errors import ConfigError, DatasetError, FundusError
from fundus_gui.core.models import create_model
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.reports.tensorboard import check_tensorboard
from fundus_gui.core.runs import (
    Event,
    Notice,
    Preparing,
    RunEnded,
    RunFolder,
    TeacherLoaded,
    TrainConfig,
    WeightsLoaded,
    read_events,
    read_run,
)
from fundus_gui.core.runs.data import prepare_dataset, record_hashes, verify_dataset
from fundus_gui.core.training.batches import class_weights
from fundus_gui.core.training.distillation import (
    Teacher,
    absolute_teacher,
    check_same_teachers,
    check_teachers,
    leak_sentences,
    load_teachers,
)
from fundus_gui.core.training.learner import Learner
from fundus_gui.core.training.loop import Training, class_indices
from fundus_gui.core.training.optimisation import training_sizes
from fundus_gui.core.training.output import RunOutput, model_arguments
from fundus_gui.core.training.processes import is_first_process, make_fabric
from fundus_gui.core.training.state import Place, load_state
from fundus_gui.core.training.views import decode_views

_ANY_CLASSES = ("a", "b")  # before the data are known
_HARDLY_GROUPED = 0.95  # patients a photograph, above which they are not known


def fit(config: TrainConfig, out: Path, *, command: str = "") -> Generator[Event, None, None]:
    """Train by `config` and write the new run folder `out`; every event is also written there.

    With several processes each calls this; the first yields the events, the others none.

    Raises:
        DatasetError: the data cannot be trained on, or `out` exists already.
        ConfigError: the settings do not go together, or let the loss diverge.
        FundusError: as network, device and disk demand. The folder keeps what was reached.
    """
    folder = RunFolder(out)
    fabric = make_fabric(config)
    if not is_first_process():
        yield from _train(folder, config, fabric, command)
        return
    _check(config)
    # A resumed run may be started from another working directory.
    data = str(Path(config.data).absolute()) if config.data else ""
    config = config.changed(data=data, teacher=absolute_teacher(config))
    folder.create(config)
    with folder.locked(), _told(folder):
        for event in _prepared(folder, config):
            folder.append_event(event)
            yield event
        yield from _train(folder, config, fabric, command)


def resume(out: Path, *, command: str = "") -> Generator[Event, None, None]:
    """Go on with the run in `out` from its last saved state.

    Raises:
        ConfigError: it is not the folder of a run, or the run was completed.
        FundusError: as `fit`.
    """
    folder = RunFolder(out)
    config = folder.read_config()
    if not (folder.state_file.is_file() and folder.split_file.is_file()):
        raise ConfigError(
            f"{out} holds no saved state, since no epoch was completed. Start a new training."
        )
    ended = read_run(out).ended
    if ended is not None and ended.ending == "finished":
        raise ConfigError(f"The run {out} is complete: {ended.reason} Start a new training.")
    fabric = make_fabric(config)
    if not is_first_process():
        yield from _train(folder, config, fabric, command)
        return
    with folder.locked(), _told(folder):
        for event in verify_dataset(config, read_split(Path(config.data), folder.split_file)):
            folder.append_event(event)
            yield event
        yield from _train(folder, config, fabric, command)


def _check(config: TrainConfig) -> None:
    """Raise what can be known without the data."""
    if config.tensorboard:
        check_tensorboard()
    check_teachers(config)
    with torch.device("meta"):
        network = create_model(
            config.model,
            num_classes=2,
            input_size=config.input_size,
            **model_arguments(config),
        )
        if config.initial_size is not None:
            _check_growth(network.eval(), config)


def _check_growth(network: torch.nn.Module, config: TrainConfig) -> None:
    """Raise ConfigError for a network that does not take every size of progressive learning."""
    for size in training_sizes(config):
        try:
            network(torch.empty(1, 3, size, size))
        except (AssertionError, RuntimeError, ValueError) as error:
            raise ConfigError(
                f"{config.model} cannot learn from photographs of {size} pixels ({error}) Leave "
                "initial_size empty."
            ) from error


@contextmanager
def _told(folder: RunFolder) -> Iterator[None]:
    """Write an error into the events before passing it on."""
    try:
        with device_errors_told():
            yield
    except FundusError as error:
        with suppress(FundusError):
            folder.append_event(RunEnded(ending="failed", reason=str(error)))
        raise


def _prepared(folder: RunFolder, config: TrainConfig) -> Generator[Event, None, None]:
    """Read and split the data; write `split.csv`."""
    if config.data and not Path(config.data).is_dir():  # before weights may be downloaded
        raise DatasetError(f"There is no folder {config.data}.")
    if config.pretrained:  # a mistake is told now, not after an hour of reading photographs
        yield Preparing(stage="building")
        _initial_weights(config, _ANY_CLASSES)
    data, hashes = yield from prepare_dataset(config)
    yield from _unused_pattern(data, config)
    table = split_table(record_hashes(data, hashes))
    with folder.writing():
        atomic.write_bytes(folder.split_file, table.encode("utf-8-sig", "backslashreplace"))


def _unused_pattern(data: Dataset, config: TrainConfig) -> Generator[Notice, None, None]:
    """Propose to tell patients apart by the file names where nothing else does."""
    patients = {image.patient_id for image in data.images}
    if config.patient_pattern or len(patients) < _HARDLY_GROUPED * len(data.images):
        return
    pattern = find_patient_pattern([image.path.name for image in data.images])
    if pattern is not None:
        yield Notice(
            text="The file names look as if they named patients, whose photographs should be in "
            f"one part. If they do, train with --patient-pattern '{pattern}'."
        )


def _train(
    folder: RunFolder, config: TrainConfig, fabric: Fabric, command: str
) -> Generator[Event, None, None]:
    """Build everything from the folder and run the loop; the same in every process."""
    fabric.launch()
    fabric.barrier()
    data = read_split(Path(config.data), folder.split_file)
    events = _run(folder, config, fabric, data, command)
    for event in events:
        if fabric.is_global_zero:
            yield event


def _run(
    folder: RunFolder, config: TrainConfig, fabric: Fabric, data: Dataset, command: str
) -> Generator[Event, None, None]:
    output = RunOutput(folder, config, data, command, is_first=fabric.is_global_zero)
    output.start()
    with _deterministic(config.deterministic):
        yield from output.recorded(_events(config, fabric, data, output))


def _events(
    config: TrainConfig, fabric: Fabric, data: Dataset, output: RunOutput
) -> Generator[Event, None, None]:
    teachers = load_teachers(config, data.class_names)
    yield from _introduced(teachers, data, output)
    preprocessing = Preprocessing(size=config.input_size, contrast=config.contrast)
    training_views = yield from decode_views(data.part("train"), preprocessing, config)
    validation_views = yield from decode_views(data.part("val"), preprocessing, config)
    if config.normalisation == "measured":
        mean, std = measure_statistics(training_views.arrays())
        preprocessing = dataclasses.replace(preprocessing, mean=mean, std=std)
    yield Preparing(stage="building")
    if config.compile:
        config = yield from _compiling(config, fabric)
    is_resumed = output.folder.state_file.is_file()
    initial, loaded = None, _loaded(output.folder) if is_resumed else None
    if config.pretrained and loaded is None:
        initial = _initial_weights(config, data.class_names)
        loaded = _record(initial)
        yield Notice(text=_described(initial))
        yield loaded
    if loaded is not None:
        output.loaded = loaded
        preprocessing = _as_trained(preprocessing, loaded, config)
    learner = make_learner(config, fabric, data, preprocessing, initial, teachers)
    place = Place()
    if is_resumed:
        place = load_state(output.folder.state_file, learner)
    training = Training(learner, data, training_views, validation_views, output)
    yield from training.run(place)


def _introduced(
    teachers: Sequence[Teacher], data: Dataset, output: RunOutput
) -> Generator[TeacherLoaded | Notice, None, None]:
    """Tell of the teachers, or make sure that a resumed run has those that it began with."""
    if output.folder.state_file.is_file():
        events = read_events(output.folder)
        check_same_teachers(teachers, [e for e in events if isinstance(e, TeacherLoaded)])
    output.teachers = tuple(teacher.record() for teacher in teachers)
    if not output.folder.state_file.is_file():
        yield from output.teachers
        yield from (Notice(text=text) for text in leak_sentences(teachers, data.part("val")))


def _initial_weights(config: TrainConfig, class_names: Sequence[str]) -> InitialWeights:
    return initial_weights(
        config.pretrained,
        config.model,
        model_arguments(config),
        class_names=class_names,
        input_size=config.input_size,
    )


def _loaded(folder: RunFolder) -> WeightsLoaded | None:
    """Return what the run started from, None if from scratch."""
    events = read_events(folder)
    return next((event for event in events if isinstance(event, WeightsLoaded)), None)


def _record(initial: InitialWeights) -> WeightsLoaded:
    return WeightsLoaded(
        title=initial.title,
        licence=initial.licence,
        sha256=initial.sha256,
        mean=initial.preprocessing.mean,
        std=initial.preprocessing.std,
    )


def _described(initial: InitialWeights) -> str:
    report = initial.report
    head = "its head included" if report.has_head else "the head is new"
    return (
        f"Started from {initial.title}: {len(report.matched)} tensors fit, {len(report.new)} are "
        f"new, {len(report.dropped)} were left out; {head}. Licence: {initial.licence}"
    )


def _as_trained(
    preprocessing: Preprocessing, loaded: WeightsLoaded, config: TrainConfig
) -> Preprocessing:
    """Keep the colours in the range that the weights know, unless measured ones are wanted."""
    if config.normalisation == "measured":
        return preprocessing
    return dataclasses.replace(preprocessing, mean=loaded.mean, std=loaded.std)


def make_learner(
    config: TrainConfig,
    fabric: Fabric,
    data: Dataset,
    preprocessing: Preprocessing,
    initial: InitialWeights | None = None,
    teachers: Sequence[Teacher] = (),
) -> Learner:
    """Return a network for the classes of `data` with all that trains it."""
    torch.manual_seed(config.seed)
    network = create_model(
        config.model,
        num_classes=len(data.class_names),
        input_size=config.input_size,
        **model_arguments(config),
    )
    if initial is not None:
        network.load_state_dict(initial.state, strict=False)
    weights = None
    if config.balance == "loss":
        counts = class_indices(data, "train")
        weights = class_weights(counts, len(data.class_names), config.balance_strength)
    return Learner(config, fabric, network, preprocessing, weights, len(data.class_names), teachers)


def _compiling(config: TrainConfig, fabric: Fabric) -> Generator[Notice, None, TrainConfig]:
    """Return the config, without `compile` where a trial of torch.compile fails."""
    try:
        trial = torch.compile(torch.nn.Linear(2, 2).to(fabric.device))
        trial(torch.zeros(1, 2, device=fabric.device)).sum().backward()
    except Exception as error:  # noqa: BLE001 - whatever compiler is missing or broken
        reason = str(error).strip().splitlines()[0][:200]
        yield Notice(text=f"torch.compile does not work here ({reason}): trained without it.")
        return config.changed(compile=False)
    return config


@contextmanager
def _deterministic(wanted: bool) -> Iterator[None]:
    """Allow only operations that give the same bits every time."""
    before = torch.are_deterministic_algorithms_enabled()
    benchmark = torch.backends.cudnn.benchmark
    if wanted:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.backends.cudnn.benchmark = not wanted
    torch.use_deterministic_algorithms(wanted or before)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
        torch.backends.cudnn.benchmark = benchmark
