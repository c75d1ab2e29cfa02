"""How fast a training is, beside a bare torch loop over the same network.

    python benchmarks/training.py [--model NAME] [--size PX] [--steps N] [--data DIR] [--device D]

Both take turns and the medians are compared, so that a busy machine slows both. The bare loop has
its batches ready as normalised tensors: no augmentation, no average, no report. Without --data,
synthetic photographs are drawn.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor, nn

from fundus_gui.core.datasets import Dataset, read_dataset
from fundus_gui.core.devices import device_name
from fundus_gui.core.models import create_model
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.runs import TrainConfig
from fundus_gui.core.synthetic import write_samples
from fundus_gui.core.training.batches import TrainingBatches
from fundus_gui.core.training.learner import Course, Learner
from fundus_gui.core.training.processes import make_fabric
from fundus_gui.core.training.views import Views, decode_views

ROUNDS = 3
DRAWN_PER_CLASS = 8


class Turns:
    """Updates in turns of a few, with the speed and the waiting of each turn."""

    def __init__(self, updates: Iterator[float], images: int) -> None:
        """Take the updates of one way to train; each yields the seconds it waited for images."""
        self._updates = updates
        self._images = images
        self.speeds: list[float] = []
        self.waiting: list[float] = []

    def take(self, steps: int) -> None:
        """Make some updates; the first turn of all should be forgotten."""
        began = time.perf_counter()
        waited = sum(itertools.islice(self._updates, steps))
        seconds = time.perf_counter() - began
        self.speeds.append(steps * self._images / seconds)
        self.waiting.append(waited / seconds)


def ours(config: TrainConfig, data: Dataset) -> Iterator[float]:
    """Train as the program does, photographs decoded before."""
    views = decoded(config, data)
    labels = [data.class_names.index(image.label) for image in data.images]
    classes = len(data.class_names)
    fabric = make_fabric(config)
    network = create_model(config.model, num_classes=classes, input_size=config.input_size)
    learner = Learner(config, fabric, network, Preprocessing(size=config.input_size), None, classes)
    uses_cuda = fabric.device.type == "cuda"
    batches = TrainingBatches(views, labels, classes, config, uses_cuda=uses_cuda)
    updates = itertools.chain.from_iterable(map(batches.epoch, itertools.count(1)))
    for update in itertools.count(1):
        asked = time.perf_counter()
        some_views, some_labels = next(updates)
        waited = time.perf_counter() - asked
        course = Course(
            update=update,
            learning_rate=config.learning_rate,
            size=config.input_size,
            strength=1.0,
            is_frozen=False,
        )
        learner.update(some_views, some_labels, course)
        yield waited


def decoded(config: TrainConfig, data: Dataset) -> Views:
    """Decode all photographs into memory."""
    decoding = decode_views(data.images, Preprocessing(size=config.input_size), config)
    while True:
        try:
            next(decoding)
        except StopIteration as end:
            views: Views = end.value
            return views


def plain(config: TrainConfig, classes: int, device: torch.device) -> Iterator[float]:
    """Train as one would write it in ten lines."""
    network = create_model(config.model, num_classes=classes, input_size=config.input_size)
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    network.train()
    optimizer = torch.optim.AdamW(network.parameters(), config.learning_rate)
    loss_of = nn.CrossEntropyLoss()
    inputs, labels = ready_batch(config, classes, device)
    while True:
        with torch.autocast(device.type, torch.bfloat16, enabled=config.precision == "bf16"):
            loss = loss_of(network(inputs), labels)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        loss.item()  # ours reads it, too
        yield 0.0


def ready_batch(config: TrainConfig, classes: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return inputs and labels that wait on the device."""
    shape = (config.batch_size, 3, config.input_size, config.input_size)
    inputs = torch.randn(shape, device=device).contiguous(memory_format=torch.channels_last)
    return inputs, torch.randint(classes, (config.batch_size,), device=device)


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="efficientnet_v2_s_simam")
    parser.add_argument("--size", type=int, default=96, help="input size in pixels")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--steps", type=int, default=6, help="updates in each of three turns")
    parser.add_argument("--precision", default="fp32", choices=["fp32", "bf16"])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--data", type=Path, help="labelled photographs; else some are drawn")
    options = parser.parse_args()
    config = TrainConfig(
        model=options.model,
        input_size=options.size,
        batch_size=options.batch_size,
        precision=options.precision,
        device=options.device,
        balance="none",
        cache="memory",
    )
    with tempfile.TemporaryDirectory() as drawn:
        folder = options.data
        if folder is None:
            folder = Path(drawn)
            list(write_samples(folder, per_class=DRAWN_PER_CLASS, size=512))
        measure(config, read_dataset(folder), options.steps)


def measure(config: TrainConfig, data: Dataset, steps: int) -> None:
    """Let both train in turns and print what came of it."""
    device = make_fabric(config).device
    program = Turns(ours(config, data), config.batch_size)
    loop = Turns(plain(config, len(data.class_names), device), config.batch_size)
    # Before the turns that count, one whole epoch, in which worker processes start.
    for contestant in (program, loop):
        contestant.take(-(-len(data.images) // config.batch_size))
    for _ in range(ROUNDS):
        program.take(steps)
        loop.take(steps)
    table = Table(
        title=f"{config.model}, {config.input_size} px, batches of {config.batch_size}, "
        f"{config.precision}, {device_name(device)}"
    )
    for heading in ("", "images/s", "of the bare loop", "waiting for photographs"):
        table.add_column(heading, justify="right" if heading else "left")
    bare = statistics.median(loop.speeds[1:])
    for name, turns in (("this program", program), ("bare torch loop", loop)):
        speed = statistics.median(turns.speeds[1:])
        waiting = statistics.median(turns.waiting[1:])
        table.add_row(name, f"{speed:.1f}", f"{speed / bare:.0%}", f"{waiting:.1%}")
    Console().print(table)
    print("timm's train.py is not measured: pip installs timm without its scripts.")


if __name__ == "__main__":
    main()
