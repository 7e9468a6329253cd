from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SchoolConfig(AppConfig):
    name = "school"
    verbose_name = _("School")

    def ready(self) -> None:
        from sferum_portal import navigation

        from .menu import SchoolDoorkeeper

        navigation.doorkeeper = SchoolDoorkeeper()
        self._register_acts()
        self._register_concerns()

    def _register_concerns(self) -> None:
        from . import attention
        from .concerns import CONCERNS

        attention.register(*CONCERNS)

    def _register_acts(self) -> None:
        """What needs a second pair of hands here."""
        from . import acts, panels
        from .act_panels import school_panel
        from .acts import ActKind
        from .models.rollover import NEW_YEAR
        from .services import administrators as appointing
        from .services import exports, movements, removal, rollover_begin

        for kind in (
            ActKind(
                appointing.APPOINTMENT,
                _("Appoint an administrator"),
                "appoint_administrators",
                appointing.carry_out_appointment,
            ),
            ActKind(removal.REMOVAL, _("Remove people"), "manage_people", removal.carry_out_removal),
            ActKind(movements.REMOVAL, _("Remove people by a movement"), "manage_people", movements.carry_out_removal),
            ActKind(NEW_YEAR, _("New school year"), "manage_people", rollover_begin.carry_out_new_year),
            ActKind(
                exports.MOVEMENT,
                _("Export of the report on movement"),
                "manage_people",
                exports.allow_export(exports.MOVEMENT),
            ),
            ActKind(exports.EVENTS, _("Export of the event log"), "view_events", exports.allow_export(exports.EVENTS)),
            ActKind(
                exports.PEOPLE, _("Export of the list of people"), "manage_people", exports.allow_export(exports.PEOPLE)
            ),
        ):
            acts.register(kind)
        panels.register("school", school_panel, order=1)
