"""The long jobs of the weights tab, as generators: comparing the methods and saving one."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from fundus_gui.core.assessments import JudgedPart
from fundus_gui.core.assessments.assessing import Progress, known_hashes
from fundus_gui.core.assessments.fusing import (
    FusionRequest,
    compare,
    fused_vote,
    weight_map,
)
from fundus_gui.core.catalogue import Catalogue, EnsembleSpec, read_catalogue, write_ensemble
from fundus_gui.core.fusion.comparison import ComparedVote, ComparisonSettings
from fundus_gui.core.fusion.landscape import WeightMap
from fundus_gui.core.leaks import Overlap, leak_sentences, overlap
from fundus_gui.core.paths import user_weights_dir


@dataclass(frozen=True, slots=True)
class Compared:
    """The end of a comparison: what is needed to save an ensemble.

    Attributes:
        catalogue: what is installed.
        overlaps: with each member's training images.
    """

    catalogue: Catalogue
    overlaps: dict[str, Overlap]

    @property
    def leaks(self) -> tuple[str, ...]:
        """Sentences on the members that were trained on some of the photographs."""
        return leak_sentences({name: found for name, found in self.overlaps.items() if found})

    @property
    def warnings(self) -> tuple[str, ...]:
        """The leaks, then who does not say what it was trained on."""
        return leak_sentences(self.overlaps)


def compare_methods(
    part: JudgedPart, settings: ComparisonSettings
) -> Generator[ComparedVote | WeightMap | Progress | Compared, None, None]:
    """Yield the ways to vote as they are judged, the map of two or three members, and the end."""
    yield from compare(part, settings)
    drawn = weight_map(part, settings.options.score)
    if drawn is not None:
        yield drawn
    catalogue = read_catalogue()
    members = [name for name in part.predictions.member_names if name in catalogue.models]
    hashes = yield from known_hashes(part.images)
    yield Compared(catalogue, {n: overlap(catalogue.model(n).card, hashes) for n in members})


def save_ensemble(
    part: JudgedPart, compared: tuple[ComparedVote, ...], request: FusionRequest
) -> Generator[EnsembleSpec, None, None]:
    """Write a user's ensemble, then yield it.

    Raises:
        EnsembleError: the name is taken, or it cannot be written.
        UnknownNameError: a member is not installed any more.
    """
    catalogue = read_catalogue()
    catalogue.check_new_name(request.name)
    catalogue.of_models(part.predictions.member_names)
    spec = fused_vote(part, compared, request).spec
    write_ensemble(spec, user_weights_dir())
    yield spec
