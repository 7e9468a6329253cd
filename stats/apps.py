from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatsConfig(AppConfig):
    name = "stats"
    verbose_name = _("Figures")

    def ready(self) -> None:
        from school import attention, panels

        from .concerns import CONCERNS
        from .desk import desk
        from .panels import class_panel, school_panel

        attention.register(*CONCERNS)
        panels.register_desk(desk)
        panels.register("school", school_panel, order=20)
        panels.register("class", class_panel, order=20)
