from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "loyalty_admin.operations"
