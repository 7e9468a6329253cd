from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatsConfig(AppConfig):
    name = "stats"
    verbose_name = _("Figures")

    def ready(self) -> None:
        from school.panels import register

        from .panels import class_panel, home_panel, school_panel

        register("home", home_panel, order=5)
        register("school", school_panel, order=20)
        register("class", class_panel, order=20)
