"""A storage whose errors are of its own kind, as those of the makers of clouds are."""

from __future__ import annotations

from typing import Any, NoReturn

import fsspec


class CloudError(Exception):
    """Shares no root but `Exception` with anything."""


class OddStorage(fsspec.AbstractFileSystem):  # type: ignore[misc]
    """Answers nothing; names no reason where the path ends with `silent`."""

    protocol = "odd"

    def _fail(self, path: str, *_: Any, **__: Any) -> NoReturn:
        if path.endswith("silent"):
            raise CloudError
        raise CloudError(
            f"Access to https://cloud.example/{path}?Signature=secret was denied.\nRequest 17"
        )

    find = ls = cat_file = get_file = pipe_file = rm_file = exists = _fail

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        """Do nothing, as where there are no folders."""


fsspec.register_implementation("odd", OddStorage, clobber=True)
