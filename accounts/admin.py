"""The operator's view of logins: who exists, who is blocked. No passwords, no rights, no sessions of others."""

from importlib import import_module
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import services
from accounts.models import User

# The admin's own sign-in page knows neither limits nor second factors: everybody comes in by ours.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
for module in ("account", "mfa", "usersessions"):
    import_module(f"allauth.{module}.admin")
for model in (EmailAddress, Authenticator, UserSession):
    admin.site.unregister(model)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ("__str__", "phone", "email", "login", "is_active", "is_staff", "last_seen_at")
    list_filter = ("is_active", "is_staff", "phone_verified")
    search_fields = ("name", "phone", "email", "login")
    fields = (
        "name", "phone", "phone_verified", "email", "login", "is_active", "is_staff",
        "date_joined", "last_login", "last_seen_at",
    )  # fmt: skip
    readonly_fields = (
        "phone", "phone_verified", "email", "login", "is_staff", "date_joined", "last_login", "last_seen_at",
    )  # fmt: skip
    actions = ("end_sessions", "remove_second_factor")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People come by an invite; an operator by `manage.py create_operator`."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """A person's traces are removed by an act of erasure, not by a click."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            services.end_sessions(obj)

    @admin.action(description=gettext_lazy("End all sessions"))
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            services.end_sessions(user)
        self.message_user(request, _("The sessions are over."), messages.SUCCESS)

    @admin.action(description=gettext_lazy("Remove the second factor (the person lost the device)"))
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            services.remove_second_factor(user, by=request.user)  # type: ignore[arg-type]
        self.message_user(request, _("The second factor is removed."), messages.SUCCESS)
