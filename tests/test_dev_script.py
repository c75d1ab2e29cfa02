"""The set-up script: what it decides, tried with real files and real child processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from repository import SCRIPTS, script

SCRIPT = SCRIPTS / "dev.py"


dev = script("dev")


def packager(name: str) -> Callable[[str], str | None]:
    return lambda program: f"/usr/bin/{program}" if program == name else None


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


# --- the stamp --------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Path:
    groups = '[dependency-groups]\ndev = ["a>=1"]\ndocs = ["b>=1"]\n'
    (tmp_path / "pyproject.toml").write_text(groups)
    return tmp_path


def test_fingerprint_stays_while_nothing_changes(project: Path) -> None:
    assert dev.fingerprint(project, (3, 11)) == dev.fingerprint(project, (3, 11))


def test_fingerprint_changes_with_everything_an_installation_depends_on(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    seen = {dev.fingerprint(project, (3, 11)), dev.fingerprint(project, (3, 12))}
    elsewhere = tmp_path_factory.mktemp("moved")
    (elsewhere / "pyproject.toml").write_bytes((project / "pyproject.toml").read_bytes())
    seen.add(dev.fingerprint(elsewhere, (3, 11)))
    (project / "constraints.txt").write_text("a==1.0\n")
    seen.add(dev.fingerprint(project, (3, 11)))
    (project / "pyproject.toml").write_text('[dependency-groups]\ndev = ["a>=2"]\n')
    seen.add(dev.fingerprint(project, (3, 11)))
    assert len(seen) == 5


def test_an_installation_is_made_once_and_again_after_a_change(tmp_path: Path) -> None:
    made: list[str] = []
    for current in ("one", "one", "two", "two"):
        dev.install_once(tmp_path / "stamp", current, lambda name=current: made.append(name))
    assert made == ["one", "two"]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, dev.SetupError])
def test_an_interrupted_installation_leaves_no_stamp(
    tmp_path: Path, interruption: type[BaseException]
) -> None:
    stamp = tmp_path / "stamp"
    dev.install_once(stamp, "one", lambda: None)

    def interrupted() -> None:
        raise interruption

    with pytest.raises(interruption):
        dev.install_once(stamp, "two", interrupted)
    assert not stamp.exists()


def test_development_tools_are_those_of_pyproject(project: Path) -> None:
    assert dev.development_requirements(project) == ["a>=1", "b>=1"]


# --- the system's libraries -------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Qt brings all its libraries")
def test_missing_libraries_are_told_from_present_ones() -> None:
    present = dev.Need("libc.so.6", "qt", "libc6", "glibc", "glibc")
    absent = dev.Need("libno-such-thing.so.9", "qt", "none", "none", "none")
    assert dev.missing_needs([present, absent]) == [absent]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere fonts are part of the system")
def test_fonts_are_looked_for_in_the_font_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "FONT_FOLDERS", (str(tmp_path), str(tmp_path / "absent")))
    fonts = [need for need in dev.NEEDS if need.role == "text"]
    assert dev.missing_needs(fonts) == fonts
    (tmp_path / "truetype").mkdir()
    (tmp_path / "truetype" / "Sans.ttf").touch()
    assert dev.missing_needs(fonts) == []


@pytest.mark.parametrize(
    ("program", "command"),
    [
        ("apt-get", "sudo apt-get install libgl1 libegl1"),
        ("dnf", "sudo dnf install libglvnd-glx libglvnd-egl"),
        ("pacman", "sudo pacman -S libglvnd"),
        ("none", "(with the system's package manager) libGL.so.1, libEGL.so.1"),
    ],
)
def test_the_command_to_type_fits_the_system(program: str, command: str) -> None:
    needs = [need for need in dev.NEEDS if need.name in ("libGL.so.1", "libEGL.so.1")]
    assert dev.install_command(needs, packager(program)) == command


def test_every_need_has_a_role_the_script_knows() -> None:
    assert {need.role for need in dev.NEEDS} == {"qt", "text", "x11"}


@pytest.mark.parametrize(
    ("display", "wayland", "unfilled"),
    [("", "", {"qt"}), (":0", "", {"qt", "x11"}), (":0", "wayland-0", {"qt"})],
)
def test_libraries_of_x11_matter_only_on_its_screens(
    display: str, wayland: str, unfilled: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("WAYLAND_DISPLAY", wayland)
    lacking = [need for need in dev.NEEDS if need.role != "text"]
    monkeypatch.setattr(dev, "missing_needs", lambda: lacking)
    monkeypatch.setattr(dev, "administrator", lambda: None)
    assert dev.ensure_system_libraries() == unfilled


@pytest.mark.skipif(os.name == "nt", reason="a stand-in for apt-get is a shell script")
@pytest.mark.parametrize("code", [0, 100])
def test_apt_is_asked_once_for_each_package_and_believed(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log"
    apt = tmp_path / "apt-get"
    apt.write_text(f'#!/bin/sh\necho "$DEBIAN_FRONTEND $@" >> {log}\nexit {code}\n')
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(dev, "administrator", list)
    assert dev.apt_install(["libgl1", "libgl1", "libegl1"]) is (code == 0)
    update, install = log.read_text().splitlines()
    assert update == "noninteractive -q update"
    assert install == "noninteractive -q install -y --no-install-recommends libgl1 libegl1"


# --- commands ---------------------------------------------------------------------------------


def test_unknown_arguments_go_to_pytest_in_their_order() -> None:
    options, passed_on = dev.parse(["test", "tests/core", "-k", "vote", "--slow", "-x"])
    assert (options.command, options.slow) == ("test", True)
    assert passed_on == ["tests/core", "-k", "vote", "-x"]


def test_arguments_after_two_dashes_are_handed_on_untouched() -> None:
    options, passed_on = dev.parse(["test", "--", "--slow"])
    assert (options.slow, passed_on) == (False, ["--slow"])


@pytest.mark.parametrize("arguments", [[], ["fly"], ["check", "tests"], ["format", "-x"]])
def test_wrong_usage_ends_with_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        dev.parse(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_test_is_check_and_then_pytest() -> None:
    check = dev.commands_of("check", False, [])
    everything = dev.commands_of("test", False, ["-x"])
    assert list(everything) == [*check, "pytest"]
    assert everything["pytest"][-3:] == ["-m", "not slow", "-x"]


def test_slow_tests_run_when_asked_for() -> None:
    assert "not slow" not in dev.commands_of("test", True, [])["pytest"]


def test_a_failed_command_stops_none_of_the_others(capfd: pytest.CaptureFixture[str]) -> None:
    code = dev.call_all({"first": python("raise SystemExit(3)"), "second": python("print('ran')")})
    out = capfd.readouterr().out
    assert code == 1
    assert "ran\n" in out
    assert out.endswith("dev: first FAILED, second ok\n")


def test_commands_run_offscreen_and_succeed_together(capfd: pytest.CaptureFixture[str]) -> None:
    show = "import os; print(os.environ['QT_QPA_PLATFORM'])"
    assert dev.call_all({"only": python(show)}) == 0
    assert "\noffscreen\n" in capfd.readouterr().out


def test_earlier_results_are_never_written_over(tmp_path: Path) -> None:
    names = []
    for leftover in ("results.csv", "results-2.csv.json", "results-3.json", "other"):
        names.append(dev.unused_name(tmp_path, "results", ".csv"))
        (tmp_path / leftover).touch()
    assert names == ["results.csv", "results-2.csv", "results-3.csv", "results-4.csv"]


@pytest.mark.parametrize(
    ("display", "unfilled", "programs"),
    [
        (True, set(), ["gui"]),
        (True, {"text"}, ["gui"]),
        (True, {"x11"}, ["classify", "window.png"]),
        (False, set(), ["classify", "window.png"]),
    ],
)
def test_run_opens_the_window_or_else_does_the_same_without_one(
    display: bool, unfilled: set[str], programs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[list[str]] = []

    def record(command: list[str], *_: object) -> int:
        called.append(command)
        return 0

    monkeypatch.setattr(dev, "set_up", lambda **_: unfilled)
    monkeypatch.setattr(dev, "has_display", lambda: display)
    monkeypatch.setattr(dev, "call", record)
    assert dev.run([]) == 0
    assert len(called) == len(programs)
    assert all(program in command for program, command in zip(programs, called, strict=True))


def test_run_without_qt_classifies_and_then_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "set_up", lambda **_: {"qt"})
    monkeypatch.setattr(dev, "call", lambda command, *_: int("classify" not in command))
    assert dev.main(["run"]) == 1
    shown = capsys.readouterr()
    assert "the results are in" in shown.out
    assert shown.err.startswith("dev: without the libraries above")


# --- waiting for pip, and when it fails -------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            "  Downloading torch-2.15.0-cp311-cp311-manylinux_2_28_x86_64.whl (539.1 MB)",
            "downloading torch-2.15.0 (539.1 MB)",
        ),
        ("  Downloading torch-2.15.0-cp311.whl.metadata (29 kB)", ""),
        ("  Downloading big-1.0-py3-none-any.whl (1.2 GB)", "downloading big-1.0 (1.2 GB)"),
        ("  Downloading small-1.0-py3-none-any.whl (2.3 MB)", ""),
        ("Installing collected packages: mpmath, sympy", "unpacking"),
        ("Requirement already satisfied: numpy", ""),
    ],
)
def test_only_long_waits_are_announced(line: str, shown: str) -> None:
    assert dev.progress(line) == shown


def script_copy(folder: Path) -> Path:
    """Copy the script to a project that needs a package which nobody publishes."""
    (folder / "build_scripts").mkdir()
    copy = folder / "build_scripts" / "dev.py"
    copy.write_bytes(SCRIPT.read_bytes())
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "nothing"\nversion = "0"\n'
    )
    return copy


def test_a_failed_installation_is_one_sentence_that_names_the_command(tmp_path: Path) -> None:
    # Nothing on PATH, so that the script finds no package manager to install libraries with.
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, str(script_copy(tmp_path)), "check"],
        env={**os.environ, **offline},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    sentence = "dev: 'pip install -e .' failed: No matching distribution found for setuptools "
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stdout
    assert not list((tmp_path / ".venv").glob("installed-*"))


def test_an_old_python_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev.sys, "version_info", (3, 10, 12, "final", 0))
    assert dev.main(["check"]) == 1
    expected = "dev: Python 3.11 or newer is needed, and this is 3.10.12.\n"
    assert capsys.readouterr().err == expected


def test_an_interruption_shows_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(**_: bool) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(dev, "set_up", interrupted)
    assert dev.main(["check"]) == 130
    assert capsys.readouterr().err == "\ndev: stopped.\n"
