"""The house rules that a program can check: who may know whom, how modules are named, how long they are."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR

# app -> the apps that it may import; what those may import is allowed too. `None`: reads or hears all, imported by nobody.
KNOWS: dict[str, set[str] | None] = {
    "accounts": set(),
    "school": {"accounts"},
    "chats": {"school"},
    "channels_app": {"school"},
    "meetings": {"school", "chats"},
    "invites": {"school", "chats"},
    "documents": {"school"},
    "support": {"school"},
    "stats": None,
    "notifications": None,
}
# What puts the house together may know every room; no room may know it.
COMPOSITION = {"api_urls", "apps", "asgi", "demo", "settings", "urls", "wsgi"}

# A signal is for a sender that must not know its hearers; everything else is a call.
SIGNALS = {
    "sessions_ended": "accounts does not know who keeps sockets open",
    "roster_changed": "school does not know the chats that follow its lists",
}

LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
VAGUE = {"utils", "util", "helpers", "helper", "common", "mixins", "misc", "shared_code"}


def apps() -> list[str]:
    return sorted(path.parent.name for path in ROOT.glob("*/apps.py") if path.parent.name != "sferum_portal")


def modules(*folders: str, migrations: bool = False) -> Iterator[tuple[str, Path]]:
    """(dotted name, path) of our own modules."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if migrations or "migrations" not in parts:
                yield ".".join(parts).removesuffix(".__init__"), path


def imports(name: str, path: Path) -> set[str]:
    """The dotted names that a module imports, also inside its functions; not what only the type checker sees."""
    tree = ast.parse(path.read_text())
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.update(_from(node, name, path))
    return found


def _from(node: ast.ImportFrom, name: str, path: Path) -> set[str]:
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    above = package[: len(package) - node.level + 1] if node.level else []
    module = ".".join([*above, *([node.module] if node.module else [])])
    return {module, *(f"{module}.{alias.name}" for alias in node.names)}


def allowed(app: str) -> set[str]:
    knows = KNOWS[app]
    if knows is None:
        return set(KNOWS)
    return {app}.union(*(allowed(other) for other in knows))


def test_every_app_has_its_place() -> None:
    assert set(apps()) <= set(KNOWS), "say in KNOWS what the new app may import"


@pytest.mark.parametrize("app", apps())
def test_an_app_knows_only_those_below_it(app: str) -> None:
    forbidden = set(KNOWS) - allowed(app)
    strangers = sorted(
        f"{name} imports {imported}"
        for name, path in modules(app)
        for imported in imports(name, path)
        if imported.split(".")[0] in forbidden
    )
    assert not strangers


def test_nobody_imports_those_who_read_all() -> None:
    readers = {app for app, knows in KNOWS.items() if knows is None}
    found = sorted(
        f"{name} imports {imported}"
        for name, path in modules(*apps())
        for imported in imports(name, path)
        if (reader := imported.split(".")[0]) in readers and name.split(".")[0] != reader
    )
    assert not found


def test_the_ground_knows_no_app_and_no_app_knows_the_composition() -> None:
    found = []
    for name, path in modules("sferum_portal"):
        part = name.split(".")[1] if "." in name else ""
        if part not in COMPOSITION and "commands" not in name:
            found += [f"{name} imports {i}" for i in imports(name, path) if i.split(".")[0] in KNOWS]
    composition = {f"sferum_portal.{part}" for part in COMPOSITION}
    for name, path in modules(*apps()):
        found += [f"{name} imports {i}" for i in imports(name, path) if i in composition]
    assert not found


def test_no_app_is_called_like_a_library() -> None:
    libraries = set(sys.stdlib_module_names) | set(packages_distributions())
    assert not libraries & {*apps(), *KNOWS, "sferum_portal"}


def test_no_module_has_a_name_that_says_nothing() -> None:
    ours = modules(*apps(), "sferum_portal", "tests", "benchmarks")
    assert not [name for name, _ in ours if set(name.split(".")) & VAGUE]


def test_modules_and_functions_can_be_read_in_one_sitting() -> None:
    long = []
    for name, path in modules(*apps(), "sferum_portal", "tests", "benchmarks"):
        lines = path.read_text().splitlines()
        if len(lines) > LONGEST_MODULE:
            long.append(f"{name}: {len(lines)} lines")
        for node in ast.walk(ast.parse("\n".join(lines))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long.append(f"{name}.{node.name}: {length} lines")
    assert not long


def test_signals_are_few_and_heard_by_connect() -> None:
    """A model's signal hides what a service does; a `@receiver` hides that somebody listens."""
    found = []
    for name, path in modules(*apps(), "sferum_portal"):
        imported = imports(name, path)
        if any(i.startswith("django.db.models.signals") for i in imported):
            found.append(f"{name} listens to models")
        if "django.dispatch.receiver" in imported:
            found.append(f"{name} uses @receiver: connect in AppConfig.ready")
        declared = re.findall(r"^(\w+) = Signal\(", path.read_text(), re.MULTILINE)
        found += [f"{name}.{signal}: say in SIGNALS who must not know whom" for signal in set(declared) - set(SIGNALS)]
    assert not found


def test_the_parser_of_imports_sees_what_it_should(tmp_path: Path) -> None:
    source = (
        "import a.b\nfrom c import d\nfrom . import e\nfrom ..f import g\n"
        "if TYPE_CHECKING:\n    from h import i\ndef late():\n    from j import k\n"
    )
    (tmp_path / "module.py").write_text(source)
    found = imports("top.package.module", tmp_path / "module.py")
    assert found == {"a.b", "c", "c.d", "top.package", "top.package.e", "top.f", "top.f.g", "j", "j.k"}
