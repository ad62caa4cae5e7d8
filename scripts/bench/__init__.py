"""Measures the list page beside Django's admin: see docs/performance.md."""
