from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "loyalty_admin.audit"
