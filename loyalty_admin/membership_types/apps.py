from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembershipTypesConfig(AppConfig):
    name = "loyalty_admin.membership_types"

    def ready(self) -> None:
        from loyalty_admin.audit import kinds
        from loyalty_admin.membership_types import actions, journal

        kinds.register(
            kinds.Kind(
                name="membership_type",
                label=_("Membership type"),
                page="membership_types:detail",
                actions=actions.WORDS,
                done=actions.DONE,
                once_only=actions.ONCE_ONLY,
                settle=journal.settle,
                decide=journal.decide,
                again_url=journal.again_url,
            )
        )
