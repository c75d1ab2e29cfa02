"""The batch script of the documentation, on a real SLURM cluster of at least two machines."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from on_clusters import SECONDS, manifest, rows_of_parts

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "scale-out.md"


def batch_script() -> str:
    """Return the batch script that the page shows."""
    (script,) = re.findall(r"```sh\n(#!/bin/bash\n.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return str(script)


def has_slurm() -> bool:
    if shutil.which("sbatch") is None:
        return False
    told = subprocess.run(["sinfo"], capture_output=True, check=False, timeout=60)
    return told.returncode == 0


def test_the_script_is_right_bash_and_tells_srun_cores_and_token(tmp_path: Path) -> None:
    script = batch_script()
    (tmp_path / "job.sh").write_text(script, encoding="utf-8")
    if shutil.which("bash") is not None:
        subprocess.run(["bash", "-n", str(tmp_path / "job.sh")], check=True)
    assert "RAY_AUTH_TOKEN=" in script
    assert '--cpus-per-task="$SLURM_CPUS_PER_TASK"' in script


@pytest.mark.slow
@pytest.mark.timeout(2 * SECONDS)
def test_the_script_of_the_documentation_runs_on_two_machines(
    home: Path, eyes: Path, tmp_path: Path
) -> None:
    if not has_slurm():
        pytest.skip("There is no SLURM here.")
    out = tmp_path / "results"
    script = batch_script().replace("/data/results", f"{out} --ensemble pair")
    script = re.sub(" --gpus-per-node=[0-9]+", "", script)
    job = tmp_path / "job.sh"
    job.write_text(script.replace("/data/screening", str(eyes)), encoding="utf-8")
    asked = ["--nodes=2", "--cpus-per-task=1", f"--output={tmp_path / 'said.txt'}"]
    done = subprocess.run(
        ["sbatch", "--wait", *asked, str(job)],
        env=os.environ | {"FUNDUS_GUI_HOME": str(home), "OMP_NUM_THREADS": "1"},
        check=False,
        timeout=SECONDS,
    )
    said = (tmp_path / "said.txt").read_text(encoding="utf-8")
    assert done.returncode == 3, said  # some photographs cannot be read
    assert "on 2 workers with 1 core each" in said
    assert manifest(out)["is_complete"]
    assert rows_of_parts(out)
