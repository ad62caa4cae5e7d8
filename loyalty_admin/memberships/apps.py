from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembershipsConfig(AppConfig):
    name = "loyalty_admin.memberships"

    def ready(self) -> None:
        from loyalty_admin.audit import kinds
        from loyalty_admin.jobs.kinds import JobKind, register
        from loyalty_admin.memberships import actions, exporting, journal, presenting, several

        kinds.register(
            kinds.Kind(
                name="membership",
                label=_("Membership"),
                page="memberships:detail",
                actions=actions.WORDS,
                done=actions.DONE,
                once_only=frozenset(),
                opposites=journal.OPPOSITE,
                look=journal.look,
                again_url=journal.again_url,
            )
        )
        register(
            JobKind(
                name=several.KIND,
                run=several.run,
                entry_of=several.entry_of,
                why_not=presenting.why_not_several,
                page="memberships:detail",
            )
        )
        register(JobKind(name=exporting.KIND, run=exporting.run, download="memberships:download"))
