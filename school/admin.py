"""The operator's desk: requests of schools are approved or refused, schools are listed. Never a child, never a chat."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from .errors import Refusal
from .models import RegistrationRequest, School
from .services import schools
from .uploads import CONTENT_TYPES, kind_of


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason of the refusal"), max_length=300)


class ReadOnly(admin.ModelAdmin):
    """Rows are looked at here and written by services."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(RegistrationRequest)
class RegistrationRequestAdmin(ReadOnly):
    list_display = ("short_name", "city", "last_name", "phone", "status", "created_at")
    list_filter = ("status",)
    search_fields = ("school_name", "short_name", "city", "last_name", "phone")
    readonly_fields = ("the_order",)
    exclude = ("order_file",)
    actions = ("approve", "reject")

    def get_urls(self) -> list[URLPattern]:
        download = self.admin_site.admin_view(self.download)
        return [path("<int:pk>/order/", download, name="school_registrationrequest_order"), *super().get_urls()]

    @admin.display(description=_("the order"))
    def the_order(self, request: RegistrationRequest) -> SafeString:
        url = reverse("admin:school_registrationrequest_order", args=[request.pk])
        return format_html('<a href="{}">{}</a>', url, _("Download the order"))

    def download(self, request: HttpRequest, pk: int) -> FileResponse:
        """The scan of the order, for the operator only, as what it really is."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = get_object_or_404(RegistrationRequest, pk=pk)
        kind = kind_of(found.order_file)
        return FileResponse(
            found.order_file.open("rb"),
            as_attachment=True,
            filename=f"order-{pk}.{kind or 'bin'}",
            content_type=CONTENT_TYPES.get(kind, "application/octet-stream"),
            headers={"X-Content-Type-Options": "nosniff"},
        )

    @admin.action(description=_("Approve: the administrator may sign in"), permissions=["view"])
    def approve(self, request: HttpRequest, queryset: QuerySet[RegistrationRequest]) -> None:
        for found in queryset:
            try:
                school = schools.approve_registration(by=request.user, request=found)  # type: ignore[arg-type]
            except Refusal as refusal:
                self.message_user(request, f"{found}: {refusal}", messages.ERROR)
            else:
                self.message_user(request, _("%(school)s is registered.") % {"school": school}, messages.SUCCESS)

    @admin.action(description=_("Refuse, with a reason"), permissions=["view"])
    def reject(self, request: HttpRequest, queryset: QuerySet[RegistrationRequest]) -> HttpResponse | None:
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            context = {**self.admin_site.each_context(request), "form": form, "requests": queryset}
            context["title"] = _("Refuse, with a reason")
            return TemplateResponse(request, "school/admin_reject.html", context)
        for found in queryset:
            reason = form.cleaned_data["reason"]
            try:
                schools.reject_registration(by=request.user, request=found, reason=reason)  # type: ignore[arg-type]
            except Refusal as refusal:
                self.message_user(request, f"{found}: {refusal}", messages.ERROR)
            else:
                self.message_user(request, _("%(request)s is refused.") % {"request": found}, messages.SUCCESS)
        return None


@admin.register(School)
class SchoolAdmin(ReadOnly):
    list_display = ("short_name", "city", "created_at", "is_demo")
    search_fields = ("name", "short_name", "city")
    fields = ("name", "short_name", "city", "created_at", "is_demo")
    readonly_fields = fields
