"""Compiled templates: the same pages as from the sources, and never those of other sources."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from hatchling.builders.wheel import WheelBuilder
from jinja2 import meta

from meetd.pages import templating
from meetd.pages.templating import COMPILED, STAMP, TEMPLATES, compile_templates, environment

ROOT = Path(__file__).parents[2]
NAMES = sorted(path.name for path in TEMPLATES.iterdir())


class Fact:
    """Stands for whatever a template is given: words that have to be escaped, with every part, the
    answer to every call, more than any number, and a list of two."""

    def __init__(self, words: str) -> None:
        self._words = words

    def __str__(self) -> str:
        return self._words

    def __getattr__(self, name: str) -> "Fact":
        if name.startswith("__"):
            raise AttributeError(name)
        return Fact(f"{self}.{name}")

    def __getitem__(self, key: object) -> "Fact":
        return Fact(f"{self}[{key}]")

    def __call__(self, *arguments: object, **named: object) -> "Fact":
        words = [*map(str, arguments), *(f"{name}={value}" for name, value in named.items())]
        return Fact(f"{self}({', '.join(words)})")

    def keys(self) -> list[str]:
        return ["first", "second"]

    def __iter__(self) -> "Iterator[Fact]":
        return iter((Fact(f"{self} & one"), Fact(f"{self} & two")))

    def __len__(self) -> int:
        return 2

    def __add__(self, other: object) -> "Fact":
        return Fact(f"{self} + {other}")

    def __sub__(self, other: object) -> "Fact":
        return Fact(f"{self} - {other}")

    def __gt__(self, other: object) -> bool:
        return True


def with_facts(compiled: Path) -> jinja2.Environment:
    made = environment(compiled)
    for name in NAMES:
        source = made.parse((TEMPLATES / name).read_text())
        made.globals |= {fact: Fact(f"<{fact}>") for fact in meta.find_undeclared_variables(source)}
    return made


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("templates") / "compiled"
    assert compile_templates(folder)
    return folder


@pytest.fixture(scope="module")
def ready(compiled: Path) -> jinja2.Environment:
    return with_facts(compiled)


@pytest.fixture(scope="module")
def sources(compiled: Path) -> jinja2.Environment:
    return with_facts(compiled / "nothing")


@pytest.mark.parametrize("name", NAMES)
def test_a_compiled_template_renders_the_same(
    ready: jinja2.Environment, sources: jinja2.Environment, name: str
) -> None:
    assert isinstance(ready.loader, jinja2.ModuleLoader)
    assert isinstance(sources.loader, jinja2.FileSystemLoader)
    assert ready.get_template(name).render() == sources.get_template(name).render()


@pytest.mark.parametrize("change", ["edited", "added", "removed", "other jinja2"])
def test_what_was_compiled_from_something_else_is_not_used(
    compiled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    package = tmp_path / "pages"
    shutil.copytree(TEMPLATES, package / "templates")
    monkeypatch.setattr(templating, "TEMPLATES", package / "templates")
    monkeypatch.setattr(templating, "__file__", str(shutil.copy(templating.__file__, package)))
    assert isinstance(environment(compiled).loader, jinja2.ModuleLoader)
    match change:
        case "edited":
            (package / "templates" / "mark.svg").write_text("<b>another</b>")
        case "added":
            (package / "templates" / "new.html").write_text("new")
        case "removed":
            (package / "templates" / "terms.html").unlink()
        case _:
            monkeypatch.setattr(jinja2, "__version__", "3.9")
    stale = environment(compiled)
    assert isinstance(stale.loader, jinja2.FileSystemLoader)
    if change == "edited":
        assert stale.get_template("mark.svg").render() == "<b>another</b>"


def test_only_what_is_stale_is_compiled(tmp_path: Path) -> None:
    into = tmp_path / "compiled"
    assert compile_templates(into)
    assert not compile_templates(into)
    (into / STAMP).write_text("of other sources")
    (into / "tmpl_of_a_template_that_is_no_more.py").touch()
    assert compile_templates(into)
    assert len(list(into.glob("*.py"))) == len(NAMES)
    assert len(list(into.glob("__pycache__/*.pyc"))) == len(NAMES)


def test_a_wheel_carries_what_was_compiled() -> None:
    compile_templates()
    wheel = WheelBuilder(str(ROOT)).recurse_included_files()
    carried = {ROOT / file.path for file in wheel if "__pycache__" not in file.path}
    assert {path for path in COMPILED.iterdir() if path.is_file()} <= carried
