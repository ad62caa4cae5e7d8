"""What reading shows of writes whose outcome is unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from loyalty_admin.altegio.errors import NotFound, UnreadableAnswer
from loyalty_admin.audit import history, kinds
from loyalty_admin.audit.kinds import Candidate, Evidence
from loyalty_admin.audit.models import Entry
from loyalty_admin.catalog import writes
from loyalty_admin.catalog.resource import Found, Item, Resource
from loyalty_admin.chains.kept_lists import KeptList
from loyalty_admin.chains.services import ChainContext

OPPOSITES = {
    "archived": "unarchived",
    "unarchived": "archived",
    "deleted": "restored",
    "restored": "deleted",
}
ONCE_ONLY = ("deleted", "restored", "recreated")


def register(resource: Resource) -> None:
    """Let the audit log know the resource."""

    def named[Value](texts: dict[str, Value]) -> dict[str, Value]:
        return {resource.action(verb): value for verb, value in texts.items()}

    kinds.register(
        kinds.Kind(
            name=resource.name,
            label=resource.label,
            page=f"{resource.app}:detail",
            actions=named(dict(resource.actions)),
            done=named(dict(resource.done)),
            once_only=frozenset(map(resource.action, ONCE_ONLY)),
            opposites={
                resource.action(one): resource.action(other) for one, other in OPPOSITES.items()
            },
            look=partial(look, resource),
            finish_as=partial(finish_as, resource),
            note_unknown=resource.lists.note_write,
            again_url=resource.again_url,
        )
    )


def look(resource: Resource, entry: Entry, ctx: ChainContext) -> Evidence:
    """What became of an unknown write, by reading alone. Raises AltegioError."""
    if "known_ids" in entry.asked:
        found = resource.find_created(ctx, entry)
        candidates = tuple(Candidate(id=item.id, title=item.terms.title) for item in found.items)
        return Evidence(candidates=candidates, is_as_before=found.is_all)
    assert entry.object_id is not None
    verb = entry.action.partition(".")[2]
    if verb in ("deleted", "restored"):
        listed = resource.read_listed(ctx, entry.object_id, entry.asked)
        if listed is None:
            finish = partial(writes.finish_deleted, resource, ctx, entry)
        else:
            finish = partial(writes.finish_done, resource, ctx, entry, None, listed)
        took = (listed is None) == (verb == "deleted")
        return Evidence(took=took, is_as_before=not took, finish=finish)
    read = resource.read_back(ctx, entry.object_id)
    resource.lists.show(ctx, read)
    if "archived" in entry.asked:
        took = getattr(read, "is_archived", None) == entry.asked["archived"]
        finish = partial(writes.finish_done, resource, ctx, entry, None, read)
        return Evidence(took=took, is_as_before=not took, finish=finish)
    return _look_at_terms(resource, entry, ctx, read)


def _look_at_terms(resource: Resource, entry: Entry, ctx: ChainContext, read: Item) -> Evidence:
    """An edit: done where any of it took."""
    asked = resource.schema.load(entry.asked["terms"])
    lost = resource.lost_terms(entry.copy, read)
    target = replace(read.terms, **{**lost, **asked})
    took_terms = asked.keys() - {*resource.schema.differing(target, read.terms)}
    before = replace(read.terms, **resource.schema.load(entry.asked.get("before", {})))
    return Evidence(
        took=bool(took_terms or lost) or not asked,
        took_terms=() if lost else took_terms,
        is_as_before=not resource.schema.differing(before, read.terms),
        finish=partial(writes.finish_done, resource, ctx, entry, target, read),
    )


def finish_as(resource: Resource, entry: Entry, ctx: ChainContext, object_id: int) -> None:
    """The object is the one that the unknown creation made. Raises AltegioError."""
    read = resource.read_back(ctx, object_id)
    stored = entry.asked.get("terms")
    target = resource.terms(**resource.schema.load(stored)) if stored else None
    writes.finish_done(resource, ctx, entry, target, read)


# Objects that a search by title finds


class Searched(Protocol):
    @property
    def types(self) -> tuple[Any, ...]: ...
    @property
    def is_complete(self) -> bool: ...


type Search = Callable[[ChainContext, str], Searched]
# Where a title was cut to make room for a clone's number, so much of it is left.
CERTAIN_TITLE = 200


def search(found: Searched) -> tuple[Any, ...]:
    """Raises UnreadableAnswer for a list with gaps: what it lacks may be there all the same."""
    if not found.is_complete:
        raise UnreadableAnswer("fewer objects than counted")
    return found.types


def before_creation(
    search_by: Search,
    cached: KeptList[Any] | None,
    refresh: Callable[[ChainContext], KeptList[Any]],
    ctx: ChainContext,
    title: str,
) -> dict[str, Any]:
    """All objects there are, so that a new one can be told from them: what the list has, and what
    has the title by now. `knows_all`: the list was complete."""
    is_usable = cached is not None and cached.is_fresh and cached.is_complete
    listed = cached if cached is not None and is_usable else refresh(ctx)
    titled = search(search_by(ctx, title.strip()[:CERTAIN_TITLE]))
    return {
        "known_ids": sorted({*listed.rows, *(item.id for item in titled)}),
        "knows_all": listed.is_complete,
    }


def find_created(search_by: Search, ctx: ChainContext, entry: Entry, *, numbered: bool) -> Found:
    """Objects of the entry's title that were not there before it; `numbered`: of a clone, which
    gets a number behind its title."""
    not_new = {*entry.asked["known_ids"], *history.claimed_ids(entry)}
    title = entry.object_title.strip()
    start = title[:CERTAIN_TITLE]

    def fits(found: str) -> bool:
        return found.startswith(start) if numbered else found == title

    found = search(search_by(ctx, start))
    return Found(
        items=[item for item in found if item.id not in not_new and fits(item.terms.title.strip())]
    )


def read_listed(
    read: Callable[[ChainContext, int], Any], search_by: Search, ctx: ChainContext, object_id: int
) -> Any:
    """The object, unless it is deleted: a deleted one may still answer by its id, so that only a
    list tells."""
    try:
        item = read(ctx, object_id)
    except NotFound:
        return None
    # By its present title: it may have got another one at Altegio.
    listed = search(search_by(ctx, item.terms.title.strip()))
    return item if any(one.id == object_id for one in listed) else None
