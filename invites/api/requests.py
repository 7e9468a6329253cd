"""Join requests: those that wait for me to decide, and my own."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from school.api.base import InSchool, Seen, actor, validated
from school.models import Person
from school.rights import RightDenied, holds_any

from ..models import JoinRequest
from ..services.deciding import approve_request, approve_requests, reject_requests
from ..services.requesting import withdraw_request
from .desk import CountSerializer

_NAMES = ["last_name", "first_name", "patronymic", "birth_date", "title", "kind", "child_last_name", "child_first_name"]


class JoinRequestSerializer(serializers.ModelSerializer):
    class Meta:
        model = JoinRequest
        fields = [
            *("id", "school", "school_class", "role", "invite", *_NAMES, "person", "child"),
            *("status", "reason", "created_at", "decided_at"),
        ]
        read_only_fields = fields


class ManySerializer(serializers.Serializer):
    requests = serializers.ListField(child=serializers.IntegerField(), min_length=1, max_length=1000)


class RejectSerializer(ManySerializer):
    reason = serializers.CharField(allow_blank=True, max_length=300)


class ChoiceSerializer(serializers.Serializer):
    child = Seen(queryset=Person.objects.all(), required=False, allow_null=True, help_text="whose parent this is")
    person = Seen(queryset=Person.objects.all(), required=False, allow_null=True, help_text="who of the lists this is")
    as_new = serializers.BooleanField(required=False, default=False, help_text="nobody of the lists")


class LeftSerializer(serializers.Serializer):
    request = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()


class DecisionSerializer(serializers.Serializer):
    approved = serializers.ListField(child=serializers.IntegerField())
    left = LeftSerializer(many=True)


class JoinedSerializer(serializers.Serializer):
    person = serializers.IntegerField()


class DecidingView(InSchool):
    """A view of those who decide requests of the school or of a class."""

    serializer_class: Any = JoinRequestSerializer

    def requests(self) -> Any:
        user = actor(self.request)
        if not holds_any(user, ["decide_requests"], self.school):
            raise RightDenied(user, "decide_requests", self.school)
        return self.rows(JoinRequest).with_names()


class RequestsView(DecidingView):
    @extend_schema(
        operation_id="join_requests_list",
        parameters=[OpenApiParameter("status", str)],
        responses=JoinRequestSerializer(many=True),
    )
    def get(self, request: Request, school_id: int) -> Response:
        """The requests that I may decide, the one that waits longest first."""
        rows, wanted = self.requests(), request.query_params.get("status")
        if wanted in JoinRequest.Status.values:
            rows = rows.filter(status=wanted)
        return self.get_paginated_response(self.get_serializer(self.paginate_queryset(rows), many=True).data)


class ApproveView(DecidingView):
    @extend_schema(operation_id="join_requests_approve_many", request=ManySerializer, responses=DecisionSerializer)
    def post(self, request: Request, school_id: int) -> Response:
        """Approve those that need no choice; the others stay, each with the reason."""
        rows = self.requests()
        chosen = list(rows.filter(pk__in=validated(self, ManySerializer)["requests"]))
        decision = approve_requests(by=actor(request), requests=chosen)
        left = [{"request": asked.pk, "code": error.code, "detail": str(error)} for asked, error in decision.left]
        return Response({"approved": [asked.pk for asked in decision.approved], "left": left})


class RejectView(DecidingView):
    @extend_schema(operation_id="join_requests_reject_many", request=RejectSerializer, responses=CountSerializer)
    def post(self, request: Request, school_id: int) -> Response:
        """Reject one or many, with a reason that the applicants read."""
        rows, given = self.requests(), validated(self, RejectSerializer)
        chosen = list(rows.filter(pk__in=given["requests"]))
        return Response({"count": reject_requests(by=actor(request), requests=chosen, reason=given["reason"])})


class ApproveOneView(DecidingView):
    @extend_schema(operation_id="join_requests_approve", request=ChoiceSerializer, responses=JoinedSerializer)
    def post(self, request: Request, school_id: int, pk: int) -> Response:
        """Approve one, choosing the child or the record of the lists where the names do not tell."""
        asked = get_object_or_404(self.requests(), pk=pk)
        person = approve_request(by=actor(request), request=asked, **validated(self, ChoiceSerializer))
        return Response({"person": person.pk})


class OwnRequestsView(APIView):
    @extend_schema(operation_id="own_requests_list", responses=JoinRequestSerializer(many=True))
    def get(self, request: Request) -> Response:
        """My own requests, the newest first."""
        rows = JoinRequest.objects.own(actor(request)).order_by("-created_at")[:100]
        return Response(JoinRequestSerializer(rows, many=True).data)


class OwnRequestView(APIView):
    @extend_schema(operation_id="own_requests_withdraw", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Take my request back while it waits."""
        asked = get_object_or_404(JoinRequest.objects.own(actor(request)), pk=pk)
        withdraw_request(by=actor(request), request=asked)
        return Response(status=status.HTTP_204_NO_CONTENT)
