"""An authenticator app, and people who use one."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass

from django_otp.oath import TOTP

from loyalty_admin.accounts import two_step
from loyalty_admin.accounts.models import TwoStep, User

STEP = 30


@dataclass(frozen=True)
class App:
    seed: str

    def code(self, steps: int = 0) -> str:
        """What it shows now, or so many steps of half a minute from now."""
        return code_at(self.seed, time.time() + steps * STEP)


def code_at(seed: str, moment: float) -> str:
    """What an app with this seed shows, `moment` seconds since 1970."""
    totp = TOTP(base64.b32decode(seed))
    totp.time = moment
    return f"{totp.token():06}"


def with_two_step(person: User) -> tuple[App, list[str]]:
    """Turned on some time ago, so that the present code is still good; the app and the recovery
    codes."""
    two_step.begin_set_up(person=person)
    seed = two_step.new_seed(person=person)
    assert seed is not None
    app = App(seed.reveal())
    codes = two_step.finish_set_up(person=person, code=app.code())
    TwoStep.objects.filter(person=person).update(last_step=0)
    return app, codes
