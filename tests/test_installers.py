"""What cannot be built here, for Windows and macOS: that its descriptions are what they must be."""

from __future__ import annotations

import plistlib
import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from repository import ROOT, SCRIPTS, script

from fundus_gui.core.images import IMAGE_SUFFIXES

BUNDLING = SCRIPTS / "bundling"


identity = script("bundling.identity")
packing = script("bundling.packing")
PROGRAM = identity.read_identity(ROOT)

# The words of Inno Setup 6 that the script may use, from its documentation.
SETUP_DIRECTIVES = frozenset(
    [
        "AppComments",
        "AppId",
        "AppName",
        "AppVerName",
        "AppVersion",
        "ArchitecturesAllowed",
        "ArchitecturesInstallIn64BitMode",
        "ChangesAssociations",
        "CloseApplications",
        "Compression",
        "DefaultDirName",
        "DefaultGroupName",
        "DisableProgramGroupPage",
        "LicenseFile",
        "MinVersion",
        "OutputBaseFilename",
        "OutputDir",
        "PrivilegesRequired",
        "SetupIconFile",
        "ShowLanguageDialog",
        "SignTool",
        "SignedUninstaller",
        "SolidCompression",
        "UninstallDisplayIcon",
        "VersionInfoDescription",
        "VersionInfoProductName",
        "WizardStyle",
    ]
)
PARAMETERS = {
    "Files": {"Source", "DestDir", "Flags"},
    "Icons": {"Name", "Filename", "Tasks"},
    "InstallDelete": {"Type", "Name"},
    "Languages": {"Name", "MessagesFile"},
    "Registry": {"Root", "Subkey", "ValueType", "ValueName", "ValueData", "Flags"},
    "Run": {"Filename", "Description", "Flags"},
    "Tasks": {"Name", "Description", "Flags"},
}
FLAGS = frozenset(
    [
        "createallsubdirs",
        "ignoreversion",
        "nowait",
        "postinstall",
        "recursesubdirs",
        "skipifsilent",
        "unchecked",
        "uninsdeletekey",
    ]
)
CONSTANTS = frozenset({"app", "autodesktop", "autopf", "group"})
ENTRY = re.compile(r'(\w+): ("(?:[^"]|"")*"|[^;"]+)(?:; |$)')


# The installer of Windows -------------------------------------------------------------------------


@pytest.fixture
def installer(tmp_path: Path) -> str:
    packing.write_installer_script(PROGRAM, tmp_path, "the-bundle", tmp_path)
    text: str = (tmp_path / "the-bundle.iss").read_text(encoding="utf-8-sig")
    return text


def lines_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield each line that says something, with the section that it stands in."""
    section = ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line[1:-1]
        elif line and not line.startswith((";", "#")):
            yield section, line


def unquoted(value: str) -> str:
    return value[1:-1].replace('""', '"') if value.startswith('"') else value


def entries(text: str, section: str) -> list[dict[str, str]]:
    """Return a section's entries; each line must be understood to its end."""
    found = []
    for where, line in lines_of(text):
        if where == section:
            pairs = ENTRY.findall(line)
            assert "; ".join(f"{name}: {value}" for name, value in pairs) == line
            found.append({name: unquoted(value) for name, value in pairs})
    return found


def test_the_installer_says_only_what_inno_setup_knows(installer: str) -> None:
    named = [line.partition("=")[0] for section, line in lines_of(installer) if section == "Setup"]
    assert set(named) <= SETUP_DIRECTIVES
    assert len(named) == len(set(named))
    sections = {section for section, _ in lines_of(installer)}
    assert sections == {"Setup", "CustomMessages", *PARAMETERS}
    for section, known in PARAMETERS.items():
        for entry in entries(installer, section):
            assert entry.keys() <= known
            assert set(entry.get("Flags", "").split()) <= FLAGS


def test_the_installer_names_folders_that_inno_setup_knows(installer: str) -> None:
    text = installer.replace("AppId={{", "AppId=")
    constants = {name for name in re.findall(r"\{([^{}]+)\}", text) if ":" not in name}
    assert constants - {"6E0D2B0C-7B9A-4B1E-9C36-5D6A3B6F1C52"} == CONSTANTS
    assert installer.count("#if") == installer.count("#endif")


def test_the_installer_needs_no_administrator_and_cleans_up(installer: str) -> None:
    assert "PrivilegesRequired=lowest\n" in installer
    assert all(entry.get("Root", "HKA") == "HKA" for entry in entries(installer, "Registry"))
    assert "uninsdeletekey" in entries(installer, "Registry")[0]["Flags"]
    assert [entry["Name"] for entry in entries(installer, "InstallDelete")] == [r"{app}\_internal"]


def test_the_installer_speaks_chinese_where_inno_setup_does(installer: str) -> None:
    messages = dict(
        line.split("=") for section, line in lines_of(installer) if section == "CustomMessages"
    )
    assert messages == {"english.Title": PROGRAM.title, "chinese.Title": PROGRAM.chinese}
    named = {entry["Name"] for entry in entries(installer, "Languages")}
    assert named == {name.partition(".")[0] for name in messages}
    # Without the file neither the language nor its messages may be there.
    without = re.sub(r"#if FileExists\(Chinese\)\n(.*\n)+?(?=#else|#endif)", "", installer)
    assert "chinese" not in without
    assert set(re.findall(r"\{cm:(\w+)", installer)) == {
        "CreateDesktopIcon",  # of Inno Setup
        "LaunchProgram",
        "Title",
    }


def test_windows_offers_the_program_for_every_photograph(installer: str) -> None:
    registry = entries(installer, "Registry")
    offered = {
        entry["ValueName"] for entry in registry if entry["Subkey"].endswith("SupportedTypes")
    }
    assert offered == IMAGE_SUFFIXES
    (command,) = (entry for entry in registry if entry["Subkey"].endswith("command"))
    assert command["ValueData"] == rf'"{{app}}\{identity.WINDOW}.exe" gui "%1"'


# The description for PyInstaller ------------------------------------------------------------------


class Steps:
    """Stands in for PyInstaller's steps and keeps what each was told."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def step(self, name: str) -> Any:
        def run(*arguments: Any, **options: Any) -> SimpleNamespace:
            self.calls.append((name, arguments, options))
            return SimpleNamespace(binaries=[], datas=[], pure=[], scripts=[])

        return run

    def options(self, name: str) -> list[dict[str, Any]]:
        return [options for called, _, options in self.calls if called == name]


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Return a function that runs the description as on a system."""
    hooks = ModuleType("PyInstaller.utils.hooks")
    hooks.copy_metadata = lambda package: [(package, ".")]  # type: ignore[attr-defined]
    for name in ("PyInstaller", "PyInstaller.utils"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, hooks.__name__, hooks)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setenv("FUNDUS_BUNDLE_MADE", str(tmp_path))
    monkeypatch.setenv("FUNDUS_BUNDLE_PLACEHOLDERS", "0")

    def run(platform: str) -> Steps:
        steps = Steps()
        names = {name: steps.step(name) for name in ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")}
        spec = tmp_path / "spec.py"  # runpy wants a name that ends so
        spec.write_text((BUNDLING / "fundus_gui.spec").read_text(encoding="utf-8"))
        monkeypatch.setattr(sys, "platform", platform)
        runpy.run_path(str(spec), {"SPECPATH": str(BUNDLING), **names})
        monkeypatch.undo()
        return steps

    return run


def test_windows_gets_an_entry_without_a_console(described: Any, tmp_path: Path) -> None:
    steps = described("win32")
    consoles = {made["name"]: made["console"] for made in steps.options("EXE")}
    assert consoles == {identity.WINDOW: False, identity.CONSOLE: True}
    for made in steps.options("EXE"):
        assert made["icon"] == str(tmp_path / "fundus-gui.ico")
        assert made["version"] == str(tmp_path / f"{made['name']}.version")
    assert steps.options("BUNDLE") == []


def test_macos_gets_an_application(described: Any) -> None:
    steps = described("darwin")
    (made,) = steps.options("BUNDLE")
    assert made["name"].endswith(".app")
    assert made["bundle_identifier"] == PROGRAM.id
    papers = plistlib.loads(plistlib.dumps(made["info_plist"]))
    assert papers["CFBundleExecutable"] == identity.WINDOW
    assert papers["LSBackgroundOnly"] is False  # or it would show no window
    (documents,) = papers["CFBundleDocumentTypes"]
    assert "org.nema.dicom" in documents["LSItemContentTypes"]
    entitlements = {made["entitlements_file"] for made in steps.options("EXE")}
    assert all(plistlib.loads(Path(file).read_bytes()) for file in entitlements)


def test_linux_gets_one_executable(described: Any) -> None:
    steps = described("linux")
    assert [made["name"] for made in steps.options("EXE")] == [identity.CONSOLE]
    (analysis,) = steps.options("Analysis")
    assert "fundus_gui.gui.train_page" in analysis["hiddenimports"]
    assert {"readline", "triton"} <= set(analysis["excludes"])


def test_macos_gets_the_application_as_its_own_tool_packs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen, folder, tools = tmp_path / "frozen", tmp_path / "dist" / "bundle", tmp_path / "tools"
    (frozen / identity.APPLICATION / "Contents").mkdir(parents=True)
    (frozen / identity.FROZEN).mkdir()
    tools.mkdir()
    (tools / "ditto").write_text('#!/bin/sh\necho "$@" > "$5"\n', encoding="utf-8")
    (tools / "ditto").chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.setattr(sys, "platform", "darwin")
    packing.take(frozen, folder)
    assert [path.name for path in folder.iterdir()] == [identity.APPLICATION]
    archive = packing.pack(folder, "cpu")
    assert archive == packing.packed(folder) == tmp_path / "dist" / "bundle.zip"
    assert archive.read_text(encoding="utf-8") == f"-c -k --keepParent {folder} {archive}\n"
