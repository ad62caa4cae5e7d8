"""What holds for every file of the project."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
APPS = ROOT / "loyalty_admin"

# Whoever installs chooses where from: no package index, by option or by its usual path.
REGISTRIES = re.compile(
    r"(extra-)?index-url\s*=|https?://[^\s\"']*/(simple|packages)\b", re.IGNORECASE
)
MACHINE_PATHS = re.compile(r"(?<![\w./$}~-])/(?:root|home|Users|work)/\w")
SECRETS = re.compile(r"BEGIN [A-Z ]*PRIVATE KEY|Bearer [A-Za-z0-9]{16,}")


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def test_no_registry_machine_path_or_secret_is_committed() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked_files()
        if path != Path(__file__)
        for pattern in (REGISTRIES, MACHINE_PATHS, SECRETS)
        for match in pattern.finditer(text_of(path))
    ]
    assert found == []


def test_locked_requirements_hold_no_address() -> None:
    assert [path.name for path in ROOT.glob("*.lock") if "://" in text_of(path)] == []


def test_no_file_of_one_deployment_is_committed() -> None:
    names = {path.name for path in tracked_files()}
    assert not {name for name in names if name.startswith(".env") and name != ".env.example"}
    assert not {name for name in names if name.endswith((".sqlite3", ".pyc"))}
    assert "uv.lock" not in names  # it would hold registry addresses


def test_the_image_holds_no_history_no_tests_and_no_secrets() -> None:
    """Nothing goes in but what is named, and no name takes more in than it says."""
    first, *rest = [line for line in text_of(ROOT / ".dockerignore").splitlines() if line[0] != "#"]
    assert first == "*"
    let_in = {line.removeprefix("!") for line in rest if line.startswith("!")}
    assert not [name for name in let_in if "*" in name or name.startswith((".", "tests"))]
    assert all((ROOT / name).exists() for name in let_in - {"locale"})  # made with translations


def test_compose_publishes_on_this_machine_alone() -> None:
    compose = text_of(ROOT / "compose.yaml")
    published = re.findall(r"^\s+ports:\n((?:\s+- .*\n)+)", compose, re.MULTILINE)
    assert [ports.strip() for ports in published] == ['- "127.0.0.1:${PORT:-8000}:8000"']


# Imports go one way: views -> services -> altegio


def modules() -> list[Path]:
    return sorted(path for path in APPS.rglob("*.py") if "migrations" not in path.parts)


def imports_of(path: Path) -> Iterator[str]:
    """Every module that the file imports, relative imports and those inside functions too."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def is_within(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def forbidden_imports(path: Path) -> Iterator[str]:
    slice_name = path.relative_to(APPS).parts[0]
    for module in imports_of(path):
        own = is_within(module, f"loyalty_admin.{slice_name}")
        if slice_name == "altegio":
            wrong = is_within(module, "django", "config") or (
                is_within(module, "loyalty_admin") and not own
            )
        elif slice_name == "sandbox":
            # It stands in for Altegio: what it shared with the client could not be tested by it.
            wrong = is_within(module, "loyalty_admin") and not own
        elif path.name.endswith("views.py"):
            wrong = is_within(
                module,
                "requests",
                "loyalty_admin.altegio.transport",
                "loyalty_admin.altegio.limits",
                "loyalty_admin.altegio.parallel",
                "loyalty_admin.sandbox",
            )
        else:
            wrong = is_within(module, "loyalty_admin.sandbox")
            if path.name in ("services.py", "models.py"):
                parts = module.split(".")
                wrong |= parts[0] == "loyalty_admin" and bool({"views", "forms", "urls"} & {*parts})
                wrong |= is_within(module, "django.shortcuts", "requests")
        if wrong:
            yield module


def test_imports_go_one_way() -> None:
    wrong = [
        f"{path.relative_to(APPS)}: {module}"
        for path in modules()
        for module in forbidden_imports(path)
    ]
    assert wrong == [], "\n".join(wrong)


def calls_of(name: str) -> set[str]:
    """The modules that call something of this name on an object, the stand-in aside."""
    return {
        ".".join(path.relative_to(APPS).with_suffix("").parts)
        for path in modules()
        if not path.is_relative_to(APPS / "sandbox")
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
    }


def test_only_the_write_guard_sends_a_write() -> None:
    """Besides it signing in, which changes nothing of a chain. Two modules call a `send` that is
    none of the transport: mail, and a change of a membership, which gets the guard's `Sender`."""
    others = {"accounts.mail", "memberships.services"}
    assert calls_of("send") - others == {"audit.guard", "altegio.auth"}


# Words

API_WORDS = re.compile(r"abonement|(?<![a-z])salon", re.IGNORECASE)


def test_words_of_the_api_stay_with_the_client_and_the_stand_in() -> None:
    files = [path for path in tracked_files() if path.suffix in (".py", ".html", ".js", ".css")]
    inside = [path for path in files if path.is_relative_to(APPS)]
    inside += [path for path in files if path.parent.is_relative_to(ROOT / "templates")]
    inside += [path for path in files if path.is_relative_to(ROOT / "static")]
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in inside
        if not path.is_relative_to(APPS / "altegio") and not path.is_relative_to(APPS / "sandbox")
        for match in API_WORDS.finditer(text_of(path))
    ]
    assert found == []


UNTRANSLATED = {"Altegio", "Loyalty Admin"}
COMMENTS = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?\{%\s*endcomment\s*%\}|<!--.*?-->", re.DOTALL)
TRANSLATED = re.compile(
    r"\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL
)
TEMPLATE_CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
HTML_TAG = re.compile(r"<[^<>]*>", re.DOTALL)
ENTITY = re.compile(r"&#?\w+;")
SPOKEN_ATTRIBUTE = re.compile(r"\s(?:aria-label|alt|placeholder|title)=(\"[^\"]*\"|'[^']*')")
LETTER = re.compile(r"[^\W\d_]")


def untranslated(source: str) -> list[str]:
    """The words of a template that people would read and no translator would see."""
    source = COMMENTS.sub(" ", source)
    source = TRANSLATED.sub(" ", source)
    source = TEMPLATE_CODE.sub(" ", source)
    texts = [ENTITY.sub(" ", text) for text in HTML_TAG.sub("\0", source).split("\0")]
    texts += [match[1].strip("\"'") for match in SPOKEN_ATTRIBUTE.finditer(source)]
    plain = (" ".join(text.split()).strip("· ") for text in texts)
    return [text for text in plain if LETTER.search(text) and text not in UNTRANSLATED]


def test_the_search_for_untranslated_text_finds_it() -> None:
    assert untranslated("<p>Hello {{ name }}</p>") == ["Hello"]
    assert untranslated('<a title="Close" href="/x/">{% translate "Close" %}</a>') == ["Close"]
    assert untranslated('<p class="{% if a > b %}x{% endif %}">{{ a }} &middot; 5</p>') == []
    assert untranslated("{% blocktranslate %}Hello{% endblocktranslate %}{# note #}") == []


def templates() -> list[Path]:
    return sorted([*(ROOT / "templates").rglob("*.html"), *APPS.rglob("templates/**/*.html")])


def test_every_text_of_a_template_can_be_translated() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in templates()
        for text in untranslated(path.read_text())
    ]
    assert found == [], "\n".join(found)


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# The lock files


def test_every_pinned_package_has_its_hash() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        entries = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
        pinned = [entry for entry in entries if not entry.startswith("#")]
        assert len(pinned) > 15
        assert [one for one in pinned if "==" not in one or "--hash=sha256:" not in one] == []


@pytest.mark.long
def test_tests_have_the_same_names_in_every_process(request: pytest.FixtureRequest) -> None:
    """Tests run in several processes, which have to agree on names and their order: neither may
    depend on the moment, on a key that a process makes for itself, or on its seed of hashes. Each
    run in several processes checks the same; this one names the seed."""
    listed = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:xdist"),
            *("-m", request.config.option.markexpr),
            *request.config.args,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "21"},
    )
    ours = [item.nodeid for item in request.session.items]
    chosen = set(ours)
    assert [name for name in listed.stdout.splitlines() if name in chosen] == ours
