"""What the views of this API share: the school of the address, fields that see only what the user sees."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request

from accounts.models import User

from ..models import School


class Seen(serializers.PrimaryKeyRelatedField):
    """The id of an object that the user sees in the school of the view; any other does not exist."""

    def get_queryset(self) -> QuerySet:
        view = self.context["view"]
        rows: Any = super().get_queryset()
        return rows.visible_to(actor(view.request)).filter(school=view.school)


def actor(request: Request) -> User:
    """Who asks: every view here demands that he has signed in."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


def seen(request: Request, model: Any, pk: int, **conditions: Any) -> Any:
    """The object of the address, or 404; its school comes with it."""
    return get_object_or_404(model.objects.visible_to(actor(request)).select_related("school"), pk=pk, **conditions)


class InSchool(GenericAPIView):
    """A view under /schools/<school_id>/."""

    @cached_property
    def school(self) -> School:
        return get_object_or_404(School.objects.visible_to(actor(self.request)), pk=self.kwargs["school_id"])

    def rows(self, model: Any) -> Any:
        """What the user sees of the school, by the model's own queryset; nothing while the schema is being made."""
        if getattr(self, "swagger_fake_view", False):
            return model.objects.none()
        return model.objects.visible_to(actor(self.request)).filter(school=self.school)


def validated(view: GenericAPIView, serializer: type[serializers.Serializer], **options: Any) -> dict[str, Any]:
    """The body of the request, checked; raises ValidationError (400)."""
    given = serializer(data=view.request.data, context=view.get_serializer_context(), **options)
    given.is_valid(raise_exception=True)
    data: dict[str, Any] = given.validated_data
    return data


class OrderSerializer(serializers.Serializer):
    """The order (приказ) by which something is done."""

    order_number = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    order_date = serializers.DateField(required=False, allow_null=True, default=None)
