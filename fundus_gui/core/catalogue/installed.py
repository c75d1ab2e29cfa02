"""The installed models and ensembles, by name; what cannot be used is named and left out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fundus_gui.core.cards import ModelCard, read_card
from fundus_gui.core.catalogue.ensembles_file import ENSEMBLES_FILE, read_entries
from fundus_gui.core.catalogue.spec import EnsembleSpec
from fundus_gui.core.errors import CheckpointError, EnsembleError, UnknownNameError
from fundus_gui.core.paths import user_weights_dir, weights_dir


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """One weights file; its name is the file's stem."""

    name: str
    path: Path
    card: ModelCard

    @property
    def title(self) -> str:
        """Short name for people."""
        return self.card.title or self.name


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The installed models and ensembles, later folders adding to earlier ones.

    Attributes:
        models: by name; in each folder, those that vote in an ensemble come first.
        ensembles: by name, the default first.
        refused: one sentence for each file that could not be used.
    """

    models: dict[str, InstalledModel]
    ensembles: dict[str, EnsembleSpec]
    refused: tuple[str, ...] = ()

    @property
    def default(self) -> EnsembleSpec:
        """The ensemble to use when none is named.

        Raises:
            EnsembleError: no weights are installed.
        """
        for spec in self.ensembles.values():
            return spec
        for name in self.models:
            return self.of_models([name])
        raise EnsembleError(
            "No weights are installed. Put a .safetensors file into "
            f"{user_weights_dir()} or reinstall the program."
        )

    def model(self, name: str) -> InstalledModel:
        """Return the model of that name, or raise UnknownNameError."""
        if name not in self.models:
            raise UnknownNameError("model", name, self.models)
        return self.models[name]

    def ensemble(self, name: str) -> EnsembleSpec:
        """Return the ensemble of that name, or raise UnknownNameError."""
        if name not in self.ensembles:
            raise UnknownNameError("ensemble", name, self.ensembles)
        return self.ensembles[name]

    def check_new_name(self, name: str, *, may_replace: bool = False) -> None:
        """Refuse a name that a new ensemble or model cannot have.

        Args:
            name: the wanted one.
            may_replace: let it be that of an ensemble, which is then replaced.

        Raises:
            EnsembleError: the name is taken, or no file and no option could hold it.
        """
        if not re.fullmatch(r"[\w\-+. ]{0,99}[\w\-+]", name) or name.startswith((".", "-", " ")):
            raise EnsembleError(
                f"'{name}' cannot be a name: use up to 100 letters, digits, spaces and - _ + . "
                "in it, a letter or digit first."
            )
        if name in self.models:
            raise EnsembleError(f"A model is named '{name}' already. Choose another name.")
        if name in self.ensembles and not may_replace:
            raise EnsembleError(
                f"An ensemble is named '{name}' already. Choose another name, or allow that it is "
                "overwritten."
            )

    def of_models(
        self, names: Sequence[str], weights: Sequence[float] | None = None
    ) -> EnsembleSpec:
        """Make an ensemble of freely chosen models; equal weights unless given.

        Raises:
            UnknownNameError: a model is not installed.
            EnsembleError: their classes differ, or the weights do not fit.
        """
        models = [self.model(name) for name in names]
        if not models:
            raise EnsembleError("Choose at least one model.")
        check_same_classes(models)
        return EnsembleSpec(
            name=" + ".join(names),
            title=" + ".join(model.title for model in models),
            members=tuple(names),
            weights=tuple(weights) if weights is not None else (1.0,) * len(models),
            method="equal" if weights is None else "given",
        )


def check_same_classes(models: Sequence[InstalledModel]) -> None:
    """Raise EnsembleError unless all models name the same classes in the same order."""
    first = models[0]
    for other in models[1:]:
        if other.card.class_names != first.card.class_names:
            raise EnsembleError(
                f"{first.name} and {other.name} cannot vote together: their classes are "
                f"({', '.join(first.card.class_names)}) and ({', '.join(other.card.class_names)})."
            )


def weights_dirs() -> tuple[Path, ...]:
    """Return the folders that hold weights: the shipped one and the user's own."""
    return weights_dir(), user_weights_dir()


def read_catalogue(folders: Sequence[Path] | None = None) -> Catalogue:
    """Read the cards and ensembles in `folders` (default: shipped and the user's own).

    A file that cannot be used is named in `refused`; the others stay usable.
    """
    models: dict[str, InstalledModel] = {}
    ensembles: dict[str, EnsembleSpec] = {}
    refused: list[str] = []
    for folder in weights_dirs() if folders is None else folders:
        for path in sorted(folder.glob("*.safetensors")):
            if path.stem in models:  # never silently another file behind a known name
                refused.append(
                    f"{path} is left out: another model is named {path.stem}. Rename the file."
                )
                continue
            try:
                models[path.stem] = InstalledModel(path.stem, path, read_card(path))
            except CheckpointError as error:
                refused.append(str(error))
        _read_ensembles(folder, models, ensembles, refused)
    return Catalogue(_voters_first(models, ensembles), ensembles, tuple(refused))


def _voters_first(
    models: Mapping[str, InstalledModel], ensembles: Mapping[str, EnsembleSpec]
) -> dict[str, InstalledModel]:
    """Let those that vote come before the others of their folder, in the order of their vote."""
    voters = list(dict.fromkeys(name for spec in ensembles.values() for name in spec.members))
    ranks = {name: rank for rank, name in enumerate(voters)}
    folders = list(dict.fromkeys(model.path.parent for model in models.values()))

    def place(model: InstalledModel) -> tuple[int, int]:
        return folders.index(model.path.parent), ranks.get(model.name, len(ranks))

    return {model.name: model for model in sorted(models.values(), key=place)}


def _read_ensembles(
    folder: Path,
    models: dict[str, InstalledModel],
    ensembles: dict[str, EnsembleSpec],
    refused: list[str],
) -> None:
    try:
        entries = read_entries(folder)
    except EnsembleError as error:
        refused.append(f"{error} Its ensembles are left out.")
        return
    for name, entry in entries.items():
        try:
            spec = EnsembleSpec.from_table(name, entry)
            members = [_member(models, member) for member in spec.members]
            check_same_classes(members)
            _check_thresholds(spec, len(members[0].card.class_names))
            ensembles[name] = spec
        except EnsembleError as error:
            refused.append(f"The ensemble '{name}' of {ENSEMBLES_FILE} is left out: {error}")


def _check_thresholds(spec: EnsembleSpec, classes: int) -> None:
    sets = spec.prediction_sets
    if sets is not None and len(sets.thresholds) not in (1, classes):
        raise EnsembleError(
            f"Its prediction sets have {len(sets.thresholds)} thresholds for {classes} classes."
        )


def _member(models: dict[str, InstalledModel], name: str) -> InstalledModel:
    if name not in models:
        raise EnsembleError(f"The model '{name}' is not installed.")
    return models[name]
