"""Which files below some folders are photographs, by their names."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

from fundus_gui.core.errors import ImageError

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".bmp", ".webp", ".dcm"}
)

_FolderId = tuple[int, int]
_NUMBER = re.compile(r"0*([0-9]+)")


def find_images(paths: Iterable[Path], *, recursive: bool = True) -> Iterator[Path]:
    """List the image files among files and folders, folder by folder in natural order.

    A given file is listed whatever its suffix. Of a folder, everything with an image suffix is
    listed, also what will fail to read (pipes, dangling links), then its subfolders follow.
    A folder that cannot be opened, and a folder named like an image that holds neither images
    nor folders, are listed themselves, so that reading them gives a sentence. Nothing is listed
    twice, and no folder is entered twice.

    Raises:
        ImageError: a given path does not exist; raised by the call, before anything is listed.
    """
    given = list(paths)
    for path in given:
        if not os.path.lexists(path):
            raise ImageError(path, f"there is no file or folder at {path}; check the spelling")
    return _find(given, recursive)


def _find(given: list[Path], recursive: bool) -> Iterator[Path]:
    walked: set[_FolderId] = set()
    named: set[tuple[_FolderId | None, str]] = set()  # given files, by folder and name
    for path in given:
        if _folder_id(path) is not None:
            for found in _walk(path, recursive, walked):
                if not named or (_folder_id(found.parent), found.name) not in named:
                    yield found
            continue
        parent = _folder_id(path.parent)
        already_walked = parent in walked and _has_image_suffix(path.name)
        if not already_walked and (parent, path.name) not in named:
            named.add((parent, path.name))
            yield path


def _walk(top: Path, recursive: bool, walked: set[_FolderId]) -> Iterator[Path]:
    pending = [top]  # a stack, because folders may lie deeper than Python recurses
    while pending:
        folder = pending.pop()
        identity = _folder_id(folder)
        if identity in walked:
            continue
        try:
            files, subfolders = _list_folder(folder, recursive)
        except OSError:
            yield folder
            continue
        if identity is not None:
            walked.add(identity)
        if not files and not subfolders and _has_image_suffix(folder.name):
            yield folder
        for name in files:
            yield folder / name
        if recursive:
            pending.extend(folder / name for name in reversed(subfolders))


def _list_folder(folder: Path, recursive: bool) -> tuple[list[str], list[str]]:
    """Return the names of images and of folders; as paths they would take four times as much."""
    files, subfolders = [], []
    with os.scandir(folder) as entries:
        for entry in entries:
            is_image = _has_image_suffix(entry.name)
            if _is_folder(entry) and (recursive or not is_image):
                subfolders.append(entry.name)
            elif is_image:
                files.append(entry.name)
    for names in (files, subfolders):
        names.sort()  # decides where numbers are equal but for zeros or letters but for case
        names.sort(key=_natural_key)
    return files, subfolders


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads round in a circle or where we may not look
        return False


def _folder_id(path: Path) -> _FolderId | None:
    """Return what tells a folder from all others, or None for what is no folder."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None


def _has_image_suffix(name: str) -> bool:
    return PurePath(name).suffix.lower() in IMAGE_SUFFIXES


def _natural_key(name: str) -> str:
    # Before a number, which comes before all letters, stands its length: 9 is less than 10.
    return _NUMBER.sub(lambda number: f"\0{chr(len(number[1]))}{number[1]}", name.casefold())
