from __future__ import annotations

from django.contrib import admin

from scripts.bench.peer.models import MembershipType, Unit


@admin.register(MembershipType)
class MembershipTypeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not a generic at run time
    """The dashboard's columns, search and page size. Its filters are left out: admin's would cost
    more than they would tell."""

    list_display = (
        "title",
        "price",
        "validity_text",
        "visits",
        "location_count",
        "sold",
        "online_price",
    )
    list_per_page = 100
    search_fields = ("title",)
    ordering = ("title",)

    @admin.display(description="validity", ordering="validity")
    def validity_text(self, row: MembershipType) -> str:
        return f"{row.validity} {Unit(row.validity_unit).label}"
