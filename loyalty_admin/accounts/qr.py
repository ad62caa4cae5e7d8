from __future__ import annotations

from dataclasses import dataclass

import qrcode


@dataclass(frozen=True)
class Drawing:
    """Dark squares of a QR code as the `d` of an SVG path; `size` is the side, in squares."""

    size: int
    path: str


def draw(text: str) -> Drawing:
    """The code with the quiet zone that readers ask for around it."""
    code = qrcode.QRCode(border=4)
    code.add_data(text)
    rows = code.get_matrix()
    squares = [
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    ]
    return Drawing(size=len(rows), path="".join(squares))
