from django.apps import AppConfig


class MembershipTypesConfig(AppConfig):
    name = "loyalty_admin.membership_types"

    def ready(self) -> None:
        from loyalty_admin.catalog import evidence
        from loyalty_admin.membership_types.resource import MEMBERSHIP_TYPES

        evidence.register(MEMBERSHIP_TYPES)
