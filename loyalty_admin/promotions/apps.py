from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PromotionsConfig(AppConfig):
    name = "loyalty_admin.promotions"

    def ready(self) -> None:
        from loyalty_admin.audit import kinds
        from loyalty_admin.promotions import actions, journal

        kinds.register(
            kinds.Kind(
                name="promotion",
                label=_("Promotion"),
                page="promotions:detail",
                actions=actions.WORDS,
                done=actions.DONE,
                once_only=actions.ONCE_ONLY,
                settle=journal.settle,
                decide=journal.decide,
                again_url=journal.again_url,
            )
        )
