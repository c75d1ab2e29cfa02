"""Set up, run and check the program on a machine that has only Python 3.11 and pip.

python3 build_scripts/dev.py run                open the window with the sample photographs
python3 build_scripts/dev.py test [--slow] ...  everything CI runs; further arguments go to pytest
python3 build_scripts/dev.py check              the same without pytest
python3 build_scripts/dev.py format             tidy the source in place
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
SAMPLES = "resources/samples"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


class SetupError(Exception):
    """A step of the set-up failed; the text says which, and what to do."""


class Need(NamedTuple):
    """Something the system must provide, and the package that brings it.

    `role` is "qt" (without it no window at all), "text" (without it no readable letters) or
    "x11" (needed on an X11 screen only).
    """

    name: str
    role: str
    apt: str
    dnf: str
    pacman: str


_NEEDS = """
libGL.so.1              qt      libgl1              libglvnd-glx        libglvnd
libEGL.so.1             qt      libegl1             libglvnd-egl        libglvnd
libX11.so.6             qt      libx11-6            libX11              libx11
libxkbcommon.so.0       qt      libxkbcommon0       libxkbcommon        libxkbcommon
libdbus-1.so.3          qt      libdbus-1-3         dbus-libs           dbus
libfontconfig.so.1      qt      libfontconfig1      fontconfig          fontconfig
libfreetype.so.6        qt      libfreetype6        freetype            freetype2
libglib-2.0.so.0        qt      libglib2.0-0        glib2               glib2
fonts                   text    fonts-dejavu-core   dejavu-sans-fonts   ttf-dejavu
libX11-xcb.so.1         x11     libx11-xcb1         libX11-xcb          libx11
libxkbcommon-x11.so.0   x11     libxkbcommon-x11-0  libxkbcommon-x11    libxkbcommon-x11
libxcb-cursor.so.0      x11     libxcb-cursor0      xcb-util-cursor     xcb-util-cursor
libxcb-icccm.so.4       x11     libxcb-icccm4       xcb-util-wm         xcb-util-wm
libxcb-image.so.0       x11     libxcb-image0       xcb-util-image      xcb-util-image
libxcb-keysyms.so.1     x11     libxcb-keysyms1     xcb-util-keysyms    xcb-util-keysyms
libxcb-render-util.so.0 x11     libxcb-render-util0 xcb-util-renderutil xcb-util-renderutil
libxcb-randr.so.0       x11     libxcb-randr0       libxcb              libxcb
libxcb-shape.so.0       x11     libxcb-shape0       libxcb              libxcb
libxcb-sync.so.1        x11     libxcb-sync1        libxcb              libxcb
libxcb-xfixes.so.0      x11     libxcb-xfixes0      libxcb              libxcb
libxcb-xkb.so.1         x11     libxcb-xkb1         libxcb              libxcb
"""
NEEDS = tuple(Need(*row.split()) for row in _NEEDS.strip().splitlines())


def say(sentence: str) -> None:
    """Print at once, so that the lines stay in order with those of child processes."""
    print(sentence, flush=True)


# --- the system's libraries -------------------------------------------------------------------


def missing_needs(needs: Iterable[Need] = NEEDS) -> list[Need]:
    """Return what this Linux machine lacks; other systems bring everything themselves."""
    if sys.platform != "linux":
        return []
    return [need for need in needs if not _is_present(need)]


def _is_present(need: Need) -> bool:
    if need.role == "text":
        folders = (Path(folder).expanduser() for folder in FONT_FOLDERS)
        return any(next(folder.rglob("*.[ot]t[fc]"), None) for folder in folders)
    try:
        ctypes.CDLL(need.name)
    except OSError:
        return False
    return True


def install_command(needs: Sequence[Need], which: Callable[[str], object] = shutil.which) -> str:
    """Return the command a person would type to install `needs` with this system's packager."""
    for program, packages in (
        ("apt-get install", [need.apt for need in needs]),
        ("dnf install", [need.dnf for need in needs]),
        ("pacman -S", [need.pacman for need in needs]),
    ):
        if which(program.split()[0]):
            return f"sudo {program} {' '.join(dict.fromkeys(packages))}"
    return f"(with the system's package manager) {', '.join(need.name for need in needs)}"


def administrator() -> list[str] | None:
    """Return the prefix that runs a command as root without asking, or None if there is none."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    return sudo if shutil.which("sudo") and succeeds([*sudo, "true"]) else None


def apt_install(packages: Iterable[str]) -> bool:
    """Install Debian packages if that is possible without asking; return whether it was done."""
    prefix = administrator() if shutil.which("apt-get") else None
    if prefix is None:
        return False
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    wanted = list(dict.fromkeys(packages))
    say(f"dev: installing system packages: {' '.join(wanted)}")
    succeeds([*apt, "update"])  # may fail for one foreign source and still serve the others
    return succeeds([*apt, "install", "-y", "--no-install-recommends", *wanted])


def ensure_system_libraries() -> set[str]:
    """Install what Qt lacks, or print how to; return the roles that stay unfilled."""
    missing = missing_needs()
    if missing and apt_install(need.apt for need in missing):
        missing = missing_needs(missing)
    if os.environ.get("WAYLAND_DISPLAY") or not os.environ.get("DISPLAY"):
        missing = [need for need in missing if need.role != "x11"]
    if missing:
        names = ", ".join(need.name for need in missing)
        say(f"dev: this system lacks {names}. To install them:\n    {install_command(missing)}")
    return {need.role for need in missing}


def has_display() -> bool:
    """Tell whether a window could be seen here."""
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


# --- the virtual environment ------------------------------------------------------------------


def venv_python() -> str:
    """Return the path of the virtual environment's interpreter."""
    inside = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return str(VENV.joinpath(*inside))


def succeeds(command: Sequence[str]) -> bool:
    """Run a command quietly; return whether it is there and went well."""
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def make_environment() -> None:
    """Make `.venv` unless a working one is there, or raise SetupError."""
    if succeeds([venv_python(), "-c", "import pip"]):
        return
    say(f"dev: making {VENV.name} with Python {sys.version.split()[0]}")
    make = [sys.executable, "-m", "venv", str(VENV)]
    if importlib.util.find_spec("ensurepip") is None:
        # Debian keeps ensurepip in a package of its own; the system's pip can stand in for it.
        borrow = [sys.executable, "-m", "pip", "--python", str(VENV), "install", "pip"]
        if succeeds([*make, "--without-pip"]) and succeeds(borrow):
            return
        apt_install(["python3-venv"])
    if call(make) != 0:
        raise SetupError(
            f"'{shlex.join(make)}' failed; on Debian and Ubuntu its parts come with "
            "'sudo apt-get install python3-venv'."
        )


def fingerprint(root: Path, python: tuple[int, int]) -> str:
    """Hash everything an installation depends on: change any, and it is made anew."""
    digest = hashlib.sha256(f"{root} {python[0]}.{python[1]}".encode())
    for name in ("pyproject.toml", "constraints.txt"):
        path = root / name
        digest.update(path.read_bytes() if path.exists() else b"absent")
    return digest.hexdigest()


def install_once(stamp: Path, current: str, install: Callable[[], None]) -> None:
    """Call `install` unless `stamp` records that this has been done for `current` already."""
    if stamp.exists() and stamp.read_text(encoding="utf-8") == current:
        return
    stamp.unlink(missing_ok=True)  # an installation that is cut short must not look done
    install()
    stamp.write_text(current, encoding="utf-8")


def development_requirements(root: Path) -> list[str]:
    """Return the groups `dev` and `docs` of pyproject.toml; pip reads groups only since 25.1."""
    import tomllib  # here, so that an older Python still reaches the sentence in main()

    with (root / "pyproject.toml").open("rb") as file:
        groups: dict[str, list[str]] = tomllib.load(file)["dependency-groups"]
    return groups["dev"] + groups["docs"]


def pip_install(requirements: Sequence[str]) -> None:
    """Install with the versions CI passed with, else with any that fit, or raise SetupError."""
    recorded = ["-c", "constraints.txt"] if (ROOT / "constraints.txt").exists() else []
    problem = run_pip([*requirements, *recorded])
    if problem and recorded:
        say("dev: the versions in constraints.txt could not be installed; trying any that fit")
        problem = run_pip(requirements)
    if problem:
        raise SetupError(
            f"'pip install {shlex.join(requirements)}' failed: {problem} "
            f"(is this machine online? details: {VENV.name}/pip.log)"
        )


def run_pip(arguments: Sequence[str]) -> str:
    """Install, showing large downloads only; return pip's complaint, empty if all went well."""
    pip = [venv_python(), "-m", "pip", "--disable-pip-version-check", "install"]
    output = []
    with subprocess.Popen(
        [*pip, "--progress-bar", "off", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            output.append(line)
            if news := progress(line):
                say(f"    {news}")
    if process.returncode == 0:
        return ""
    (VENV / "pip.log").write_text("".join(output), encoding="utf-8")
    errors = [line.strip() for line in output if line.lstrip().startswith("ERROR: ")]
    return errors[-1].removeprefix("ERROR: ") if errors else "it gave no reason"


def progress(line: str) -> str:
    """Return what a line of pip's output tells a waiting reader, empty for small matters."""
    large = re.search(r"Downloading (\S+?-[^-]+)\S* \((\d{2,}\.\d MB|\d.* GB)\)", line)
    if large:
        return f"downloading {large[1]} ({large[2]})"
    return "unpacking" if line.startswith("Installing collected") else ""


def set_up(development: bool) -> set[str]:
    """Bring the machine to where the program runs; return the roles of `Need` left unfilled."""
    unfilled = ensure_system_libraries()
    current = fingerprint(ROOT, sys.version_info[:2])

    def install_package() -> None:
        make_environment()
        say("dev: installing torch and the rest (the first time about 2 minutes and 6 GB)")
        pip_install(["-e", "."])

    def install_tools() -> None:
        say("dev: installing the development tools")
        pip_install(development_requirements(ROOT))

    install_once(VENV / "installed-package", current, install_package)
    if development:
        install_once(VENV / "installed-tools", current, install_tools)
    return unfilled


# --- the subcommands --------------------------------------------------------------------------


def offscreen() -> dict[str, str]:
    """Return the environment in which Qt draws without a screen."""
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen"}


def call(command: Sequence[str], env: dict[str, str] | None = None) -> int:
    """Show a command, run it in the project's folder and return its exit code."""
    say(f"\n$ {shlex.join([Path(command[0]).name, *command[1:]])}")
    return subprocess.run(command, check=False, cwd=ROOT, env=env).returncode


def unused_name(folder: Path, stem: str, suffix: str) -> str:
    """Return `stem + suffix`, or a numbered name where earlier results bear that one."""
    taken = {path.name for path in folder.glob(f"{stem}*")}
    number, name = 1, stem
    while not taken.isdisjoint({f"{name}{suffix}", f"{name}{suffix}.json", f"{name}.json"}):
        number += 1
        name = f"{stem}-{number}"
    return f"{name}{suffix}"


def run(arguments: Sequence[str]) -> int:
    """Classify the samples in the window, or without a display on the command line."""
    unfilled = set_up(development=False)
    program = [venv_python(), "-m", "fundus_gui"]
    if has_display() and not {"qt", "x11"} & unfilled:
        return call([*program, "gui", SAMPLES, *arguments])
    say("dev: no window can be opened here; classifying on the command line")
    results = unused_name(ROOT, "results", ".csv")
    code = call([*program, "classify", SAMPLES, "--out", results, *arguments])
    if code == 0:
        say(f"dev: the results are in {ROOT / results}")
    if "qt" in unfilled:
        raise SetupError("without the libraries above no picture of the window can be drawn.")
    picture = call([venv_python(), "build_scripts/screenshots.py", "window.png"], offscreen())
    if picture == 0:
        say(f"dev: the window is drawn in {ROOT / 'window.png'}")
    return code or picture


def commands_of(task: str, slow: bool, arguments: Sequence[str]) -> dict[str, list[str]]:
    """Return the named commands that `format`, `check` or `test` consists of."""
    python = [venv_python(), "-m"]
    lint_imports = "from importlinter.cli import lint_imports_command as check; check()"
    if task == "format":
        return {
            "ruff check": [*python, "ruff", "check", "--fix", "."],
            "ruff format": [*python, "ruff", "format", "."],
        }
    checks = {
        "ruff check": [*python, "ruff", "check", "."],
        "ruff format": [*python, "ruff", "format", "--check", "."],
        "mypy": [*python, "mypy"],
        "lint-imports": [venv_python(), "-c", lint_imports],
    }
    if task == "check":
        return checks
    selection = [] if slow else ["-m", "not slow"]
    return {**checks, "pytest": [*python, "pytest", *selection, *arguments]}


def call_all(commands: dict[str, list[str]]) -> int:
    """Run every command whatever became of the one before; fail if any failed."""
    codes = {name: call(command, offscreen()) for name, command in commands.items()}
    verdicts = (f"{name} {'FAILED' if code else 'ok'}" for name, code in codes.items())
    say(f"\ndev: {', '.join(verdicts)}")
    return int(any(codes.values()))


def parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return our own options and what is to be handed on, whether after `--` or unknown to us."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.set_defaults(slow=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("run", help="open the window with the sample photographs")
    testing = commands.add_parser("test", help="everything CI runs", allow_abbrev=False)
    testing.add_argument("--slow", action="store_true", help="also the tests that take minutes")
    commands.add_parser("check", help="everything CI runs except the tests")
    commands.add_parser("format", help="tidy the source in place")
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options, unknown = parser.parse_known_args(arguments[:end])
    passed_on = [*unknown, *arguments[end + 1 :]]
    if passed_on and options.command in ("check", "format"):
        parser.error(f"{options.command} takes no arguments: {shlex.join(passed_on)}")
    return options, passed_on


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks; return the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036
        found = ".".join(map(str, sys.version_info[:3]))
        print(f"dev: Python 3.11 or newer is needed, and this is {found}.", file=sys.stderr)
        return 1
    options, passed_on = parse(arguments)
    try:
        if options.command == "run":
            return run(passed_on)
        set_up(development=True)
        return call_all(commands_of(options.command, options.slow, passed_on))
    except SetupError as error:
        print(f"dev: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ndev: stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
