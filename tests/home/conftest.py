"""People at home in the stand-in's first chain."""

from tests.transactions.conftest import ctx

__all__ = ["ctx"]
