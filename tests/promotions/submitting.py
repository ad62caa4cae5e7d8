"""Forms of promotions, sent as a person sends them: the page is read, filled in, posted."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.endings import newest
from tests.pages import Form, Typed, page_of, said, shown
from tests.promotions.common import CHAIN, STATIC

__all__ = ["newest", "said", "shown"]

STATIC_KIND = "discount_static"
TIERS_KIND = "discount_accumulative_visits"
PACKAGE_KIND = "package_discount"
CASHBACK_KIND = "cashback_static_paid"

ONE_VALUE: Typed = {"rules-value-0": "7.5"}
TIERS: Typed = {
    "rules-from-0": "20", "rules-value-0": "7.5", "rules-from-1": "5", "rules-value-1": "3",
}  # fmt: skip
PACKAGE_RULES: Typed = {
    "rules-service-0": "710204", "rules-value-0": "30",
    "rules-service-1": "710202", "rules-value-1": "50",
}  # fmt: skip


def at(chain_id: int, path: str = "") -> str:
    """An address of the chain's promotions."""
    return f"/chains/{chain_id}/promotions/{path}"


def form_of(page: Any) -> Form:
    found: Form = page.form(id="promotion-form")
    return found


def edit_form(client: Client, promotion_id: int, *, chain_id: int = CHAIN) -> Form:
    return form_of(page_of(client, at(chain_id, f"{promotion_id}/edit/")))


def send_edit(client: Client, form: Form, promotion_id: int, typed: Typed) -> Any:
    """The answer to the form, sent without JavaScript."""
    return client.post(at(CHAIN, f"{promotion_id}/edit/"), form.data(typed))


def edit(client: Client, promotion_id: int, typed: Typed) -> Any:
    """Open the form, fill in, send."""
    return send_edit(client, edit_form(client, promotion_id), promotion_id, typed)


def new_url(kind: str = STATIC_KIND, *, chain_id: int = CHAIN) -> str:
    return at(chain_id, f"new/{kind}/")


def new_form(client: Client, kind: str = STATIC_KIND) -> Form:
    return form_of(page_of(client, new_url(kind)))


def filled(kind: str = STATIC_KIND) -> Typed:
    """What makes an empty form a promotion that Altegio accepts, in the first chain."""
    rules = TIERS if "_accumulative_" in kind else ONE_VALUE
    rules = PACKAGE_RULES if kind == PACKAGE_KIND else rules
    return {"title": "For friends", "location_ids": ["501"], **rules}


def create(client: Client, typed: Typed | None = None, kind: str = STATIC_KIND) -> Any:
    """Open the form for a new promotion, fill it in whole, send."""
    data = new_form(client, kind).data({**filled(kind), **(typed or {})})
    return client.post(new_url(kind), data)


def clone_form(client: Client, promotion_id: int) -> Form:
    return form_of(page_of(client, at(CHAIN, f"{promotion_id}/clone/")))


def delete(client: Client, promotion_id: int) -> Any:
    url = at(CHAIN, f"{promotion_id}/delete/")
    return client.post(url, page_of(client, url).form("delete/").data())


def again(client: Client) -> tuple[str, Form]:
    """The form that makes the last deletion good, from Deleted: its address too."""
    url = at(CHAIN, f"trash/{newest().pk}/again/")
    assert page_of(client, at(CHAIN, "trash/")).all("a", href=url)
    return url, form_of(page_of(client, url))


def submission(client: Client, what: str) -> tuple[str, dict[str, Any], str]:
    """One submission: its address, its data, and the method of the write that it leads to."""
    match what:
        case "create":
            return new_url(), new_form(client).data(filled()), "POST"
        case "clone":
            url = at(CHAIN, f"{STATIC}/clone/")
            return url, clone_form(client, STATIC).data(), "POST"
        case "edit":
            typed = {"title": "For all", "rules-value-0": "12"}
            return at(CHAIN, f"{STATIC}/edit/"), edit_form(client, STATIC).data(typed), "PUT"
        case "delete":
            url = at(CHAIN, f"{STATIC}/delete/")
            return url, page_of(client, url).form("delete/").data(), "DELETE"
        case _:
            delete(client, STATIC)
            url, form = again(client)
            return url, form.data(), "POST"
