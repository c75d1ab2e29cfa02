"""The packaged program's checks: licences, libraries, sizes, and answers like the source's."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest
from PIL import Image
from repository import ROOT, script

from fundus_gui.core.images import load_image

findings = script("bundling.findings")
formats = script("bundling.formats")
inspection = script("bundling.inspection")
isolation = script("bundling.isolation")
licences = script("bundling.licences")
linkage = script("bundling.linkage")
notices = script("bundling.notices")
packing = script("bundling.packing")
screen = script("bundling.screen")
smoke = script("bundling.smoke")
toolchain = script("bundling.toolchain")


# What it is made from -----------------------------------------------------------------------------


def test_a_flavour_has_its_own_torch_and_all_else_as_it_was_tested() -> None:
    wanted = toolchain.requirements(ROOT, "cpu")
    allowed = toolchain.constraints(ROOT, "cpu").splitlines()
    assert "torch==2.13.0" in wanted
    assert not [line for line in allowed if line.startswith(("torch", "nvidia", "triton"))]
    assert [line for line in allowed if line.startswith("numpy==")]
    as_recorded = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert toolchain.constraints(ROOT, "cuda") == as_recorded


def test_the_notices_name_what_is_inside() -> None:
    names = {package.metadata["Name"].lower() for package in notices.third_parties(ROOT)}
    assert {"torch", "pyside6_essentials", "markupsafe", "numpy"} <= names
    assert names.isdisjoint({"pytest", "setuptools", "triton"})


@pytest.mark.parametrize(
    ("licence", "permitted"),
    [
        ("MIT", True),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", True),
        ("BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("MIT AND GPL-2.0-only", False),
        ("GNU Affero General Public License v3", False),
        ("(MIT OR BSD-3-Clause) AND GPL-2.0-only", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", True),
        ("", False),
    ],
)
def test_licences_that_bind_the_program_are_refused(licence: str, permitted: bool) -> None:
    assert licences.is_permitted(licence) is permitted


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        (["License-Expression: MIT"], "MIT"),
        (["License: =====", "Classifier: License :: OSI Approved :: BSD License"], "BSD License"),
        (["License: Zlib"], "Zlib"),
        ([], ""),
    ],
)
def test_a_package_names_its_licence_in_one_of_three_ways(
    tmp_path: Path, lines: list[str], named: str
) -> None:
    text = "\n".join(["Metadata-Version: 2.4", "Name: eyes", "Version: 1", *lines])
    (tmp_path / "METADATA").write_text(text, encoding="utf-8")
    assert licences.declared(PathDistribution(tmp_path)) == named


def test_a_package_without_a_licence_is_told_unless_it_is_empty(tmp_path: Path) -> None:
    about = tmp_path / "eyes-1.dist-info"
    about.mkdir()
    text = "Metadata-Version: 2.4\nName: eyes\nVersion: 1\n"
    (about / "METADATA").write_text(text, encoding="utf-8")
    record = about / "RECORD"
    record.write_text("eyes-1.dist-info/METADATA,,\n", encoding="utf-8")
    assert list(licences.unfit_packages([PathDistribution(about)])) == []
    record.write_text("eyes/retina.py,,\n", encoding="utf-8")
    (tmp_path / "eyes").mkdir()
    (tmp_path / "eyes" / "retina.py").touch()
    assert list(licences.unfit_packages([PathDistribution(about)])) == ["eyes ()"]


def test_nothing_inside_is_under_a_licence_that_binds_the_program() -> None:
    assert list(licences.unfit_packages(notices.third_parties(ROOT))) == []
    assert all(map(licences.is_permitted, licences.SYSTEM_LIBRARIES.values()))


def test_a_library_whose_licence_nobody_knows_is_told(tmp_path: Path) -> None:
    inside = tmp_path / "_internal"
    inside.mkdir()
    for name in ("libxcb-icccm.so.4", "libpython3.11.so.1.0", "libreadline.so.8"):
        (inside / name).touch()
    (inside / "libknown.so.1").symlink_to("PySide6/libknown.so.1")
    assert licences.unknown_libraries(tmp_path) == ["libreadline.so.8"]


@pytest.mark.slow
def test_a_torch_of_another_flavour_is_refused_with_advice() -> None:
    import torch

    other = "cpu" if torch.version.cuda else "cuda"
    tools = toolchain.Toolchain(ROOT, other)
    tools.python = sys.executable
    with pytest.raises(toolchain.BuildError, match=r"not of the flavour c\w+\. Let pip find"):
        tools.torchvision_fits()


# Whether it is good -------------------------------------------------------------------------------


def test_a_missing_import_is_told_and_one_of_another_system_is_not() -> None:
    log = (
        "12 WARNING: Hidden import 'torchvision.image' not found!\n"
        "13 ERROR: Hidden import 'scipy.linalg' not found\n"
        "14 WARNING: Library not found: could not resolve 'libcudart.so.13', dependency of "
        "'/v/torchvision/image.so'.\n"
        "15 WARNING: Library not found: could not resolve 'libxcb-icccm.so.4', dependency of "
        "'/v/platforms/libqxcb.so'.\n"
    )
    assert inspection.missed(log) == ["libxcb-icccm.so.4 (for libqxcb.so)", "scipy.linalg"]


def test_names_of_folders_are_found_in_files(tmp_path: Path) -> None:
    (tmp_path / "a.so").write_bytes(b"\x7fELF\0/home/somebody/tree\0")
    (tmp_path / "b.py").write_text("pass", encoding="utf-8")
    assert inspection.names_inside(tmp_path, ["/home/somebody"]) == ["a.so"]


def test_the_newest_c_library_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.so").write_bytes(b"\x7fELF\0GLIBC_2.9\0GLIBC_2.34\0")
    (tmp_path / "text").write_bytes(b"GLIBC_2.99")
    assert inspection.glibc_version(tmp_path) == (2, 34)
    assert inspection.glibc_finding(tmp_path).passed


@pytest.mark.skipif(shutil.which("readelf") is None, reason="binutils is not installed.")
def test_a_library_that_no_system_has_is_told(tmp_path: Path) -> None:
    library = next(Path(Image.__file__).parent.glob("_imaging.*so"))
    shutil.copy(library, tmp_path)
    finding = linkage.linkage_finding(tmp_path)
    assert not finding.passed
    assert f"(for {library.name})" in finding.measured
    for name in linkage.wanted_of_system(tmp_path):
        (tmp_path / name).touch()
    assert linkage.linkage_finding(tmp_path).passed


@pytest.mark.skipif(sys.platform != "linux", reason="Other systems get other archives.")
def test_the_archive_comes_with_its_checksum(tmp_path: Path) -> None:
    folder = tmp_path / "the-bundle"
    folder.mkdir()
    (folder / "file").write_text("x", encoding="utf-8")
    assert packing.packed(folder) is None
    archive = packing.pack(folder, "cuda")
    assert packing.packed(folder) == archive
    paper = f"{archive.name}.sha256"
    subprocess.run(["sha256sum", "--check", "--quiet", paper], check=True, cwd=tmp_path)
    listed = subprocess.run(["tar", "-tf", str(archive)], check=True, capture_output=True)
    assert listed.stdout.split() == [b"the-bundle/", b"the-bundle/file"]


def test_every_format_is_tried(tmp_path: Path) -> None:
    photograph = tmp_path / "photograph.png"
    Image.radial_gradient("L").convert("RGB").save(photograph)
    formats.write_formats(photograph, tmp_path / "formats")
    files = list((tmp_path / "formats").iterdir())
    assert {file.suffix for file in files} == {".bmp", ".dcm", ".jpg", ".png", ".tiff", ".webp"}
    assert len({load_image(file).shape for file in files}) == 1


def test_a_large_bundle_fails(tmp_path: Path) -> None:
    folder, archive = tmp_path / "bundle", tmp_path / "bundle.tar.zst"
    folder.mkdir()
    with (folder / "large").open("wb") as file:
        file.truncate(inspection.MOST_BYTES["cpu"][0] + 1)
    archive.touch()
    on_disk, packed = inspection.size_findings(folder, archive, "cpu")
    assert not on_disk.passed
    assert packed.passed
    assert all(finding.passed for finding in inspection.size_findings(folder, archive, "cuda"))


def table(path: Path, *rows: tuple[str, str, float]) -> Path:
    lines = ["image_sha256,label,prob,a__prob_x", *(f"{n},{label},{p},{p}" for n, label, p in rows)]
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return path


def test_answers_must_agree(tmp_path: Path) -> None:
    one = table(tmp_path / "1.csv", ("a", "x", 0.5), ("b", "y", 0.75))
    same = table(tmp_path / "2.csv", ("a", "x", 0.5))
    other_label = table(tmp_path / "3.csv", ("a", "y", 0.5))
    other_number = table(tmp_path / "4.csv", ("a", "x", 0.50001))
    none_shared = table(tmp_path / "5.csv", ("c", "x", 0.5))
    no_number = table(tmp_path / "6.csv", ("a", "x", 0.5), ("b", "y", float("nan")))
    assert smoke.same_answers("", same, one).passed
    wrong_ones = (other_label, other_number, none_shared, tmp_path / "absent.csv")
    assert not any(smoke.same_answers("", same, wrong).passed for wrong in wrong_ones)
    assert not smoke.same_answers("", one, same).passed, "a row is missing in the other"
    assert not smoke.same_answers("", one, no_number).passed


def test_a_finding_that_could_not_be_made_is_no_success() -> None:
    made = [
        findings.Finding("size", "≤ 1", "2", passed=False),
        findings.Finding("tool", "0", "a | b\nc", passed=None),
    ]
    lines = findings.markdown(made).splitlines()
    assert lines[2] == "| size | ≤ 1 | 2 | **NO** |"
    assert lines[3] == r"| tool | 0 | a \| b c | not checked |"


@pytest.mark.skipif(sys.platform != "linux", reason="Other systems isolate otherwise.")
def test_an_isolated_program_sees_neither_source_nor_environment(tmp_path: Path) -> None:
    bundle, root = tmp_path / "bundle", tmp_path / "root"
    for folder in (bundle, root):
        folder.mkdir()
        (folder / "file").touch()
    kept_away = isolation.isolate(bundle, tmp_path / smoke.HOME_NAME, root)
    python = shutil.which("python3", path="/usr/bin") or pytest.skip("The system has no Python.")
    code = (
        "import json, os; "
        f"print(json.dumps([dict(os.environ), os.listdir({str(root)!r}), "
        f"os.access({str(bundle)!r}, os.W_OK)]))"
    )
    done = subprocess.run(
        kept_away.command([python, "-c", code], {"LANG": "C.UTF-8"}),
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    variables, seen, writable = json.loads(done.stdout)
    assert variables["HOME"].endswith(smoke.HOME_NAME)
    assert set(variables) <= {"PATH", "HOME", "LANG", "LC_CTYPE"}
    if kept_away.prefix:
        assert seen == []
        assert not writable


# The screen of its own ----------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("xdotool") is None, reason="xdotool is not installed.")
def test_a_window_that_is_gone_has_no_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen.shutil, "which", lambda _name: "there")
    assert screen.Screen().size("12345") == (0, 0)


def test_a_screen_that_does_not_start_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tool in ("Xvfb", "xdotool", "openbox"):
        (tmp_path / tool).symlink_to("/bin/false")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(toolchain.BuildError, match="Xvfb does not start"), screen.Screen():
        pass


@pytest.mark.parametrize(
    ("seconds", "load", "passed"), [(1, 99, True), (3, 0, False), (3, 99, None)]
)
def test_a_time_that_others_made_long_is_no_failure(
    seconds: float, load: float, passed: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke.os, "getloadavg", lambda: (load, 0, 0))
    monkeypatch.setattr(smoke.os, "cpu_count", lambda: 2)
    assert smoke.in_time(seconds, 2) is passed
    assert f"load {load:.1f} on 2 cores" == smoke.load()


def test_a_program_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smoke, "_END_SECONDS", 0.1)
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    assert smoke.end_of(process) is None
    assert process.returncode is not None
