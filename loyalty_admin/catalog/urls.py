"""The addresses of a resource, below a chain's."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase
from django.urls import URLPattern, path

from loyalty_admin.catalog import action_views, form_views, views
from loyalty_admin.catalog.screens import Screens


def urls_for(screens: Screens) -> list[URLPattern]:
    """What every resource has; its own addresses (archive, restore, …) come before or after."""
    shared: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
        ("", views.index, "index"),
        ("loaded/", views.loaded, "loaded"),
        ("refresh/", views.refresh, "refresh"),
        ("export/", views.export, "export"),
        ("trash/", views.trash, "trash"),
        ("trash/<int:entry_id>/again/", form_views.create_again, "create_again"),
        ("<int:object_id>/", views.detail, "detail"),
        ("<int:object_id>/menu/", views.menu, "menu"),
        ("<int:object_id>/edit/", form_views.edit, "edit"),
        ("<int:object_id>/delete/", action_views.delete, "delete"),
    ]
    if screens.new_terms is not None:
        shared.append(("new/", form_views.new, "new"))
    if screens.duplicate_of is not None:
        shared.append(("<int:object_id>/clone/", form_views.clone, "clone"))
    if screens.row_form is not None:
        shared.append(("<int:object_id>/row/", views.row, "row"))
        shared.append(("<int:object_id>/row/edit/", form_views.edit_row, "edit_row"))
    return [path(route, view, {"screens": screens}, name=name) for route, view, name in shared]
