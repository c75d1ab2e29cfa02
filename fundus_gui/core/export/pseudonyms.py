"""Names of photographs as pseudonyms, since a file's name often is its patient's."""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from fundus_gui.core.errors import ExportError
from fundus_gui.core.paths import user_data_dir

_KEY_BYTES = 32
_LETTERS = 32  # 128 bits: no two names of a study will share them
_LEAST_TOLD = 4  # a name of three letters is in many sentences by chance


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Keyed hashes (HMAC-SHA256): who lacks the key cannot find the name by trying names.

    Attributes:
        key: secret; the same key gives the same name the same pseudonym.
    """

    key: bytes = field(repr=False)

    def of(self, name: str) -> str:
        """Return the pseudonym of a file name or relative path, 32 hexadecimal digits."""
        return hmac.digest(self.key, os.fsencode(name), "sha256").hex()[:_LETTERS]

    @property
    def key_id(self) -> str:
        """What tells keys apart and gives none away."""
        return hmac.digest(self.key, b"\0the key of these pseudonyms", "sha256").hex()[:_LETTERS]

    def without_names(self, sentence: str, path: Path) -> str:
        """Return the sentence with every mention of the file and its folders replaced."""
        for name in (str(path), path.as_posix(), str(path.parent), path.name):
            if len(name) >= _LEAST_TOLD:
                sentence = sentence.replace(name, "the file")
        return sentence


def own_pseudonyms() -> Pseudonyms:
    """Return the pseudonyms of this user, whose key is made once and kept for him alone.

    Raises:
        ExportError: the key cannot be read or written, or is damaged.
    """
    return pseudonyms_of(user_data_dir() / "pseudonyms.key")


def pseudonyms_of(path: Path) -> Pseudonyms:
    """Return the pseudonyms by the key in a file, which is made where there is none.

    Raises:
        ExportError: the key cannot be read or written, or is damaged.
    """
    try:
        if not path.exists():
            _make_key(path)
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except OSError as error:
        raise ExportError(
            f"The key of the pseudonyms, {path}, cannot be used ({error.strerror})."
        ) from error
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ExportError(
            f"The key of the pseudonyms, {path}, is damaged. Restore it from a copy; or remove it, "
            "then new tables get other pseudonyms."
        )
    return Pseudonyms(key)


def _make_key(path: Path) -> None:
    """Write a new key, whole or not at all; one that another process has just made stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        opened = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w") as stream:
            stream.write(secrets.token_hex(_KEY_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        if os.name == "nt":
            new.rename(path)  # refuses to replace
        else:
            os.link(new, path)
    except FileExistsError:
        pass
    finally:
        new.unlink(missing_ok=True)
