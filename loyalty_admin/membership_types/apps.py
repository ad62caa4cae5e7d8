from django.apps import AppConfig


class MembershipTypesConfig(AppConfig):
    name = "loyalty_admin.membership_types"

    def ready(self) -> None:
        from loyalty_admin.audit import settling
        from loyalty_admin.membership_types import services

        settling.register("membership_type", services.settle, services.decide)
