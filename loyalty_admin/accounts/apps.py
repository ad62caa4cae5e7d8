from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "loyalty_admin.accounts"

    def ready(self) -> None:
        from loyalty_admin.accounts import signals  # noqa: F401
