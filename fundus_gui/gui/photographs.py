"""The opened photographs in a hundred bytes each, for a folder may hold a hundred thousand."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.intp]


@dataclass(slots=True)
class _Folder:
    path: Path
    shown: str  # below the opened folder that it is in, empty for that folder itself
    positions: dict[str, int] = field(default_factory=dict)  # of its photographs, by name


class Photographs:
    """Paths by their position in the order of opening.

    A folder's path is kept once, since a `Path` for each photograph would take ten times as much.

    Attributes:
        numbering: what photographs are called instead of by their names, with {number}; or empty.
    """

    def __init__(self, numbering: str = "") -> None:
        self.numbering = numbering
        self._names: list[str] = []
        self._folder_of = array("l")
        self._folders: list[_Folder] = []
        self._folder_at: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._names)

    def add(self, paths: Iterable[Path], roots: Sequence[Path] = ()) -> None:
        """Append photographs; known ones are passed over.

        Args:
            roots: opened folders; a photograph deeper in one has its folder below its name.
        """
        for path in paths:
            place, name = os.path.split(path)
            number = self._folder_at.get(place)
            if number is None:
                number = self._folder_at[place] = len(self._folders)
                folder = path.parent
                self._folders.append(_Folder(folder, _below(folder, roots)))
            known = self._folders[number].positions
            if name not in known:
                known[name] = len(self._names)
                self._names.append(name)
                self._folder_of.append(number)

    def path(self, position: int) -> Path:
        """Return the path at a position."""
        return self._folder(position).path / self._names[position]

    def paths(self) -> PathList:
        """Return all paths."""
        return PathList(self, np.arange(len(self)))

    def find(self, path: Path) -> int | None:
        """Return the position of a path, None where it is not among them."""
        place, name = os.path.split(path)
        number = self._folder_at.get(place)
        return None if number is None else self._folders[number].positions.get(name)

    def called(self, position: int) -> str:
        """Return the name, or the number in its place."""
        if self.numbering:
            return self.numbering.format(number=position + 1)
        return self._names[position]

    def title(self, position: int) -> str:
        """Return the name and, on a second line, the folder where it is not the opened one."""
        shown = "" if self.numbering else self._folder(position).shown
        return f"{self.called(position)}\n{shown}" if shown else self.called(position)

    def named(self, text: str, first: int = 0) -> NDArray[np.bool_]:
        """Return whose title holds a text in any case, from the position `first` on."""
        wanted = text.casefold()
        if self.numbering:
            called = map(self.called, range(first, len(self)))
            return np.array([wanted in number.casefold() for number in called], dtype=bool)
        names = np.array([wanted in name.casefold() for name in self._names[first:]], dtype=bool)
        folders = np.array([wanted in folder.shown.casefold() for folder in self._folders], bool)
        numbers = np.array(self._folder_of[first:], dtype=np.intp)
        found: NDArray[np.bool_] = names | folders[numbers]
        return found

    def _folder(self, position: int) -> _Folder:
        return self._folders[self._folder_of[position]]


class PathList(Sequence[Path]):
    """The paths at some positions, each made when it is asked for."""

    def __init__(self, photographs: Photographs, positions: Positions) -> None:
        self._photographs = photographs
        self._positions = positions

    def __len__(self) -> int:
        return len(self._positions)

    def __iter__(self) -> Iterator[Path]:
        return (self._photographs.path(int(position)) for position in self._positions)

    @overload
    def __getitem__(self, index: int) -> Path: ...

    @overload
    def __getitem__(self, index: slice) -> PathList: ...

    def __getitem__(self, index: int | slice) -> Path | PathList:
        if isinstance(index, slice):
            return PathList(self._photographs, self._positions[index])
        return self._photographs.path(int(self._positions[index]))


def _below(folder: Path, roots: Sequence[Path]) -> str:
    for root in roots:
        if folder != root and folder.is_relative_to(root):
            return folder.relative_to(root).as_posix()
    return ""
