from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "loyalty_admin.home"
