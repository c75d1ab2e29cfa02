"""Object storage that works, refuses, breaks and recovers, through a real cluster of two nodes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from on_clusters import SECONDS, Start, ended, manifest, on_ray, rows, rows_of_parts
from tiny_photographs import photograph, write_photographs

pytestmark = [
    pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed."),
    pytest.mark.skipif(find_spec("aiohttp") is None, reason="aiohttp is not installed."),
    pytest.mark.skipif(os.name != "posix", reason="ends processes as POSIX systems do"),
]

FAILING = ("broken.png", "cut.png", "denied.png")


@pytest.fixture
def bucket(tmp_path: Path) -> Path:
    """Return the folder behind the storage: a part full of photographs, and some that fail."""
    eyes = tmp_path / "bucket" / "eyes"
    write_photographs(eyes, 20)
    (eyes / "empty.png").touch()
    for name in FAILING:
        photograph(len(name)).save(eyes / name)
    return eyes.parent


@pytest.fixture
def url(bucket: Path, environment: dict[str, str]) -> Iterator[str]:
    """Serve it."""
    program = Path(__file__).with_name("storage_server.py")
    with subprocess.Popen(
        [sys.executable, str(program), str(bucket)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()
        process.wait(60)


def fundus_gui(environment: dict[str, str], *arguments: str | Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "fundus_gui", *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    return done.returncode, done.stdout


@pytest.mark.slow
@pytest.mark.timeout(5 * SECONDS)
def test_photographs_and_results_in_a_storage_are_those_of_a_folder(
    cluster: subprocess.Popen[str],
    start: Start,
    environment: dict[str, str],
    bucket: Path,
    url: str,
) -> None:
    """The storage fails at first; when it is well again the same command does only what failed."""
    assert cluster.stdout is not None
    address = cluster.stdout.readline().strip()
    listed = bucket / "list.csv"
    names = [path.name for path in sorted((bucket / "eyes").iterdir())]
    listed.write_text("\n".join(["url", *(f"eyes/{name}" for name in names), "eyes/gone.png"]))
    command = on_ray(f"{url}/list.csv", f"{url}/results", address)
    said = ended(start(*command), 3)
    assert "Traceback" not in said
    made = {row["relative_path"]: row for row in rows_of_parts(bucket / "results")}
    assert list(made) == [*(f"eyes/{name}" for name in names), "eyes/gone.png"]
    fetched = "it could not be fetched from the storage"
    assert made["eyes/broken.png"]["error"] == f"{fetched} (ClientResponseError)"
    assert made["eyes/denied.png"]["error"] == f"{fetched} (ClientResponseError)"
    assert made["eyes/cut.png"]["error"] == f"{fetched} (ClientPayloadError)"
    assert made["eyes/gone.png"]["error"] == "there is no such file in the storage"
    assert manifest(bucket / "results")["is_complete"]

    (bucket / "well").touch()
    said = ended(start(*command), 3)
    assert "3 photographs changed; " in said
    (bucket / "eyes" / "gone.png").symlink_to("gone")
    one = bucket.parent / "one.parquet"
    ended(start(bucket / "eyes", "--out", one), 3)
    expected = {row["relative_path"]: row for row in rows(one)}
    parts = sorted((bucket / "results").glob("part-*.parquet"))
    now = {row["relative_path"].removeprefix("eyes/"): row for row in rows(*parts)}
    assert now.keys() == expected.keys()
    for name, row in now.items():
        for column in set(row) - {"relative_path", "file_modified_ns", "error"}:
            assert row[column] == expected[name][column], (name, column)

    code, said = fundus_gui(environment, "verify", f"{url}/results", "--sample", "100")
    assert code == 3, said
    assert "25 rows (23 classified, 2 failed) are as they were written." in said
    assert "24 rows say the same" in said
    assert "1 of 25 photographs are not there any more" in said


@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["{url}/denied.csv"], "the list cannot be read (403"),
        (["{url}/denied"], "cannot be listed (403"),
        (["{url}/nothing"], "check the spelling"),
        (["{url}/eyes/000.png", "--out", "{url}/denied"], "cannot be read (403"),
        (["http://127.0.0.1:1/eyes/000.png"], "check the spelling"),
    ],
)
def test_a_storage_that_refuses_is_one_sentence(
    environment: dict[str, str], bucket: Path, url: str, arguments: list[str], sentence: str
) -> None:
    (bucket / "denied").mkdir()
    (bucket / "denied.csv").touch()
    words = [word.format(url=url) for word in arguments]
    out = [] if "--out" in words else ["--out", f"{url}/results"]
    ensemble = ["--ensemble", "pair"]
    code, said = fundus_gui(environment, "classify", *words, "--engine", "ray", *out, *ensemble)
    assert code == 1
    assert said.startswith("fundus-gui: ")
    assert sentence in said.replace("\n", " ")
    assert "Traceback" not in said
