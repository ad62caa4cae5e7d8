"""One resource on the screen and at Altegio: what every test of the contract does with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.db.models.signals import post_save
from django.test import Client

from loyalty_admin.audit.models import Entry, Outcome
from loyalty_admin.sandbox.server import CHAINS, Sandbox
from tests.catalog.resources import RESOURCES, Change, Described, Raw
from tests.endings import newest
from tests.pages import HTMX, Form, Page, Typed, page_of

CHAIN, OTHER_CHAIN = CHAINS
# A read that meets it is not tried again, so nobody waits.
GONE: dict[str, Any] = {
    "kind": "status", "status": 302, "headers": {"Location": "https://elsewhere.example/"},
    "times": None,
}  # fmt: skip


@dataclass(frozen=True)
class Submission:
    """A form as it would be sent, and the method of the write that it leads to, if to one."""

    url: str
    data: dict[str, Any]
    method: str
    action: str
    number: int | None = None

    def send(self, client: Client, *, htmx: bool = False, **typed: Any) -> Any:
        return client.post(self.url, self.data | typed, headers=HTMX if htmx else {})


@dataclass(frozen=True)
class Catalog:
    resource: Described
    sandbox: Sandbox
    client: Client

    # At Altegio

    def _call(self, verb: str, *args: Any, plural: str = "", **fields: Any) -> Any:
        name = f"{self.resource.stand_in}{plural}"
        name = f"{verb}_{name}" if verb != "of" else f"{name}_of"
        return getattr(self.sandbox, name)(CHAIN, *args, **fields)

    def raw(self, number: int) -> Raw:
        found: Raw = self._call("of", number)
        return found

    def seen(self, number: int) -> Raw:
        """What a write sets of the object, as it is now."""
        return self.resource.seen(self.raw(number))

    def listed(self) -> list[Raw]:
        """Those that are not deleted."""
        return [raw for raw in self._call("of", plural="s") if not raw["is_deleted"]]

    def active(self) -> list[Raw]:
        return [raw for raw in self.listed() if not raw.get("is_archived")]

    def named(self, title: str) -> Raw:
        (found,) = [raw for raw in self.listed() if raw["title"] == title]
        return found

    def alter(self, number: int, **fields: Any) -> None:
        """Change some fields, as if somebody did at Altegio."""
        self._call("alter", number, **fields)

    def put(self, **fields: Any) -> int:
        """Put a complete object there, and return its ID."""
        raw = self.resource.whole | fields
        return int(self._call("put", raw)["id"])

    def replace(self, raw: Raw) -> None:
        """Let Altegio have exactly this under its ID."""
        self._call("put", raw)

    def sell(self, number: int) -> None:
        getattr(self.sandbox, self.resource.sell)(CHAIN, number)

    def writes(self) -> list[Raw]:
        """The calls that may have changed something, signing in aside."""
        calls = self.sandbox.calls()
        return [call for call in calls if call["method"] != "GET" and call["path"] != "/auth"]

    def values(self, number: int) -> Raw:
        """What the fields of the form are about."""
        seen = self.seen(number)
        return {change.key: seen[change.key] for change in self.resource.changes}

    # Here

    @property
    def url(self) -> str:
        return f"/chains/{CHAIN}/{self.resource.url}/"

    def at(self, number: int, path: str = "") -> str:
        return f"{self.url}{number}/{path}"

    def form_of(self, page: Page) -> Form:
        return page.form(id=self.resource.form)

    def edit_form(self, number: int) -> Form:
        return self.form_of(page_of(self.client, self.at(number, "edit/")))

    def edit(self, number: int, typed: Typed, *, form: Form | None = None) -> Any:
        """Fill in the form and send it, without JavaScript."""
        data = (form or self.edit_form(number)).data(typed)
        return self.client.post(self.at(number, "edit/"), data)

    def row_form(self, number: int) -> Form:
        return page_of(self.client, self.at(number, "row/edit/"), htmx=True).form("row/edit/")

    def edit_row(self, number: int, typed: Typed, *, form: Form | None = None) -> Any:
        data = (form or self.row_form(number)).data(typed)
        return self.client.post(self.at(number, "row/edit/"), data, headers=HTMX)

    def load(self) -> None:
        """Read the list from Altegio."""
        assert self.client.post(f"{self.url}refresh/").status_code == 302

    def put_in_list(self) -> int:
        """Put a complete object there, and read the list."""
        number = self.put()
        self.load()
        return number

    def titles(self, tab: str = "active") -> set[str]:
        """The titles of the list as it is kept: Altegio is not asked for it."""
        count = len(self.sandbox.calls())
        page = page_of(self.client, f"{self.url}?size=200&tab={tab}")
        assert len(self.sandbox.calls()) == count
        return set(page.titles())

    def rows(self, page: Page) -> list[int]:
        """The IDs of the rows, in order."""
        found = [row.attrs.get("id", "") for row in page.all("tr")]
        start = self.resource.row
        return [int(one.removeprefix(start)) for one in found if one.startswith(start)]

    @property
    def change(self) -> Change:
        """An ordinary value."""
        return self.resource.changes[1]

    @property
    def title(self) -> Change:
        return self.resource.changes[0]

    @property
    def other(self) -> Change:
        """A value independent of these."""
        return self.resource.changes[-1]

    # Writes

    def submission(self, what: str, number: int | None = None) -> Submission:
        """One write as a form; about a complete object of its own where `number` is not given."""
        if what != "create":
            number = number or (self.put_in_list() if what == "row edit" else self.put())
        return replace(self._submission(what, number or 0), number=number)

    def _submission(self, what: str, number: int) -> Submission:
        kind = self.resource.kind
        if what == "create":
            url = f"{self.url}{self.resource.new}"
            form = self.form_of(page_of(self.client, url))
            return Submission(url, form.data(self.resource.filled), "POST", f"{kind}.created")
        if what == "edit":
            url, typed = self.at(number, "edit/"), {one.control: one.typed for one in self.both}
            return Submission(url, self.edit_form(number).data(typed), "PUT", f"{kind}.edited")
        if what == "row edit":
            url, typed = self.at(number, "row/edit/"), {self.title.control: self.title.typed}
            return Submission(url, self.row_form(number).data(typed), "PUT", f"{kind}.edited")
        if what == "clone" and self.resource.clone == "form":
            url = self.at(number, "clone/")
            form = self.form_of(page_of(self.client, url))
            return Submission(url, form.data(), "POST", f"{kind}.cloned")
        if what == "delete":
            url = self.at(number, "delete/")
            form = page_of(self.client, url).form("delete/")
            return Submission(url, form.data(), "DELETE", f"{kind}.deleted")
        if what == "restore":
            self.delete(number)
            url = self.at(number, "restore/")
            form = page_of(self.client, f"{self.url}trash/").form(url)
            verb = "restored" if self.resource.restore == "same" else "recreated"
            return Submission(url, form.data(), "POST", f"{kind}.{verb}")
        if what == "create again":
            self.delete(number)
            url = f"{self.url}trash/{newest().pk}/again/"
            form = self.form_of(page_of(self.client, url))
            return Submission(url, form.data(), "POST", f"{kind}.recreated")
        if what == "unarchive":
            self.submission("archive", number).send(self.client)
        form = page_of(self.client, self.at(number)).form(id="type-actions")
        method = "PATCH" if self.resource.archive == "altegio" else ""
        method = "POST" if what == "clone" else method
        return Submission(self.at(number, f"{what}/"), form.data(), method, f"{kind}.{what}d")

    @property
    def both(self) -> tuple[Change, Change]:
        """What an edit changes."""
        return self.title, self.change

    def delete(self, number: int) -> Any:
        return self.submission("delete", number).send(self.client)

    def unknown(
        self, what: str, number: int | None = None, *, is_applied: bool, kind: str = "reset"
    ) -> Entry:
        """The entry of a write that went unanswered, and could not be read back at once."""
        submission = self.submission(what, number)
        count = len(self.writes())
        self.sandbox.fault(kind=kind, apply=is_applied, match={"method": submission.method})
        with silent_after_the_write(self.sandbox):
            submission.send(self.client)
        self.sandbox.clear_faults()
        entry = newest()
        assert (entry.action, entry.outcome) == (submission.action, Outcome.UNKNOWN)
        assert len(self.writes()) == count + 1
        return entry


@contextmanager
def silent_after_the_write(sandbox: Sandbox) -> Iterator[None]:
    """From the moment at which a write leaves, no read is answered usably."""

    def silence(instance: Entry, **kwargs: Any) -> None:
        if instance.attempts and instance.attempts[-1]["outcome"] == "sent":
            sandbox.fault(**GONE, match={"method": "GET"})

    post_save.connect(silence, sender=Entry, weak=False)
    try:
        yield
    finally:
        post_save.disconnect(silence, sender=Entry)


MAKING = ("create", "clone", "create again")


def makes(resource: Described, what: str) -> bool:
    """Whether another object comes of it."""
    return what in MAKING or (what == "restore" and resource.restore == "new")


def writes_of(resource: Described) -> list[str]:
    """Everything that can be done to it."""
    return [
        "create", "edit", "clone", "delete", "create again",
        *(["row edit"] if resource.row_fields else []),
        *(["archive", "unarchive"] if resource.archive else []),
        *(["restore"] if resource.restore else []),
    ]  # fmt: skip


def over(*resources: Described) -> pytest.MarkDecorator:
    """Run a test over these alone."""
    return pytest.mark.parametrize("resource", resources, ids=str, indirect=True)


with_row_form = over(*(one for one in RESOURCES if one.row_fields))
with_archive = over(*(one for one in RESOURCES if one.archive))
with_sales = over(*(one for one in RESOURCES if one.once_sold))


def each_write(*ordinary: str, sent: bool = False) -> pytest.MarkDecorator:
    """Run a test over every write; those that are not ordinary come in `make test-long`.

    `sent`: only those that lead to a request.
    """
    return pytest.mark.parametrize(
        ("resource", "what"),
        [
            pytest.param(
                resource,
                what,
                id=f"{resource}-{what.replace(' ', '_')}",
                marks=[] if not ordinary or what in ordinary else pytest.mark.long,
            )
            for resource in RESOURCES
            for what in writes_of(resource)
            if not sent or sends(resource, what)
        ],
        indirect=["resource"],
    )


def sends(resource: Described, what: str) -> bool:
    """Whether it leads to a request to Altegio."""
    return resource.archive != "here" or not what.endswith("archive")
