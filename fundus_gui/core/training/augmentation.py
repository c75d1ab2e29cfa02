"""Random changes that leave the diagnosis as it is: of one photograph, and of a batch."""

from __future__ import annotations

from torchvision.transforms import v2

from fundus_gui.core.runs import TrainConfig

_WEAKEST_MAGNITUDE = 5  # of RandAugment at the start of EfficientNetV2's progressive learning


def augmentation(config: TrainConfig, strength: float = 1.0) -> v2.Transform:
    """Return the random changes of one photograph, (3, S, S) uint8.

    Args:
        config: which changes, and how large at most.
        strength: 0 to 1, scales rotation, zoom, colour and RandAugment's magnitude.
    """
    steps: list[v2.Transform] = []
    if config.flips != "none":
        steps.append(v2.RandomHorizontalFlip())
    if config.flips == "both":
        steps.append(v2.RandomVerticalFlip())
    rotation, zoom, colour = (
        value * strength for value in (config.rotation, config.zoom, config.colour)
    )
    if rotation or zoom:
        steps.append(
            v2.RandomAffine(
                degrees=rotation,
                translate=(zoom, zoom),
                scale=(1 - zoom, 1 + zoom),
                interpolation=v2.InterpolationMode.BILINEAR,
            )
        )
    if colour:
        steps.append(v2.ColorJitter(colour, colour, colour, colour / 10))
    if config.policy == "randaugment":
        weakest = min(_WEAKEST_MAGNITUDE, config.policy_magnitude)
        magnitude = weakest + (config.policy_magnitude - weakest) * strength
        steps.append(v2.RandAugment(magnitude=round(magnitude)))
    elif config.policy == "trivialaugment":
        steps.append(v2.TrivialAugmentWide())
    if config.erasing:
        # At most 15 %: the usual third of the picture could hide every lesion.
        steps.append(v2.RandomErasing(config.erasing, scale=(0.02, 0.15)))
    return v2.Compose(steps or [v2.Identity()])


def mixing(config: TrainConfig, num_classes: int, strength: float = 1.0) -> v2.Transform | None:
    """Return Mixup or CutMix of a batch, None where neither is wanted.

    It takes (N, 3, S, S) floating-point inputs and (N,) labels, and returns the mixed inputs
    with (N, K) labels, or both unchanged with the probability 1 - `config.mix_probability`.

    Args:
        config: their α and probabilities.
        num_classes: K.
        strength: 0 to 1, scales α.
    """
    choices: list[v2.Transform] = []
    shares: list[float] = []
    for kind, alpha, share in (
        (v2.MixUp, config.mixup, 1 - config.mix_switch),
        (v2.CutMix, config.cutmix, config.mix_switch),
    ):
        if alpha * strength:
            choices.append(kind(alpha=alpha * strength, num_classes=num_classes))
            shares.append(share)
    if not choices or not config.mix_probability:
        return None
    chosen = v2.RandomChoice(choices, shares) if len(choices) > 1 else choices[0]
    return v2.RandomApply([chosen], p=config.mix_probability)
