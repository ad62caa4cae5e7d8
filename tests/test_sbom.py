"""The bill of materials is of exactly what is deployed, and the audit looks at the same."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from scripts import sbom

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text()


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """As `make sbom` writes it."""
    file = tmp_path_factory.mktemp("sbom") / "sbom.json"
    subprocess.run([sys.executable, "-m", "scripts.sbom", str(file)], cwd=ROOT, check=True)
    written: dict[str, Any] = json.loads(file.read_text())
    return written


def of_kind(bill: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [each for each in bill["components"] if each["purl"].startswith(f"pkg:{kind}/")]


def hashes(component: dict[str, Any]) -> set[str]:
    assert {each["alg"] for each in component["hashes"]} == {"SHA-256"}
    return {each["content"] for each in component["hashes"]}


def test_every_pinned_package_is_listed_with_its_version_and_hashes(bill: dict[str, Any]) -> None:
    pinned: dict[tuple[str, str], set[str]] = {}
    for line in LOCK.splitlines():
        if "==" in line and not line.startswith(" "):
            name, _, rest = line.partition("==")
            last = pinned[name, rest.split()[0]] = set()
        elif not line.startswith("#"):
            last.add(line.strip().removeprefix("--hash=sha256:").removesuffix(" \\"))
    listed = {(each["name"], each["version"]): hashes(each) for each in of_kind(bill, "pypi")}
    assert listed == pinned
    assert len(listed) == len(of_kind(bill, "pypi"))
    assert ("django", metadata.version("django")) in listed


def test_a_package_for_some_machines_only_says_for_which(bill: dict[str, Any]) -> None:
    """All others are those that are installed here."""
    for each in of_kind(bill, "pypi"):
        pin = f"{each['name']}=={each['version']}"
        (line,) = (line for line in LOCK.splitlines() if line.startswith(f"{pin} "))
        if line == f"{pin} \\":
            assert "properties" not in each
            assert metadata.version(each["name"]) == each["version"]
        else:
            (where,) = each["properties"]
            assert line == f"{pin} ; {where['value']} \\"


@pytest.mark.django_db
def test_every_script_of_others_that_pages_load_is_listed(
    bill: dict[str, Any], client: Client
) -> None:
    page = client.get("/login/").content.decode()
    loaded = set(re.findall(r'<script[^>]* src="/static/([^"]+)"', page))
    others = {name for name in loaded if not (ROOT / "static" / name).is_file()}
    listed = {each["properties"][0]["value"]: each for each in of_kind(bill, "npm")}
    assert listed.keys() == others != set()
    for name, each in listed.items():
        found = finders.find(name)
        assert found is not None
        content = Path(found).read_bytes()
        assert hashes(each) == {hashlib.sha256(content).hexdigest()}
        assert f'version:"{each["version"]}"'.encode() in content


def test_nothing_else_is_listed_and_nothing_twice(bill: dict[str, Any]) -> None:
    references = [each["bom-ref"] for each in bill["components"]]
    assert len(references) == len(set(references))
    assert len(references) == len(of_kind(bill, "pypi")) + len(of_kind(bill, "npm"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["name"] == "loyalty-admin"


def test_the_same_lock_gives_the_same_bill(bill: dict[str, Any]) -> None:
    assert sbom.bill() == bill


def test_an_entry_that_pins_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no pinned package: loose>=1"):
        sbom.packages(LOCK + "loose>=1 \\\n    --hash=sha256:00\n")


def test_the_image_holds_what_its_bill_is_made_of() -> None:
    let_in = (ROOT / ".dockerignore").read_text().splitlines()
    for name in ("pyproject.toml", "requirements.lock", "scripts/sbom.py", "scripts/__init__.py"):
        assert f"!{name}" in let_in
    assert "python -m scripts.sbom sbom.json" in (ROOT / "Dockerfile").read_text()


def test_the_audit_is_of_the_same_lock_and_fails_where_it_could_not_look() -> None:
    """Without `--strict` it calls well what it found nowhere."""
    said = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "audit"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "pip-audit" in said
    assert {"--strict", "--require-hashes"} < set(said.split())
    assert said.split()[-2:] == ["-r", "requirements.lock"]
