from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    name = "loyalty_admin.promotions"

    def ready(self) -> None:
        from loyalty_admin.catalog import evidence
        from loyalty_admin.promotions.resource import PROMOTIONS

        evidence.register(PROMOTIONS)
