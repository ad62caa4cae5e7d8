from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GiftCardTypesConfig(AppConfig):
    name = "loyalty_admin.gift_card_types"

    def ready(self) -> None:
        from loyalty_admin.audit import kinds
        from loyalty_admin.gift_card_types import actions, journal

        kinds.register(
            kinds.Kind(
                name="gift_card_type",
                label=_("Gift card type"),
                page="gift_card_types:detail",
                actions=actions.WORDS,
                done=actions.DONE,
                once_only=actions.ONCE_ONLY,
                settle=journal.settle,
                decide=journal.decide,
                again_url=journal.again_url,
            )
        )
