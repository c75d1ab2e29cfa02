"""The formats in the documentation are those that the program writes."""

from __future__ import annotations

import dataclasses
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from documentation import markdown, records, results

from fundus_gui.core.cards import ModelCard
from fundus_gui.core.evaluation import tables
from fundus_gui.core.export import table_columns
from fundus_gui.core.fusion import FIT_METHODS
from fundus_gui.core.paths import weights_dir
from fundus_gui.core.runs import PRESETS, RunFolder

DOCS = Path(__file__).resolve().parents[2] / "docs"


def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def test_every_column_has_its_row() -> None:
    table = results.columns_table()
    columns = [name for name in table_columns(results.sample_run()) if "OTHER" not in name]
    assert re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE) == columns


def test_a_column_that_nobody_described_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(results.COLUMNS, "agreement")  # type: ignore[arg-type]
    with pytest.raises(LookupError, match="agreement"):
        results.columns_table()


def test_every_key_of_the_record_has_its_row() -> None:
    table = results.record_table()
    assert re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE) == list(results.record_keys())


def test_every_field_of_the_model_card_has_its_row() -> None:
    table = records.fields_table(ModelCard)
    fields = [field.name for field in dataclasses.fields(ModelCard)]
    assert re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE) == fields


def test_a_field_without_a_line_in_the_docstring_is_noticed() -> None:
    @dataclass
    class Record:
        """One.

        Attributes:
            known: what it is,
                on two lines.
        """

        known: int
        unknown: int = 0

    assert records.attributes(Record) == {"known": "What it is, on two lines."}
    with pytest.raises(LookupError, match="unknown"):
        records.fields_table(Record)


def test_every_table_of_an_evaluation_is_named() -> None:
    text = page("evaluation-folder")
    names = (*tables._MODEL_TABLES, *tables._TABLES)
    assert [name for name in names if f"`{name}.csv`" not in text] == []


def test_every_file_of_a_run_folder_is_named() -> None:
    text, run = page("run-folder"), RunFolder(Path("run"))
    files = [
        getattr(run, name).relative_to(run.path)
        for name, member in vars(RunFolder).items()
        if isinstance(member, property) and name.endswith("_file")
    ]
    assert len(files) > 5
    named = {file.name if len(file.parts) == 1 else f"{file.parts[0]}/" for file in files}
    assert [name for name in named if f"`{name}`" not in text] == []


def test_every_preset_is_named() -> None:
    assert [preset.name for preset in PRESETS if f"| `{preset.name}` |" not in page("train")] == []


def test_every_method_to_fit_the_vote_is_named() -> None:
    assert [name for name in FIT_METHODS if f"`{name}`" not in page("vote")] == []


def test_every_network_is_named_and_none_that_is_not_there() -> None:
    from fundus_gui.core.models import list_models

    cells = re.findall(r"^\| `(\w*(?:\{[\w,]+\})?\w*)` \|", page("networks"), re.MULTILINE)
    named = {name for cell in cells for name in expanded(cell)}
    assert named == set(list_models()) - {"tiny"}


def expanded(name: str) -> list[str]:
    """Return what a shell makes of `a_{b,c}_d`."""
    if "{" not in name:
        return [name]
    start, choices, end = re.split("[{}]", name)
    return [start + choice + end for choice in choices.split(",")]


def test_the_hash_of_a_weights_file_can_be_calculated_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", page("weights-format"), re.M | re.S)
    smallest = min(weights_dir().glob("*.safetensors"), key=lambda path: path.stat().st_size)
    shutil.copy(smallest, tmp_path / "first.safetensors")
    monkeypatch.chdir(tmp_path)
    exec(
        compile(code.replace('open("first.safetensors", "rb").read()', "CONTENT"), "page", "exec"),
        {"CONTENT": (tmp_path / "first.safetensors").read_bytes()},
    )


@pytest.mark.slow
def test_photographs_can_be_classified_from_python_as_the_page_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", page("architecture"), re.M | re.S)
    sample = next((DOCS.parent / "resources" / "samples").glob("*.jpg"))
    monkeypatch.chdir(sample.parent)
    exec(compile(code.replace("eye.jpg", sample.name), "page", "exec"), {})
    assert "Prediction(" in capsys.readouterr().out


# Markdown -----------------------------------------------------------------------------------------


def test_what_a_program_says_is_not_taken_for_markup() -> None:
    assert markdown.plain("a|b  *c*\n[d]") == r"a\|b \*c\* \[d\]"
    assert markdown.prose("give --out `a_b` or a_b") == r"give `--out` `a_b` or a\_b"


def test_parts_are_put_between_their_marks() -> None:
    text = "# T\n\n<!-- generated:x -->\nold\n<!-- end -->\n\nend\n"
    assert markdown.filled(text, {"x": " new\n"}) == "# T\n\nnew\n\nend\n"
    with pytest.raises(KeyError):
        markdown.filled(text, {})
