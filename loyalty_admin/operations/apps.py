from django.apps import AppConfig
from django.core.signals import request_finished


class OperationsConfig(AppConfig):
    name = "loyalty_admin.operations"

    def ready(self) -> None:
        from loyalty_admin.operations import counting

        request_finished.connect(counting.write_if_due, dispatch_uid="counts")
