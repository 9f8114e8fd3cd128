"""Small habits that keep the house easy to move around in."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60
SHORTEST_SIGN = 40
GENERATED = {"web/package-lock.json", "web/src/protocol/generated.ts", "meetd/protocol/README.md"}
TEXT_SUFFIXES = {
    ".py",
    ".ts",
    ".tsx",
    ".css",
    ".html",
    ".md",
    ".toml",
    ".json",
    ".sh",
    ".service",
    "",
}
UNFINISHED = re.compile(
    r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK"]) + r")\b"
)
MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
MUTABLE_CALLS = {"list", "dict", "set", "defaultdict", "deque", "OrderedDict", "WeakSet", "Counter"}


def our_files() -> list[Path]:
    """Everything in version control and what is about to be, or the whole folder of an archive."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        names = listed.stdout.splitlines()
    else:
        skipped = {".venv", "node_modules", "assets", "dist", "build"}
        names = [
            str(path.relative_to(ROOT))
            for path in ROOT.rglob("*")
            if not skipped.intersection(path.relative_to(ROOT).parts)
        ]
    paths = [ROOT / name for name in sorted(names) if name not in GENERATED]
    return [path for path in paths if path.is_file() and path.suffix in TEXT_SUFFIXES]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


FILES = our_files()
PYTHON = [path for path in FILES if path.suffix == ".py"]
PRODUCT = [path for path in PYTHON if path.is_relative_to(ROOT / "meetd")]
CODE = [path for path in FILES if path.suffix in {".py", ".ts", ".tsx", ".css"}]
PAGES = [path for path in FILES if path.suffix == ".md"]


def test_a_file_can_be_read_in_one_sitting() -> None:
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in CODE}
    assert not {name: length for name, length in lengths.items() if length > MAX_FILE_LINES}


def test_a_function_can_be_seen_at_once() -> None:
    too_long = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= MAX_FUNCTION_LINES
    ]
    assert not too_long


def test_no_state_in_module_globals() -> None:
    """A node can be started twice in one process and is rebuilt from the store: nothing that grows
    lives in a module. Tables are constants in capitals, with something in them."""
    growing = [
        f"{name_of(path)}:{value.lineno} {name}"
        for path in PRODUCT
        for name, value in assignments(ast.parse(path.read_text()))
        if is_container(value) and (not name.isupper() or is_empty(value))
    ]
    assert not growing


def assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            value = getattr(node, "value", None)
            if isinstance(target, ast.Name) and target.id != "__all__" and value is not None:
                yield target.id, value


def is_container(value: ast.expr) -> bool:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in MUTABLE_CALLS
    return isinstance(value, MUTABLE)


def is_empty(value: ast.expr) -> bool:
    return ast.unparse(value).rstrip("()[]{}") in {"", *MUTABLE_CALLS}


def test_nothing_is_left_unfinished() -> None:
    found = [
        f"{name_of(path)}: {line.strip()}"
        for path in FILES
        for line in path.read_text().splitlines()
        if UNFINISHED.search(line)
    ]
    assert not found


def test_links_in_documents_lead_somewhere() -> None:
    dead = [
        f"{name_of(page)}: {target}"
        for page in PAGES
        for target in links(page)
        if not leads_somewhere(page, target)
    ]
    assert not dead


def links(page: Path) -> list[str]:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def leads_somewhere(page: Path, target: str) -> bool:
    file, _, heading = target.partition("#")
    linked = page.parent / file if file else page
    if not linked.exists():
        return False
    return not heading or heading in headings(linked)


def headings(page: Path) -> set[str]:
    lines = re.findall(r"^#+ +(.*)$", page.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def test_every_folder_says_what_lives_there() -> None:
    signs = {
        name_of(path.parent): ast.get_docstring(ast.parse(path.read_text())) or ""
        for path in PRODUCT
        if path.name == "__init__.py"
    }
    assert not [folder for folder, sign in signs.items() if len(sign) < SHORTEST_SIGN]
