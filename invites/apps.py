from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvitesConfig(AppConfig):
    name = "invites"
    verbose_name = _("Invites")

    def ready(self) -> None:
        from django.db.models import Q

        from school import companions, consequences, succession, undo
        from school import panels as school_pages
        from sferum_portal import navigation

        from . import panels, rollover
        from .models import Invite, InviteUse, JoinRequest
        from .services.following import follow_people

        companions.remember(Invite, "school_class_id", "annulled_at", "annulled_by_id", "annul_reason")
        companions.remember(JoinRequest, "school_class_id")
        # what nobody used is no loss when the class or the person it was made for goes
        undo.let_go("invites.Invite", Q(uses=0))
        undo.let_go("invites.InviteUse", Q(outcome=InviteUse.Outcome.REFUSED))
        consequences.register_follower(follow_people)
        succession.register(rollover.follow, rollover.foresee)
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
