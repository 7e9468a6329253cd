"""What the views of this API share: the school of the address, fields that see only what the user sees."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request

from ..models import School

M = TypeVar("M", bound=Model)


class Seen(serializers.PrimaryKeyRelatedField):
    """The id of an object that the user sees in the school of the view; any other does not exist."""

    def get_queryset(self) -> QuerySet:
        view = self.context["view"]
        rows: Any = super().get_queryset()
        return rows.visible_to(view.request.user).filter(school=view.school)


def seen(request: Request, model: Any, pk: int, **conditions: Any) -> Any:
    """The object of the address, or 404; its school comes with it."""
    return get_object_or_404(model.objects.visible_to(request.user).select_related("school"), pk=pk, **conditions)


class InSchool(GenericAPIView):
    """A view under /schools/<school_id>/."""

    @cached_property
    def school(self) -> School:
        return get_object_or_404(School.objects.visible_to(self.request.user), pk=self.kwargs["school_id"])

    def rows(self, model: type[M]) -> QuerySet[M]:
        """What the user sees of the school; nothing while the schema is being made."""
        manager: Any = model._default_manager
        if getattr(self, "swagger_fake_view", False):
            return manager.none()
        found: QuerySet[M] = manager.visible_to(self.request.user).filter(school=self.school)
        return found


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
