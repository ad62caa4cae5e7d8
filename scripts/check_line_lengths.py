"""Lists the lines of templates that are too long to be reviewed.

python -m scripts.check_line_lengths     fails if there is one
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_LENGTH = 140


def long_lines(folder: Path) -> Iterator[str]:
    """Yield "path:line: length" for each line over the limit."""
    for path in sorted(folder.rglob("*.html")):
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            if len(line) > MAX_LENGTH:
                yield f"{path.relative_to(ROOT)}:{number}: {len(line)} characters"


def main() -> int:
    """Return 1 if there is a line over the limit."""
    found = [*long_lines(ROOT / "templates"), *long_lines(ROOT / "loyalty_admin")]
    for line in found:
        print(line)
    if found:
        print(f"{len(found)} lines are over {MAX_LENGTH} characters")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
