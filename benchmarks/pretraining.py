"""Learn from photographs without their labels, to see whether a training gains by it.

    pip install lightly
    python benchmarks/pretraining.py --data DIR --split RUN/split.csv --out FILE.safetensors
                                     [--model NAME] [--pretrained SOURCE] [--epochs N]

Two altered views of each training photograph have to agree by VICReg (Bardes et al., 2022), whose
terms keep a small batch from making all photographs alike; loss and projection are Lightly's. The
validation and the test part are not looked at. `fundus-gui train --pretrained FILE.safetensors`
starts from the result; the same training without it is what to compare with.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from lightly.loss import VICRegLoss
from lightly.models.modules.heads import VICRegProjectionHead
from torch import Tensor, nn
from torchvision.transforms import v2

from fundus_gui.core.cards import ModelCard
from fundus_gui.core.checkpoints import save_checkpoint
from fundus_gui.core.conversion import initial_weights
from fundus_gui.core.datasets import read_split
from fundus_gui.core.errors import FundusError
from fundus_gui.core.models import create_model, find_classifier
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.runs import TrainConfig
from fundus_gui.core.training.optimisation import learning_rate, make_optimizer, set_learning_rate
from fundus_gui.core.training.views import DecodedViews

WIDTH = 1024  # of the projection: small, for batches are small
KEPT = 0.4  # of a photograph's area at least, so that two views share most lesions


def altered(size: int) -> v2.Transform:
    """Return the random changes that make a view, (3, S, S) uint8 to float32 in 0 to 1."""
    return v2.Compose(
        [
            v2.RandomResizedCrop(size, scale=(KEPT, 1.0), ratio=(0.9, 1.1)),
            v2.RandomHorizontalFlip(),
            v2.RandomVerticalFlip(),
            v2.RandomRotation(90),
            v2.RandomApply([v2.ColorJitter(0.4, 0.4, 0.2, 0.04)], p=0.8),
            v2.RandomApply([v2.GaussianBlur(5, (0.1, 1.5))], p=0.3),
            v2.ToDtype(torch.float32, scale=True),
        ]
    )


class Paired(nn.Module):
    """A network without its classifier, and the projection that is thrown away afterwards."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        classifier = find_classifier(network)
        self._features: list[Tensor] = []
        classifier.register_forward_pre_hook(lambda _, given: self._features.append(given[0]))
        self.projection = VICRegProjectionHead(classifier.in_features, WIDTH, WIDTH)

    def forward(self, views: Tensor) -> Tensor:
        """Return (N, WIDTH)."""
        self.network(views)
        projected: Tensor = self.projection(self._features.pop())
        return projected


def batches(count: int, size: int, random: np.random.Generator) -> Iterator[list[int]]:
    """Yield the numbers of all photographs in a new order; the last, smaller batch is left out."""
    order = random.permutation(count).tolist()
    yield from (order[start : start + size] for start in range(0, count - size + 1, size))


def pretrain(
    network: nn.Module, photographs: Tensor, how: Preprocessing, config: TrainConfig
) -> None:
    """Change the network's weights, all but the classifier's; print the loss of every epoch.

    Args:
        network: in its usual form, with a classifier.
        photographs: (N, 3, S, S) uint8, larger than the network's input.
        how: size, mean and standard deviation of the input.
        config: epochs, batch size, learning rate, weight decay and seed.
    """
    torch.manual_seed(config.seed)
    random = np.random.default_rng(config.seed)
    model = Paired(network).train().to(memory_format=torch.channels_last)
    optimizer = make_optimizer(model, config)
    criterion = VICRegLoss()
    view, normalise = altered(how.size), v2.Normalize(how.mean, how.std)
    steps = config.epochs * (len(photographs) // config.batch_size)
    step = 0
    for epoch in range(1, config.epochs + 1):
        began, losses = time.monotonic(), []
        for chosen in batches(len(photographs), config.batch_size, random):
            one, other = (
                normalise(torch.stack([view(photographs[i]) for i in chosen])) for _ in range(2)
            )
            set_learning_rate(optimizer, learning_rate(step / steps, config))
            loss = criterion(model(one), model(other))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), config.clip_norm)
            optimizer.step()
            losses.append(loss.item())
            step += 1
        seconds = time.monotonic() - began
        print(f"epoch {epoch}: loss {np.mean(losses):.3f}, {seconds:.0f} s", flush=True)


def main(  # noqa: PLR0917 - typer names them
    data: Annotated[Path, typer.Option(help="Folder of photographs with labels.csv.")],
    split: Annotated[Path, typer.Option(help="split.csv, which says what is the training part.")],
    out: Annotated[Path, typer.Option(help="File to write, ends in .safetensors.")],
    model: Annotated[str, typer.Option(help="Architecture.")] = "timm:tf_efficientnet_lite0",
    pretrained: Annotated[str, typer.Option(help="Weights to start from.")] = "",
    size: Annotated[int, typer.Option(help="Of the network's input in pixels.")] = 128,
    epochs: Annotated[int, typer.Option(min=1)] = 20,
    batch_size: Annotated[int, typer.Option(min=2)] = 64,
    rate: Annotated[float, typer.Option(help="Highest learning rate.")] = 3e-4,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Learn without labels, and write weights to train from."""
    dataset = read_split(data, split)
    part = dataset.part("train")
    classes = dataset.class_names
    network = create_model(model, num_classes=len(classes), input_size=size)
    how, licence = Preprocessing(size=size), ""
    if pretrained:
        known = initial_weights(pretrained, model, {}, class_names=classes, input_size=size)
        network.load_state_dict(known.state, strict=False)
        how = Preprocessing(size=size, mean=known.preprocessing.mean, std=known.preprocessing.std)
        licence = known.licence
    decoded = DecodedViews(part, Preprocessing(size=size * 5 // 4))
    photographs = torch.stack([decoded[number] for number in range(len(decoded))])
    print(f"{len(part)} photographs, {epochs} epochs", flush=True)
    config = TrainConfig(
        epochs=epochs, batch_size=batch_size, learning_rate=rate, weight_decay=0.02, seed=seed
    )
    pretrain(network, photographs, how, config)
    card = ModelCard(
        architecture=model, class_names=classes, preprocessing=how, licence=licence,
        title=f"{model}, pretrained without labels",
    )  # fmt: skip
    save_checkpoint(out, network.state_dict(), card)
    print(f"The weights are in {out}.")


if __name__ == "__main__":
    try:
        typer.run(main)
    except FundusError as error:
        raise SystemExit(str(error)) from error
