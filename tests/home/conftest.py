"""People at home in the stand-in's first chain."""

from tests.transactions.conftest import ctx, edith, vera

__all__ = ["ctx", "edith", "vera"]
