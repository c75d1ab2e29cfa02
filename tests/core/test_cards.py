"""A card says the same after a journey through a file, and a doubtful one is refused."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundus_gui.core.cards import (
    FORMAT_VERSION,
    ModelCard,
    card_of_header,
    content_digest,
    names_by_licence,
    parse_header,
    parse_json_object,
    read_card,
)
from fundus_gui.core.errors import CheckpointError, ConfigError
from fundus_gui.core.preprocessing import Preprocessing

CARD = ModelCard(
    architecture="efficientnet_v2_s_simam",
    class_names=("normal", "青光眼", "amd"),
    class_titles={"zh_CN": ("正常", "青光眼", "黄斑变性")},
    preprocessing=Preprocessing(size=128, framing="squash", mean=(0.5, 0.5, 0.25)),
    arguments={"attention_position": "fused-post"},
    temperature=1.25,
    title="EfficientNetV2-S",
    training={"data": "odir", "images": {"train": 3, "val": 1}, "seed": 1},
    metrics={"validation": {"macro_auc": 0.83}},
    golden={"image": "normal.png", "probabilities": [0.5, 0.25, 0.25]},
    licence="research",
    notes="“typographic” \\ and\nlines",
)


def header_bytes(header: object, *, padding: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    text += padding
    return len(text).to_bytes(8, "little") + text


def changed(**fields: Any) -> str:
    """Return a valid card's JSON with some fields changed, or dropped where None is given."""
    values = json.loads(CARD.to_json()) | fields
    return json.dumps({key: value for key, value in values.items() if value is not None})


# The card -----------------------------------------------------------------------------------------


def test_a_card_survives_its_journey() -> None:
    back = ModelCard.from_json(CARD.to_json())
    assert back == CARD
    assert hash(back.preprocessing) == hash(CARD.preprocessing)
    assert "青光眼" in CARD.to_json()


@given(
    st.builds(
        ModelCard,
        architecture=st.text(),
        class_names=st.lists(st.text(min_size=1), min_size=2, unique=True).map(tuple),
        preprocessing=st.builds(
            Preprocessing,
            size=st.integers(16, 4096),
            crop_fraction=st.floats(0.1, 1),
            std=st.tuples(*[st.floats(1e-3, 10)] * 3),
        ),
        temperature=st.floats(1e-3, 1e3),
        notes=st.text(),
        training=st.dictionaries(st.text(), st.integers() | st.text() | st.none()),
    )
)
def test_any_card_survives_its_journey(card: ModelCard) -> None:
    assert ModelCard.from_json(card.to_json()) == card


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"class_names": ("normal",)}, "A model needs at least two class names."),
        ({"class_names": ()}, "A model needs at least two class names."),
        (
            {"class_names": ("amd", "amd")},
            "The class names of a model must differ and not be empty.",
        ),
        ({"class_names": ("amd", "")}, "The class names of a model must differ and not be empty."),
        (
            {"class_titles": {"zh_CN": ("正常",)}},
            "A model of 3 classes needs as many titles in 'zh_CN', not 1 or empty ones.",
        ),
        (
            {"class_titles": {"en": ("a", "b", "")}},
            "A model of 3 classes needs as many titles in 'en', not 3 or empty ones.",
        ),
        ({"temperature": 0}, "The temperature must be above 0, not 0."),
        ({"temperature": float("inf")}, "The temperature must be above 0, not inf."),
        ({"temperature": float("nan")}, "The temperature must be above 0, not nan."),
    ],
)
def test_a_card_that_could_mislabel_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        dataclasses.replace(CARD, **fields)
    assert str(caught.value) == message


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Path("here"), {1, 2}])
def test_what_json_cannot_hold_is_refused_at_once(value: object) -> None:
    with pytest.raises(ConfigError, match="The model card cannot be written"):
        dataclasses.replace(CARD, metrics={"macro_auc": value}).to_json()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (changed(format_version=2), "its card has format 2, and this program reads format 1; "),
        (changed(format_version="1"), "its card has format '1', and this program reads format 1; "),
        (changed(format_version=None), "its card cannot be read ('format_version')"),
        (changed(class_names=None), "its card cannot be read ('class_names')"),
        (changed(preprocessing=None), "its card cannot be read ('preprocessing')"),
        (changed(architecture=None), "its card cannot be read ("),
        (changed(colour="red"), "its card cannot be read ("),
        (changed(preprocessing={"sharpness": 1}), "its card cannot be read ("),
        (changed(preprocessing=[1]), "its card cannot be read ("),
        (changed(preprocessing={"size": "large"}), "The input size must be 16 to 4096"),
        (changed(preprocessing={"mean": ["a", "b", "c"]}), "its card cannot be read ("),
        (changed(preprocessing={"std": [1, [1], 1]}), "its card cannot be read ("),
        (changed(preprocessing={"mean": [0, 0, "1e999"]}).replace('"1e999"', "1e999"),
         "mean and std must be finite numbers."),
        (changed(class_names="abc"), "its card's 'class_names' is not a list"),
        (changed(class_titles=["a"]), "its card's 'class_titles' is not a table"),
        (changed(class_titles={"en": 3}), "its card cannot be read ("),
        (changed(class_names=["a"]), "A model needs at least two class names."),
        (changed(architecture=["tiny"]), "its card's 'architecture' is not a text"),
        (changed(title=3), "its card's 'title' is not a text"),
        (changed(arguments=[1]), "its card's 'arguments' is not a table"),
        (changed(metrics="good"), "its card's 'metrics' is not a table"),
        (changed(temperature="warm"), "its card cannot be read ("),
        (changed(temperature="1e999").replace('"1e999"', "1e999"), "The temperature must be above"),
        ("[]", "its card cannot be read (not a JSON object)"),
        ("", "its card cannot be read ("),
        ("{", "its card cannot be read ("),
        ("[" * 100_000, "its card cannot be read ("),
        ('{"format_version": 1, "format_version": 1}', "its card cannot be read (duplicate keys)"),
        ('{"format_version": NaN}', "its card cannot be read (NaN is not a number)"),
        ('{"format_version": -Infinity}', "its card cannot be read (-Infinity is not a number)"),
        ("9" * 5000, "its card cannot be read ("),
    ],
    ids=range(31),
)  # fmt: skip
def test_what_is_no_card_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        ModelCard.from_json(text)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_the_format_version_is_written_into_every_card() -> None:
    assert json.loads(CARD.to_json())["format_version"] == FORMAT_VERSION


# The header ---------------------------------------------------------------------------------------


PATH = Path("eye.safetensors")


def refusal(start: bytes) -> str:
    with pytest.raises(CheckpointError) as caught:
        parse_header(PATH, start)
    message = str(caught.value)
    assert message.startswith("Weights file eye.safetensors was refused: ")
    assert message.endswith(".")
    assert "\n" not in message
    return message


@pytest.mark.parametrize("length", [640, 896, 1152, 1408, 19280, 65536 + 640])
def test_a_sound_header_is_no_pickle_whatever_its_length(length: int) -> None:
    """Written as two bytes, these lengths look like the start of a pickle or a zip archive."""
    header = {"__metadata__": {"card": "x" * (length - 30)}}
    start = header_bytes(header, padding=b" " * (length - len(json.dumps(header))))
    assert start[:2] in (b"PK", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
    assert parse_header(PATH, start) == header


@pytest.mark.parametrize(
    "start",
    [
        b"PK\x03\x04\x00\x00\x08\x08" + bytes(100),
        b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19." + bytes(100),
        b"\x80\x04\x95\x14\x00\x00\x00\x00\x00\x00\x00}\x94.",
        b"\x80\x05N.",
        b"PK",
    ],
    ids=["zip", "legacy", "framed", "short", "cut"],
)
def test_a_pickle_is_called_one(start: bytes) -> None:
    assert "it is a pickle file" in refusal(start)


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"\0" * 7,
        bytes(8),
        (1).to_bytes(8, "little") + b"{}",
        (100).to_bytes(8, "little") + b"{}",
        (2**40).to_bytes(8, "little") + b"{}",
        (2**64 - 1).to_bytes(8, "little") + b"{}",
        b"GIF89a and more",
    ],
)
def test_a_truncated_or_foreign_file_is_called_so(start: bytes) -> None:
    assert "truncated or not a safetensors file" in refusal(start)


@pytest.mark.parametrize(
    "text",
    [
        b"[]",
        b"{}}",
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"\xff": 1}',
        b'{"a": ' + b"[" * 200_000,
        b"{}\t",
        b"{}\0",
        b"nothing",
    ],
    ids=range(9),
)
def test_a_damaged_header_is_refused(text: bytes) -> None:
    assert "its header is damaged" in refusal(header_bytes(text))


def test_a_header_without_a_card_is_refused() -> None:
    for header in ({}, {"__metadata__": {}}, {"__metadata__": []}, {"__metadata__": {"card": 3}}):
        with pytest.raises(CheckpointError, match="it has no model card, so its classes"):
            card_of_header(PATH, header)


def test_the_reason_why_a_card_is_bad_reaches_the_user_as_one_sentence() -> None:
    header = {"__metadata__": {"card": changed(temperature=-1)}}
    with pytest.raises(CheckpointError) as caught:
        card_of_header(PATH, header)
    assert str(caught.value) == (
        "Weights file eye.safetensors was refused: The temperature must be above 0, not -1."
    )


def test_the_digest_covers_card_table_and_bytes_but_not_the_order_of_keys() -> None:
    header = {"__metadata__": {"card": "c", "other": "x"}, "a": {"shape": [1]}, "b": {"shape": [2]}}
    digest = content_digest(header, b"tensors")
    assert content_digest(dict(reversed(header.items())), b"tensors") == digest
    assert content_digest(header | {"__metadata__": {"card": "d"}}, b"tensors") != digest
    assert content_digest(header | {"b": {"shape": [3]}}, b"tensors") != digest
    assert content_digest(header, b"tensorz") != digest


def test_duplicate_keys_are_found_at_any_depth() -> None:
    with pytest.raises(ValueError, match="duplicate keys"):
        parse_json_object('{"a": [{"b": 1, "b": 1}]}')


# Files --------------------------------------------------------------------------------------------


def test_a_card_is_read_without_its_tensors(tmp_path: Path) -> None:
    header = {"__metadata__": {"card": CARD.to_json()}, "w": {"data_offsets": [0, 10**12]}}
    path = tmp_path / "eye.safetensors"
    path.write_bytes(header_bytes(header) + b"cut")
    assert read_card(path) == CARD


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.safetensors").mkdir()
    for name in ("missing", "folder"):
        with pytest.raises(CheckpointError, match=f"{name}.safetensors was refused: it cannot be"):
            read_card(tmp_path / f"{name}.safetensors")


@pytest.mark.parametrize(
    ("licence", "forbids"),
    [
        ("CC BY-NC 4.0", True),
        ("cc-by-nc-4.0", True),
        ("RETFound-Green's own licence: non-commercial research only", True),
        ("Noncommercial use", True),
        ("Apache-2.0; MAE weights: CC BY-NC 4.0", True),
        ("Apache-2.0", False),
        ("not known, once the commercial origin is concluded", False),
        ("", False),
    ],
)
def test_a_licence_that_forbids_commercial_use_is_known(licence: str, forbids: bool) -> None:
    assert dataclasses.replace(CARD, licence=licence).is_non_commercial is forbids


def test_models_under_one_licence_are_named_together() -> None:
    free, stated = (dataclasses.replace(CARD, licence=text) for text in ("", "CC BY 4.0"))
    assert names_by_licence({"a": free, "b": stated, "c": free}) == {
        "": ["a", "c"],
        "CC BY 4.0": ["b"],
    }
