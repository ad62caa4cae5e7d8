from django.apps import AppConfig


class MembershipTypesConfig(AppConfig):
    name = "loyalty_admin.membership_types"

    def ready(self) -> None:
        from loyalty_admin.audit import settling
        from loyalty_admin.membership_types import journal

        settling.register("membership_type", journal.settle, journal.decide)
