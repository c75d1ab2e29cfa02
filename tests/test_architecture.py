"""The rules of the architecture that import-linter and ruff cannot check."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

import fundus_gui

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = sorted((ROOT / "fundus_gui").rglob("*.py"))
SOURCES = [
    *SHIPPED,
    *sorted((ROOT / "build_scripts").rglob("*.py")),
    *sorted((ROOT / "benchmarks").rglob("*.py")),
]

MOST_LINES = 400
MOST_LINES_OF_A_PAGE = 300
MOST_LINES_OF_A_FUNCTION = 50
FORBIDDEN_MODULE_NAMES = {"utils", "helpers", "common", "manager", "base"}
UNSAFE_MODULES = {  # running code from files, and reaching the network
    "pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve",
    "torch.hub", "torch.utils.model_zoo", "timm.models.hub", "huggingface_hub",
    "socket", "ssl", "http", "urllib.request", "ftplib", "smtplib", "requests", "httpx", "aiohttp",
    "PySide6.QtNetwork", "PySide6.QtWebEngineCore", "PySide6.QtWebSockets",
    "ray", "fsspec",
}  # fmt: skip
# What runs on a cluster and in its storage, for `--engine ray` alone, and what it uses for that.
CLUSTER = {
    "fundus_gui/core/distributed/cluster.py": "ray",
    "fundus_gui/core/distributed/engine.py": "ray",
    "fundus_gui/core/distributed/worker.py": "ray",
    "fundus_gui/core/distributed/places.py": "fsspec",
}
# The only other module that may reach the network, for `hub` alone, and what it uses for that.
DOOR = "fundus_gui/core/conversion/downloads.py"
USED_IN_THE_DOOR = {
    "huggingface_hub", "huggingface_hub.model_info", "huggingface_hub.try_to_load_from_cache",
    "get_state_dict", "pretrained=True",
}  # fmt: skip


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def shown(path: Path, node: ast.expr | ast.stmt | None = None) -> str:
    place = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    return place if node is None else f"{place}:{node.lineno}"


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


# --- budgets and names ------------------------------------------------------------------------


def test_files_keep_to_their_budget() -> None:
    assert SHIPPED
    long = {shown(path): lines_of(path) for path in SOURCES if lines_of(path) > MOST_LINES}
    assert long == {}


def test_pages_and_windows_keep_to_their_budget() -> None:
    gui = ROOT / "fundus_gui" / "gui"
    kinds = ("*_page.py", "*_pane.py", "*_window.py", "*_dialog.py", "widgets/*.py")
    pages = [path for kind in kinds for path in gui.glob(kind)]
    assert {shown(p): lines_of(p) for p in pages if lines_of(p) > MOST_LINES_OF_A_PAGE} == {}


def test_functions_keep_to_their_budget() -> None:
    long = {
        f"{shown(path, node)} {node.name}": length
        for path in SOURCES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    }
    assert long == {}


def test_every_module_is_named_for_a_concept() -> None:
    names = {
        shown(path)
        for path in SOURCES
        if FORBIDDEN_MODULE_NAMES.intersection((path.stem, path.parent.name))
    }
    assert names == set()


def test_the_package_and_its_metadata_state_the_same_version() -> None:
    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert fundus_gui.__version__ == metadata["project"]["version"]


# --- what is imported when --------------------------------------------------------------------


def test_core_and_command_line_work_where_qt_is_not_installed() -> None:
    done = run_python(
        "import importlib, pkgutil, sys\n"
        "sys.modules.update(PySide6=None, shiboken6=None)\n"
        "from fundus_gui import cli, core\n"
        "for package in (core, cli):\n"
        "    found = pkgutil.walk_packages(package.__path__, package.__name__ + '.')\n"
        "    names = [module.name for module in found]\n"
        "    assert names, package\n"
        "    for name in names: importlib.import_module(name)\n"
    )
    assert done.returncode == 0, done.stderr


def test_the_window_shows_without_waiting_for_torch() -> None:
    done = run_python(
        "import sys, fundus_gui.gui.app\n"
        "print(sorted({'torch', 'torchvision', 'timm'} & sys.modules.keys()))"
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_what_the_window_needs_at_once_is_free_of_torch() -> None:
    light = "images results vote cards catalogue preprocessing synthetic export errors paths"
    done = run_python(
        "import importlib, sys\n"
        f"for name in {light.split()}:\n"
        "    importlib.import_module('fundus_gui.core.' + name)\n"
        "    if 'torch' in sys.modules: sys.exit(name + ' imports torch')\n"
    )
    assert done.returncode == 0, done.stderr


# --- safety -----------------------------------------------------------------------------------


def unsafe_parts(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """Yield whatever could run code from a file or reach the network."""
    safe_loads = {
        id(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and any(k.arg == "weights_only" and _is_true(k.value) for k in node.keywords)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((node, name) for name in _imported(node) if _is_unsafe(name))
        elif isinstance(node, ast.Attribute):
            name = ast.unparse(node)
            if (name == "torch.load" and id(node) not in safe_loads) or _is_unsafe(name):
                yield node, name
            elif node.attr == "get_state_dict":  # of torchvision's weights: downloads them
                yield node, node.attr
        elif _is_named(node, ("allow_pickle", "pretrained")) and _is_true(node.value):
            yield node.value, f"{node.arg}=True"


def _is_named(node: ast.AST, names: tuple[str, ...]) -> TypeGuard[ast.keyword]:
    return isinstance(node, ast.keyword) and node.arg in names


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _imported(node: ast.Import | ast.ImportFrom) -> Iterable[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names]


def _is_unsafe(name: str) -> bool:
    return name == "torch.serialization.load" or any(
        name == module or name.startswith(f"{module}.") for module in UNSAFE_MODULES
    )


def test_nothing_shipped_runs_code_from_files_or_reaches_the_network() -> None:
    found = [
        f"{shown(path, node)} {what}"
        for path in SHIPPED
        if shown(path) != DOOR
        for node, what in unsafe_parts(tree_of(path))
        if what.partition(".")[0] != CLUSTER.get(shown(path), "")
    ]
    assert found == []


def test_what_reaches_a_cluster_is_imported_by_its_commands_only() -> None:
    importing = {
        shown(path)
        for path in SHIPPED
        for node in tree_of(path).body  # at once, not when it is asked for
        if isinstance(node, ast.Import | ast.ImportFrom)
        and any(name.startswith("fundus_gui.core.distributed") for name in _imported(node))
        and "core/distributed" not in shown(path)
    }
    assert importing <= {
        f"fundus_gui/cli/{name}.py" for name in ("classify_ray", "verify", "verify_folder")
    }
    for path in CLUSTER:
        at_once = [
            name
            for node in tree_of(ROOT / path).body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in _imported(node)
        ]
        assert [name for name in at_once if name.partition(".")[0] in CLUSTER.values()] == []


def test_the_door_to_the_network_is_narrow() -> None:
    assert {what for _, what in unsafe_parts(tree_of(ROOT / DOOR))} == USED_IN_THE_DOOR
    module = DOOR.removesuffix(".py").replace("/", ".")
    importing = [
        shown(path)
        for path in SHIPPED
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and any(name.startswith(module) for name in _imported(node))
    ]
    assert importing == ["fundus_gui/core/conversion/pretrained.py"]


@pytest.mark.parametrize(
    "line",
    [
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "torch.load(path, weights_only=safe)",
        "load = torch.load",
        "from torch import hub",
        "import torch.hub",
        "torch.hub.load('a/b', 'c')",
        "import pickle as p",
        "from urllib import request",
        "import urllib.request",
        "from PySide6.QtNetwork import QTcpSocket",
        "from PySide6 import QtNetwork",
        "numpy.load(path, allow_pickle=True)",
        "timm.create_model('resnet18', pretrained=True)",
        "torchvision.models.ResNet18_Weights.DEFAULT.get_state_dict(progress=False)",
        "import huggingface_hub",
        "import ray.data",
        "from fsspec.core import url_to_fs",
    ],
)
def test_the_safety_check_sees(line: str) -> None:
    assert list(unsafe_parts(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    [
        "torch.load(path, map_location='cpu', weights_only=True)",
        "timm.create_model('resnet18', pretrained=False)",
        "from urllib.parse import quote",
    ],
)
def test_the_safety_check_allows(line: str) -> None:
    assert not list(unsafe_parts(ast.parse(line)))


def test_qt_signals_can_be_emitted_any_number_of_times() -> None:
    """PySide6 6.12.0 aborts here on Python 3.11: each signal loses a reference to True."""
    done = run_python(
        "from PySide6.QtCore import QObject, Signal\n"
        "class Source(QObject):\n"
        "    moved = Signal(int)\n"
        "source, seen = Source(), []\n"
        "source.moved.connect(seen.append)\n"
        "for i in range(5000): source.moved.emit(i)\n"
        "assert seen == list(range(5000))\n"
    )
    assert done.returncode == 0, done.stderr
