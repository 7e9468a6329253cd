from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvitesConfig(AppConfig):
    name = "invites"
    verbose_name = _("Invites")

    def ready(self) -> None:
        from django.db.models import Q

        from school import panels as school_pages
        from school import undo
        from sferum_portal import navigation

        from . import panels

        navigation.count_on("invites:requests", panels.waiting_requests)
        school_pages.register("class", panels.class_panel, order=10)
        school_pages.register("person", panels.person_panel, order=10)
        school_pages.register("school", panels.school_panel, order=10)
        school_pages.register("home", panels.home_panel, order=5)
        school_pages.register("nobody", panels.nobody_panel, order=10)
        school_pages.register("import", panels.import_panel, order=10)
        # A slip that nobody used is no loss when the person whom an import made is taken back; its refusals go with it.
        undo.let_go("invites.Invite", Q(uses=0))
        undo.let_go("invites.InviteUse", Q(invite__uses=0))
