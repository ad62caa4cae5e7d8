"""Writes what is deployed as a CycloneDX bill of materials: python -m scripts.sbom FILE

All packages of requirements.lock with the hashes that an installation insists on, and the scripts
of others that one of them brings for browsers. The same lock gives the same file.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# By package, its file as {% static %} names it, and the name under which its makers publish it.
SCRIPTS = [("django_htmx", "django_htmx/htmx-2.min.js", "htmx.org")]
PINNED = re.compile(r"(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?: ; (?P<where>[^\\\n]+?))? \\\n")


def bill() -> dict[str, Any]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    application = {"name": project["name"], "version": project["version"]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", **application}},
        "components": [*packages((ROOT / "requirements.lock").read_text()), *scripts()],
    }


def packages(lock: str) -> list[dict[str, Any]]:
    """Every entry of a lock file; each hash is of one of the files that may be installed."""
    found = []
    for entry in re.split(r"\n(?=\S)", lock.strip()):
        if entry.startswith("#"):
            continue
        pinned = PINNED.match(entry)
        if pinned is None:
            raise ValueError(f"This is no pinned package: {entry}")
        component = _component("pypi", pinned["name"], pinned["version"])
        component["hashes"] = [_hash(one) for one in re.findall(r"--hash=sha256:(\w+)", entry)]
        if pinned["where"]:
            component["properties"] = [_property("only-where", pinned["where"])]
        found.append(component)
    return found


def scripts() -> list[dict[str, Any]]:
    found = []
    for package, name, published_as in SCRIPTS:
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            raise ValueError(f"{package} is not installed: install requirements.lock first.")
        content = (Path(spec.origin).parent / "static" / name).read_bytes()
        version = re.search(rb'\bversion:"([\d.]+)"', content)
        if version is None:
            raise ValueError(f"{name} does not say its version.")
        component = _component("npm", published_as, version[1].decode())
        component["hashes"] = [_hash(hashlib.sha256(content).hexdigest())]
        component["properties"] = [_property("file", name)]
        found.append(component)
    return found


def _component(kind: str, name: str, version: str) -> dict[str, Any]:
    purl = f"pkg:{kind}/{name}@{version}"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def _hash(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest}


def _property(name: str, value: str) -> dict[str, str]:
    return {"name": f"loyalty-admin:{name}", "value": value}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    Path(sys.argv[1]).write_text(json.dumps(bill(), indent=2) + "\n")
