from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TransactionsConfig(AppConfig):
    name = "loyalty_admin.transactions"

    def ready(self) -> None:
        from loyalty_admin.jobs.kinds import JobKind, register
        from loyalty_admin.transactions import exporting, totals

        register(
            JobKind(
                name=totals.KIND,
                run=totals.run,
                result="transactions:totals",
                result_label=_("See the totals"),
            )
        )
        register(JobKind(name=exporting.KIND, run=exporting.run, download="transactions:download"))
