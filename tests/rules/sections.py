"""The forms of each section of docs/rules.md, made as the views make them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from django import forms
from django.http import QueryDict
from django.test import RequestFactory

from loyalty_admin.accounts import forms as accounts
from loyalty_admin.altegio import promotion_terms
from loyalty_admin.altegio.memberships import Membership
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.connections import forms as connections
from loyalty_admin.gift_card_types import forms as gift_card_types
from loyalty_admin.membership_types import forms as membership_types
from loyalty_admin.memberships import forms as memberships
from loyalty_admin.memberships import reading
from loyalty_admin.offers.forms import RestoreForm
from loyalty_admin.promotions import forms as promotions
from loyalty_admin.sandbox.server import Sandbox
from loyalty_admin.transactions.forms import FilterForm
from loyalty_admin.transactions.words import words_of
from loyalty_admin.web.http import Request
from tests.gift_card_types import test_forms as of_gift_cards
from tests.membership_types import test_forms as of_memberships
from tests.memberships.common import POOL, TWO_ROWS, put
from tests.promotions import test_forms as of_promotions


class World:
    """A chain of the stand-in, and an editor who works in it."""

    def __init__(self, sandbox: Sandbox, ctx: ChainContext) -> None:
        self.sandbox = sandbox
        self.ctx = ctx

    def membership(self, type_id: int) -> Membership:
        raw = put(self.sandbox, type_id)
        return reading.read_membership(ctx=self.ctx, membership_id=raw["id"])

    def change(self, form: type[memberships.ChangeForm], type_id: int = POOL) -> forms.Form:
        return form(membership=self.membership(type_id), zone=self.ctx.zone)

    @property
    def request(self) -> Request:
        request = RequestFactory().get("/")
        request.user = self.ctx.person
        return request  # type: ignore[return-value]  # what no form looks at is missing


def promotions_of_every_kind(world: World) -> list[forms.Form]:
    opened = [promotion_terms.Terms(kind=kind) for kind in promotion_terms.KINDS]
    return [
        of_promotions.form(make=make, opened=terms)
        for make in (promotions.NewPromotionForm, promotions.PromotionForm)
        for terms in opened
    ]


# By heading. A form that makes something comes before the one that changes it.
SECTIONS: Mapping[str, Callable[[World], list[forms.Form]]] = {
    "Membership types": lambda world: [
        of_memberships.form(kind=membership_types.NewMembershipTypeForm),
        of_memberships.form(),
        of_memberships.form(kind=membership_types.RowForm),
    ],
    "Gift card types": lambda world: [
        of_gift_cards.form(kind=gift_card_types.NewGiftCardTypeForm),
        of_gift_cards.form(),
        of_gift_cards.form(kind=gift_card_types.RowForm),
    ],
    "Promotions": promotions_of_every_kind,
    "A type that is made again": lambda world: [RestoreForm()],
    "Memberships by phone": lambda world: [memberships.PhoneForm()],
    "Memberships by number": lambda world: [memberships.NumbersForm()],
    "Memberships by period": lambda world: [memberships.PeriodForm()],
    "Freezing": lambda world: [world.change(memberships.FreezeForm)],
    "Unfreezing": lambda world: [world.change(memberships.UnfreezeForm)],
    "Balance": lambda world: [
        world.change(memberships.PoolForm),
        world.change(memberships.BalancesForm, TWO_ROWS),
    ],
    "Validity": lambda world: [world.change(memberships.ValidityForm)],
    "Several memberships": lambda world: [memberships.SeveralForm(zone=world.ctx.zone)],
    "Transactions": lambda world: [
        FilterForm(QueryDict(), say=words_of(world.ctx), today=date(2026, 3, 1))
    ],
    "Signing in": lambda world: [accounts.SignInForm(world.request)],
    "Code": lambda world: [accounts.CodeForm()],
    "Recovery code": lambda world: [accounts.RecoveryCodeForm()],
    "Inviting somebody": lambda world: [accounts.InviteForm()],
    "Joining": lambda world: [accounts.JoinForm(email="nina@example.com")],
    "Profile": lambda world: [accounts.ProfileForm()],
    "Role": lambda world: [accounts.RoleForm()],
    "One's own password, asked for again": lambda world: [
        accounts.OwnPasswordForm(request=world.request),
        accounts.EndSessionsForm(request=world.request),
    ],
    "Another password": lambda world: [
        accounts.ChosenPasswordForm(world.request.user),
        accounts.NewPasswordForm(world.request.user, request=world.request),
    ],
    "Forgotten password": lambda world: [accounts.ForgotForm()],
    "Altegio account": lambda world: [connections.AltegioSignInForm()],
    "Who sees a connection": lambda world: [
        connections.PeopleForm(connection=world.ctx.connection)
    ],
}


def all_forms() -> set[type[forms.Form]]:
    """Every form of the project that a page shows: those with fields of their own."""
    found: set[type[forms.Form]] = set()
    waiting: list[type[forms.Form]] = [forms.Form]
    while waiting:
        below = waiting.pop().__subclasses__()
        waiting += below
        found |= {form for form in below if form.__module__.startswith("loyalty_admin.")}
    return found
