"""Killed exactly between any two steps of the end, where rows are put into order and set aside."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import PATIENCE_SECONDS, environment
from table_files import whole_table, write_files
from tiny_results import names_in, read_json

from fundus_gui.core.export import check_table

pytestmark = pytest.mark.skipif(os.name != "posix", reason="forks")

# A process that goes on with a table in children, each of which kills itself at another step:
# before or after the n-th time that something becomes lasting.
_CHILDREN = """
import json, os, shutil, signal, sys
from pathlib import Path
sys.path[:0] = {paths!r}
from table_files import BATCH_SIZE, Engine
from tiny_results import run_record
from fundus_gui.core.export import Resumption, read_results

top, folder = Path(sys.argv[1]), Path(sys.argv[2])
paths = [folder / name for name in json.loads(sys.argv[3])]

def resume(table):
    run = run_record(folder)
    resumption = Resumption(read_results(table), run, batch_size=BATCH_SIZE)
    list(resumption.results(paths, Engine(run)))

def kill_at(step):
    done = 0
    def lasting(change):
        def dying(*arguments, **options):
            nonlocal done
            for place in (0, 1):
                if done == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                done += 1
                if place == 0:
                    result = change(*arguments, **options)
            return result
        return dying
    for name in ("replace", "fsync", "unlink"):
        setattr(os, name, lasting(getattr(os, name)))

codes = []
while 0 not in codes:
    table = shutil.copytree(top / "begun", top / str(len(codes))) / "r.csv"
    child = os.fork()
    if child == 0:
        kill_at(len(codes))
        resume(table)
        os._exit(0)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    resume(table)
print(json.dumps(codes))
"""


def test_killed_between_any_two_steps_it_ends_as_if_it_never_was(tmp_path: Path) -> None:
    """One photograph has changed, one is gone and one is new, before others that have rows."""
    folder, begun = tmp_path / "photographs", tmp_path / "begun"
    paths = write_files(folder, [f"{number}.jpg" for number in range(2, 9)])
    whole_table(folder, paths, begun / "r.csv")
    (folder / "1.jpg").write_bytes(b"a new one")
    (folder / "4.jpg").write_bytes(b"a changed one")
    (folder / "6.jpg").unlink()
    names = [f"{number}.jpg" for number in range(1, 9) if number != 6]

    done = subprocess.run(
        [
            *(sys.executable, "-c", _CHILDREN.format(paths=[str(Path(__file__).parents[1])])),
            *(tmp_path, folder, json.dumps(names)),
        ],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.stderr == ""
    codes = json.loads(done.stdout)
    assert len(codes) > 20
    assert codes == [-9] * (len(codes) - 1) + [0]
    whole = (tmp_path / str(len(codes) - 1) / "r.csv").read_bytes()
    for step in range(len(codes)):
        out = tmp_path / str(step)
        assert (out / "r.csv").read_bytes() == whole, step
        assert read_json(out / "r.json")["is_complete"]
        assert check_table(out / "r.csv").classified == len(names)
        before = {name for name in names_in(out) if "before" in name}
        assert names_in(out) - before == {"r.csv", "r.json"}
        assert before >= {"r.before-1.csv", "r.before-1.json"}
        for table in out.glob("r.before-*.csv"):
            check_table(table)
        shutil.rmtree(out)
