"""The checks behind test_architecture.py: they read source text and return complaints in words.

A checkout is given as a mapping from dotted module name to its source, so that bad samples are as
easy to make as good ones.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests import blueprint

NOT_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.ENCODING,
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One source file. `is_package` says that it is an `__init__.py`."""

    name: str
    source: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @property
    def unit(self) -> str:
        """The room, or the module directly under feeder: `feeder.sources.http` is of `sources`."""
        return [*self.name.split("."), ""][1]

    @cached_property
    def code_lines(self) -> frozenset[int]:
        """The numbers of lines that hold code: no blanks, no comments, no docstrings."""
        tokens = tokenize.generate_tokens(io.StringIO(self.source).readline)
        lines = {n for token in tokens if token.type not in NOT_CODE for n in range(token.start[0], token.end[0] + 1)}
        return frozenset(lines - {n for node in docstrings(self.tree) for n in range(node.lineno, _end(node) + 1)})


def read_modules(folder: Path) -> dict[str, Module]:
    """Every Python file under a package folder, by its dotted name."""
    modules = {}
    for file in sorted(folder.rglob("*.py")):
        parts = file.relative_to(folder.parent).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        modules[name] = Module(name, file.read_text(encoding="utf-8"), is_package)
    return modules


def docstrings(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements that are docstrings, bare strings below a field included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def imports(module: Module, known: Mapping[str, Module]) -> Iterator[tuple[str, int]]:
    """What a module imports, wherever the import stands, as dotted names with their lines.

    `from feeder.store import stories` means the module `feeder.store.stories` where there is one.
    """
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield (inner if inner in known or node.module in ("urllib", "feeder") else node.module), node.lineno


def upward_imports(modules: Mapping[str, Module]) -> list[str]:
    """Imports that point up or sideways, and modules that stand on no floor of the drawing."""
    complaints = []
    for module in modules.values():
        if module.name == "feeder":
            continue
        if module.unit not in blueprint.FLOORS:
            complaints.append(f"{module.name}: '{module.unit}' is not drawn in docs/design.md, section 3")
            continue
        for name, line in imports(module, modules):
            target = [*name.split("."), ""][1] if name.startswith("feeder.") else ""
            if target not in blueprint.FLOORS or target == module.unit:
                continue
            if blueprint.FLOORS[target] >= blueprint.FLOORS[module.unit]:
                complaints.append(f"{module.name}:{line}: {module.unit} must not import {name}")
    return complaints


def relative_imports(modules: Mapping[str, Module]) -> list[str]:
    """Imports with leading dots."""
    return [
        f"{module.name}:{node.lineno}: relative import"
        for module in modules.values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]


def circles(modules: Mapping[str, Module]) -> list[str]:
    """Modules that import each other, directly or on the way round."""
    edges = {
        name: {target for target, _ in imports(module, modules) if target in modules}
        for name, module in modules.items()
    }
    while leaves := [name for name, targets in edges.items() if not targets & edges.keys()]:
        for name in leaves:
            del edges[name]
    return [f"{name} is in, or leads into, a circle of imports" for name in sorted(edges)]


def strangers(modules: Mapping[str, Module]) -> list[str]:
    """Third-party names outside the rooms that may use them."""
    complaints = []
    for module in modules.values():
        for name, line in imports(module, modules):
            top = name.split(".")[0]
            if top == "feeder" or top in sys.stdlib_module_names:
                continue
            homes = blueprint.THIRD_PARTY.get(top)
            if homes is None:
                complaints.append(f"{module.name}:{line}: {top} is in no room's list (tests/blueprint.py)")
            elif not any(module.name == home or module.name.startswith(home + ".") for home in homes):
                complaints.append(f"{module.name}:{line}: {top} belongs in {' or '.join(homes)}")
    return complaints


def impurities(modules: Mapping[str, Module]) -> list[str]:
    """What pure rooms do that is not pure: I/O modules, files, clocks, chance."""
    complaints = []
    for module in modules.values():
        banned = blueprint.BANNED_IN.get(module.unit)
        if banned is None:
            continue
        for name, line in imports(module, modules):
            if any(name == bad or name.startswith(bad + ".") for bad in banned):
                complaints.append(f"{module.name}:{line}: {module.unit} is pure and must not import {name}")
        if module.unit not in blueprint.PURE:
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and (called := ast.unparse(node.func)) in blueprint.IMPURE_CALLS:
                complaints.append(f"{module.name}:{node.lineno}: {module.unit} is pure and must not call {called}()")
    return complaints


def oversized(modules: Mapping[str, Module]) -> list[str]:
    """Modules and functions with too many lines of code."""
    complaints = []
    for module in modules.values():
        if (size := len(module.code_lines)) > blueprint.MODULE_LINES:
            complaints.append(f"{module.name}: {size} lines of code, at most {blueprint.MODULE_LINES}")
        for node in ast.walk(module.tree):
            if not isinstance(node, Function):
                continue
            size = len(module.code_lines & set(range(node.lineno, _end(node) + 1)))
            if size > blueprint.FUNCTION_LINES:
                complaints.append(
                    f"{module.name}:{node.lineno}: {node.name} has {size} lines, at most {blueprint.FUNCTION_LINES}"
                )
    return complaints


def vague_names(modules: Mapping[str, Module]) -> list[str]:
    """Modules and classes whose names say nothing."""
    complaints = []
    for module in modules.values():
        if blueprint.VAGUE & set(module.name.rsplit(".", 1)[-1].split("_")):
            complaints.append(f"{module.name}: a name that says nothing attracts everything")
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                words = {word.lower() for word in re.findall(r"[A-Z][a-z]+", node.name)}
                if words & blueprint.VAGUE:
                    complaints.append(f"{module.name}:{node.lineno}: {node.name}: a name that says nothing")
    return complaints


def empty_rooms(modules: Mapping[str, Module]) -> list[str]:
    """Packages with nothing in them, and modules that only say what they will be."""
    complaints = []
    for module in modules.values():
        inside = [name for name in modules if name.startswith(module.name + ".")]
        if not (module.is_package and inside) and not (module.code_lines - _future(module)):
            complaints.append(f"{module.name}: empty; rooms are built when there is something to put into them")
    return complaints


def _future(module: Module) -> set[int]:
    return {
        node.lineno for node in module.tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    }
