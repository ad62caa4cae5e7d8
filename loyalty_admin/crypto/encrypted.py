"""Fields that hold what the deployment's keys encrypt, and a new key for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models

from loyalty_admin.crypto import tokens

BATCH = 200


class EncryptedField(models.BinaryField):  # type: ignore[type-arg]  # not so at run time
    """Holds what `tokens.encrypt` made, or nothing. To be of this class is all that a field needs
    for `manage.py rotate_keys` and `manage.py doctor` to find it."""

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs


@dataclass
class Rotation:
    """How many values were encrypted anew, how many had the first key already, and the rows whose
    value none of the keys opens."""

    renewed: int = 0
    current: int = 0
    unreadable: list[str] = field(default_factory=list)


def rotate() -> Rotation:
    """Encrypt every stored value with the first of TOKEN_KEYS.

    A value is replaced only where it still is what was read, so this may be stopped, begun again
    and run beside the dashboard.
    """
    done = Rotation()
    for model, name in encrypted_fields():
        for pk in _keys_of(model, name):
            _renew(done, model, name, pk)
    return done


def look() -> Rotation:
    """The same without changing anything: `renewed` counts what only an older key opens."""
    seen = Rotation()
    for model, name in encrypted_fields():
        for pk, stored in _stored(model, name).values_list("pk", name).iterator(BATCH):
            match tokens.state_of(stored):
                case "current":
                    seen.current += 1
                case "older":
                    seen.renewed += 1
                case "unreadable":
                    seen.unreadable.append(_label(model, pk))
    return seen


def encrypted_fields() -> list[tuple[type[models.Model], str]]:
    """Every field of this class in every model."""
    return [
        (model, column.attname)
        for model in apps.get_models()
        for column in model._meta.concrete_fields
        if isinstance(column, EncryptedField)
    ]


def _renew(done: Rotation, model: type[models.Model], name: str, pk: Any) -> None:
    row = _stored(model, name).filter(pk=pk)
    while stored := row.values_list(name, flat=True).first():
        match tokens.state_of(stored):
            case "current":
                done.current += 1
                return
            case "unreadable":
                done.unreadable.append(_label(model, pk))
                return
        if row.filter(**{name: bytes(stored)}).update(**{name: tokens.renew(stored)}):
            done.renewed += 1
            return
        # Somebody signed in again or removed it meanwhile: look at what is there now.


def _keys_of(model: type[models.Model], name: str) -> Iterator[Any]:
    rows, last = _stored(model, name).order_by("pk").values_list("pk", flat=True), None
    while batch := list((rows if last is None else rows.filter(pk__gt=last))[:BATCH]):
        yield from batch
        last = batch[-1]


def _stored(model: type[models.Model], name: str) -> models.QuerySet[Any]:
    return model._base_manager.exclude(**{name: b""})


def _label(model: type[models.Model], pk: Any) -> str:
    return f"{model._meta.verbose_name} {pk} ({model._base_manager.filter(pk=pk).first()})"
