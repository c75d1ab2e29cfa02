"""Whatever is in a file, its reader returns a value or raises a FundusError."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from repository import script

from fundus_gui.core.errors import FundusError

READERS = script("fuzzing.readers").READERS

pytestmark = [
    # Pillow and pydicom warn of damaged metadata, which their modules silence in the program.
    pytest.mark.filterwarnings("ignore::UserWarning"),
    # A reader that hangs ends the run; build_scripts/fuzz.py bounds every single input.
    pytest.mark.timeout(120),
]

# A bounded run for every change; without a deadline, which a busy machine misses.
bounded = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

# What parsers stumble over, wherever it stands.
TOKENS = (
    b"\0", b"\xff", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"-1", b"1e999",
    b"NaN", b"inf", b"Infinity", b"null", b"true", b"{}", b"[]", b'""', b'"', b"'", b"\\", b"\n",
    b"\r", b",", b"=", b"%", b"\x1a", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\\ud800", b"../",
    b"\r\n\r\n", b"9" * 30, b"9" * 400, b"9" * 5000, b"[" * 3000, b'{"a":' * 3000, b"[[ensembles]]",
)  # fmt: skip


def place(data: st.DataObject, content: bytes) -> int:
    return data.draw(st.integers(0, len(content)))


def damaged(data: st.DataObject, sound: tuple[bytes, ...]) -> bytes:
    """Change a sound input in a few places."""
    content = data.draw(st.sampled_from(sound))
    for _ in range(data.draw(st.integers(1, 4))):
        first, second = sorted((place(data, content), place(data, content)))
        match data.draw(st.sampled_from(["byte", "token", "cut", "end", "twice", "splice"])):
            case "byte" if content:
                at = min(first, len(content) - 1)
                changed = content[at] ^ data.draw(st.integers(1, 255))
                content = content[:at] + bytes([changed]) + content[at + 1 :]
            case "token":
                content = content[:first] + data.draw(st.sampled_from(TOKENS)) + content[second:]
            case "cut":
                content = content[:first] + content[second:]
            case "end":
                content = content[:first]
            case "twice":
                content = content[:second] + content[first:]
            case "splice":
                other = data.draw(st.sampled_from(sound))
                content = content[:first] + other[place(data, other) :]
    return content


@pytest.fixture
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    return READERS[request.param](tmp_path)


def refusal(reader: Any, content: bytes) -> str | None:
    """Return the sentence of a refusal; nothing else may be raised."""
    try:
        reader.read(content)
    except FundusError as error:
        return str(error)
    return None


@pytest.mark.parametrize("reader", READERS, indirect=True)
def test_sound_inputs_are_read(reader: Any) -> None:
    assert [refusal(reader, content) for content in reader.seeds] == [None] * len(reader.seeds)


@pytest.mark.parametrize("reader", READERS, indirect=True)
@bounded
@given(data=st.data())
def test_a_damaged_input_is_read_or_refused(reader: Any, data: st.DataObject) -> None:
    assert refusal(reader, damaged(data, reader.seeds)) != ""


@pytest.mark.parametrize("reader", READERS, indirect=True)
@bounded
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(lambda t: t.encode()))
def test_noise_is_read_or_refused(reader: Any, content: bytes) -> None:
    assert refusal(reader, content) != ""


@pytest.mark.parametrize("reader", READERS, indirect=True)
def test_a_hostile_beginning_is_read_or_refused(reader: Any) -> None:
    sound = reader.seeds[0]
    for token in TOKENS:
        for content in (token, token * 2, token + sound, sound + token):
            assert refusal(reader, content) != "", token
