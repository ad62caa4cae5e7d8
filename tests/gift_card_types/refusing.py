"""Refusals of fields as Altegio words them: 400 with `meta.errors`, their keys as sent."""

from __future__ import annotations
