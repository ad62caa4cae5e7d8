from django.apps import AppConfig


class GiftCardTypesConfig(AppConfig):
    name = "loyalty_admin.gift_card_types"

    def ready(self) -> None:
        from loyalty_admin.catalog import evidence
        from loyalty_admin.gift_card_types.resource import GIFT_CARD_TYPES

        evidence.register(GIFT_CARD_TYPES)
