from django.apps import AppConfig
from django.core.signals import request_finished


class MetricsConfig(AppConfig):
    name = "loyalty_admin.metrics"

    def ready(self) -> None:
        from loyalty_admin.metrics import counting

        request_finished.connect(counting.write_if_due, dispatch_uid="counts")
