"""The packaged program: what goes into it, how it starts and what it is called."""

from __future__ import annotations

import ast
import logging
import plistlib
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from repository import ROOT, SCRIPTS, script

import fundus_gui

BUNDLING = SCRIPTS / "bundling"


contents = script("bundling.contents")
entry = script("bundling.entry")
icon = script("bundling.icon")
identity = script("bundling.identity")
inspection = script("bundling.inspection")
packing = script("bundling.packing")

PROGRAM = identity.read_identity(ROOT)


# What goes in -------------------------------------------------------------------------------------


def test_the_description_is_python_that_names_files_which_exist() -> None:
    spec = BUNDLING / "fundus_gui.spec"
    tree = ast.parse(spec.read_text(encoding="utf-8"))
    names = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    for name in ("entry.py", "placeholder_operators.py"):
        assert name in names
        assert (BUNDLING / name).is_file()
    for folder in ("resources", "weights"):
        assert folder in names
        assert (ROOT / folder).is_dir()


def test_every_module_of_the_program_goes_in() -> None:
    modules = contents.own_modules(ROOT)
    assert {"fundus_gui", "fundus_gui.__main__", "fundus_gui.gui.train_page"} <= set(modules)
    assert len(modules) == len(list((ROOT / "fundus_gui").rglob("*.py")))


@pytest.mark.parametrize(
    "name",
    [
        "torch/bin/torch_shm_manager",  # `import torch` asks for it
        "torch-2.13.0.dist-info/METADATA",
        "torch/functional.py",  # torch.jit reads it
        "torch/_inductor/config.py",  # torch reads the comments in it
        "torch/_dynamo/config.py",
        "nvidia/cudnn/lib/libcudnn_engines_precompiled.so.9",
        "pyarrow/libarrow_substrait.so.2600",  # pyarrow.lib is linked to it
        "pillow.libs/libharfbuzz-fb49c9fc.so.0",
        "torchvision.libs/libjpeg.d33e0c76.so.8",
        "PySide6/Qt/translations/qtbase_zh_CN.qm",
        "torchvision/_C.so",
        "weights/efficientnet_lite0.safetensors",
        "resources/samples/labels.csv",
    ],
)
def test_what_is_needed_is_kept(name: str) -> None:
    assert contents.is_kept(name, placeholders=False)


@pytest.mark.parametrize(
    "name",
    [
        "torch/bin/protoc-3.13",
        "torch-2.13.0.dist-info/RECORD",
        "torch/test/big.bin",
        "torch/include/ATen/ATen.h",
        "PySide6/Qt/translations/qtbase_de.qm",
        "PySide6/Qt/translations/assistant_zh_CN.qm",
        "pyarrow/libarrow_flight.so.2600",
        "libgtk-3.so.0",
        "libjpeg.so.62",
        "libarrow_flight.so.2600",
        "libstdc++.so.6",  # drivers of graphics cards are linked to the system's
        "nvidia/cu13/lib/libcudart_static.a",
        "torch/distributed/rpc/api.py",
        "torch/_inductor/lowering.py",
        "numpy/__init__.pyi",
    ],
)
def test_what_nobody_needs_is_dropped(name: str) -> None:
    assert not contents.is_kept(name, placeholders=False)


def test_a_library_that_does_not_fit_this_torch_is_dropped() -> None:
    assert not contents.is_kept("torchvision/_C.so", placeholders=True)
    assert contents.is_kept("torchvision/version.py", placeholders=True)


def test_the_program_never_imports_the_placeholders() -> None:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "fundus_gui").rglob("*.py"))
    assert not any("placeholder_operators" in text for text in sources)


@pytest.mark.slow
def test_placeholders_raise_and_never_answer() -> None:
    code = (
        "import bundling.placeholder_operators, torch\n"
        "finder = __import__('sys').meta_path[0]\n"
        "finder.find_spec('json'); assert finder in __import__('sys').meta_path\n"
        "finder.find_spec('torchvision')\n"
        "boxes = torch.zeros(1, 4)\n"
        "try: torch.ops.torchvision.nms(boxes, torch.zeros(1), 0.5)\n"
        "except NotImplementedError: print('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=SCRIPTS
    )
    assert done.stdout == "refused\n"


# How it starts ------------------------------------------------------------------------------------


def test_other_programs_get_their_own_libraries_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/bundle/_internal:/own")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/own")
    monkeypatch.setenv("_PYI_ARCHIVE_FILE", "/bundle/fundus-gui")
    entry.give_back_environment()
    assert entry.os.environ["LD_LIBRARY_PATH"] == "/own"
    assert {"LD_LIBRARY_PATH_ORIG", "_PYI_ARCHIVE_FILE"}.isdisjoint(entry.os.environ)
    entry.give_back_environment()
    assert "LD_LIBRARY_PATH" not in entry.os.environ


def test_a_process_of_a_training_gets_the_arguments_of_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = str(Path("/bundle/fundus-gui"))
    monkeypatch.setattr(sys, "executable", program)
    for arguments in (["fundus-gui", "train"], [program, program, "train"]):
        monkeypatch.setattr(sys, "argv", arguments)
        entry.drop_script_name()
        assert sys.argv == [program, "train"]


def test_torch_does_not_complain_of_what_was_left_out(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("torch.utils.flop_counter")
    entry.warn_not_of_triton()
    log.warning("triton not found")
    log.setLevel(logging.NOTSET)
    assert caplog.messages == []


# What it is called --------------------------------------------------------------------------------


def test_the_versions_agree() -> None:
    assert PROGRAM.version == fundus_gui.__version__
    assert PROGRAM.caution == fundus_gui.RESEARCH_USE_ONLY
    with (ROOT / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["project"]["version"] == PROGRAM.version


def test_versions_that_differ_are_refused(tmp_path: Path) -> None:
    (tmp_path / "fundus_gui").mkdir()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    text = '__version__ = "9.9"\nRESEARCH_USE_ONLY = "No."\n'
    (tmp_path / "fundus_gui" / "__init__.py").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"9\.9"):
        identity.read_identity(tmp_path)


@pytest.fixture(scope="module")
def dressed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder, made = tmp_path_factory.mktemp("bundle"), tmp_path_factory.mktemp("made")
    (made / "fundus-gui.svg").write_text(icon.fundus_svg(), encoding="utf-8")
    for size in icon.SIZES:
        (made / f"fundus-gui-{size}.png").touch()
    (folder / identity.CONSOLE).touch()
    packing.dress_for_linux(PROGRAM, made, folder)
    return folder


def test_the_menu_entry_starts_the_window(dressed: Path) -> None:
    (file,) = dressed.glob("share/applications/*.desktop")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert file.stem == PROGRAM.id
    assert f"Exec={identity.WINDOW} gui %F" in lines
    assert f"Icon={PROGRAM.id}" in lines
    assert (dressed / f"share/icons/hicolor/256x256/apps/{PROGRAM.id}.png").is_file()


def test_the_readme_speaks_both_languages(dressed: Path) -> None:
    text = (dressed / "README.txt").read_text(encoding="utf-8")
    for title in (PROGRAM.title, PROGRAM.chinese):
        assert f"{title} {PROGRAM.version}\n" in text
    for command in (identity.WINDOW, identity.CONSOLE, "add-to-menu.sh"):
        assert text.count(f"\n./{command}") == 2
    assert max(map(len, text.splitlines())) <= 100
    assert "$" not in text


def test_the_store_entry_names_this_version(dressed: Path) -> None:
    (file,) = dressed.glob("share/metainfo/*.xml")
    component = ElementTree.parse(file).getroot()
    names = {name.text for name in component.iter("name")}
    assert {PROGRAM.title, PROGRAM.chinese} <= names
    releases = [release.get("version") for release in component.iter("release")]
    assert component.findtext("id") == PROGRAM.id
    assert component.findtext("project_license") == PROGRAM.licence
    assert releases == [PROGRAM.version]


def test_the_tools_of_the_desktop_agree(dressed: Path) -> None:
    checks = list(inspection.desktop_findings(dressed))
    assert len(checks) == 2
    assert [check for check in checks if check.passed is False] == []


@pytest.mark.skipif(sys.platform != "linux", reason="Other systems have no such menu.")
def test_the_menu_entry_is_added_and_removed(dressed: Path, tmp_path: Path) -> None:
    odd = tmp_path / 'a "b" $c %d'
    shutil.copytree(dressed, odd)
    variables = _desktop(tmp_path)
    command = ["sh", str(odd / "add-to-menu.sh")]
    subprocess.run([*command, "--remove"], check=True, env=variables)  # there is nothing yet
    subprocess.run(command, check=True, env=variables)
    added = tmp_path / "data" / "applications" / f"{PROGRAM.id}.desktop"
    text = added.read_text(encoding="utf-8")
    quoted = re.sub(r'([\\"`$])', r"\\\1", str(odd / identity.WINDOW))
    quoted = quoted.replace("\\", "\\\\").replace("%", "%%")
    assert f'Exec="{quoted}" gui %F\n' in text
    opens = added.with_name("mimeinfo.cache")  # from which GNOME takes "Open with"
    has_tool = shutil.which("update-desktop-database") is not None
    assert not has_tool or f"image/jpeg={added.name}" in opens.read_text(encoding="utf-8")
    subprocess.run([*command, "--remove"], check=True, env=variables)
    assert not added.exists()
    assert not has_tool or added.name not in opens.read_text(encoding="utf-8")
    assert not list((tmp_path / "data").rglob("*.svg"))


def _desktop(home: Path) -> dict[str, str]:
    """Return the environment of a desktop of which nothing is shared with this one."""
    folders = {"XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config", "XDG_DATA_DIRS": "system"}
    own = {name: str(home / folder) for name, folder in folders.items()}
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), **own}


@pytest.mark.skipif(shutil.which("xdg-mime") is None, reason="xdg-utils is not installed.")
@pytest.mark.skipif(shutil.which("update-desktop-database") is None, reason="The same.")
def test_a_double_click_on_a_photograph_opens_what_it_did(dressed: Path, tmp_path: Path) -> None:
    variables, viewer = _desktop(tmp_path), "viewer.desktop"
    applications = tmp_path / "system" / "applications"
    applications.mkdir(parents=True)
    text = "[Desktop Entry]\nType=Application\nName=V\nExec=true\nMimeType=image/jpeg;\n"
    (applications / viewer).write_text(text, encoding="utf-8")
    subprocess.run(["update-desktop-database", str(applications)], check=True)
    subprocess.run(["sh", str(dressed / "add-to-menu.sh")], check=True, env=variables)
    for kind, opened_by in (("image/jpeg", viewer), ("image/webp", f"{PROGRAM.id}.desktop")):
        query = ["xdg-mime", "query", "default", kind]
        done = subprocess.run(query, check=True, capture_output=True, text=True, env=variables)
        assert done.stdout.strip() == opened_by


def test_the_papers_of_windows_and_macos_are_well_formed(tmp_path: Path) -> None:
    packing.write_version_files(PROGRAM, tmp_path)
    for name in (identity.WINDOW, identity.CONSOLE):
        text = (tmp_path / f"{name}.version").read_text(encoding="utf-8")
        ast.parse(text, mode="eval")
        assert f"'{PROGRAM.version}'" in text
    packing.write_installer_script(PROGRAM, tmp_path, "the-bundle", tmp_path)
    script_text = (tmp_path / "the-bundle.iss").read_text(encoding="utf-8-sig")
    assert f"AppVersion={PROGRAM.version}" in script_text
    assert "$" not in script_text
    assert set(_sections(script_text)) >= {"Setup", "Files", "Icons", "Run"}
    assert plistlib.loads(plistlib.dumps(PROGRAM.info_plist()))["NSHighResolutionCapable"]
    assert plistlib.loads((BUNDLING / "macos" / "entitlements.plist").read_bytes())


def _sections(text: str) -> list[str]:
    return [line[1:-1] for line in text.splitlines() if line.startswith("[")]


def test_what_was_built_before_goes(tmp_path: Path) -> None:
    frozen, folder = tmp_path / "frozen", tmp_path / "dist" / "bundle"
    for name in ("bundle.tar.zst", "bundle.tar.zst.sha256", "bundle/old", "bundle-test.tar.zst"):
        path = tmp_path / "dist" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (frozen / identity.FROZEN).mkdir(parents=True)
    (frozen / identity.FROZEN / "new").touch()
    packing.take(frozen, folder)
    assert packing.packed(folder) is None
    assert [path.name for path in folder.iterdir()] == ["new"]
    assert sorted(path.name for path in folder.parent.iterdir()) == [
        "bundle",
        "bundle-test.tar.zst",
    ]


def test_a_bundle_for_tests_says_so() -> None:
    name = packing.bundle_name(PROGRAM, "cpu", placeholders=False)
    assert name.startswith(f"fundus-gui-{PROGRAM.version}-")
    assert packing.bundle_name(PROGRAM, "cpu", placeholders=True) == f"{name}-test"


def test_the_icon_is_the_drawing_of_the_script(tmp_path: Path) -> None:
    drawing = ROOT / "resources" / "icons" / "fundus.svg"
    assert drawing.read_text(encoding="utf-8") == icon.fundus_svg()
    icon.write_icons(drawing, tmp_path)
    with Image.open(tmp_path / "fundus-gui.ico") as picture:
        assert (16, 16) in picture.info["sizes"]
        assert (256, 256) in picture.info["sizes"]
    with Image.open(tmp_path / "fundus-gui-16.png") as picture:
        red, _, blue, alpha = picture.convert("RGBA").getpixel((8, 9))
        assert red > 2 * blue
        assert alpha == 255
        assert picture.convert("RGBA").getpixel((0, 0))[3] == 0
