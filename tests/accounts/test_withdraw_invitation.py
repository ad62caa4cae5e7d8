from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from loyalty_admin.accounts import services
from loyalty_admin.accounts.models import Invitation, User

pytestmark = pytest.mark.django_db


def test_a_withdrawn_link_leads_nowhere(sign_in: Callable[[User], Client], manager: User) -> None:
    invitation, token = services.invite_person(actor=manager, email="n@example.com", role="viewer")
    response = sign_in(manager).post(f"/staff/invitations/{invitation.pk}/withdraw/")
    assert response["Location"] == "/staff/"
    assert Client().get(f"/join/{token}/").status_code == 404


def test_a_used_or_unknown_invitation_is_not_found(
    sign_in: Callable[[User], Client], manager: User
) -> None:
    invitation, token = services.invite_person(actor=manager, email="n@example.com", role="viewer")
    services.accept_invitation(token=token, name="N", password="whatever it may be")
    client = sign_in(manager)
    assert client.post(f"/staff/invitations/{invitation.pk}/withdraw/").status_code == 404
    assert client.post("/staff/invitations/999999/withdraw/").status_code == 404
    assert Invitation.objects.count() == 1


def test_a_link_withdraws_nothing(sign_in: Callable[[User], Client], manager: User) -> None:
    assert sign_in(manager).get("/staff/invitations/1/withdraw/").status_code == 405
