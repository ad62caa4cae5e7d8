"""The same people as at the promotions."""

from __future__ import annotations

from tests.promotions.conftest import assisted, edith, vera

__all__ = ["assisted", "edith", "vera"]
