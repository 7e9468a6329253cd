"""What waits for a second administrator, over the API."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ..models import PendingAct
from ..models.pending import PendingActQuerySet
from ..services import acts as services
from .base import InSchool, actor

STATES = ("waiting", "approved", "done", "cancelled", "failed")


class ActSerializer(serializers.ModelSerializer):
    """An act of two: what it is, when it is done by itself, what became of it."""

    proposed_by = serializers.CharField()
    approved_by = serializers.CharField(allow_null=True)
    cancelled_by = serializers.CharField(allow_null=True)
    state = serializers.SerializerMethodField()

    class Meta:
        model = PendingAct
        fields = [
            *("id", "school", "kind", "summary", "state", "proposed_by", "proposed_at", "due_at"),
            *("approved_by", "approved_at", "cancelled_by", "cancelled_at", "carried_out_at", "failed_at", "failure"),
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "string", "enum": list(STATES)})
    def get_state(self, act: PendingAct) -> str:
        if act.cancelled_at:
            return "cancelled"
        if act.failed_at:
            return "failed"
        return "approved" if act.approved_at else "done" if act.carried_out_at else "waiting"


class ActsView(InSchool, generics.ListAPIView):
    """The acts of the school that I may approve, or proposed, the latest first."""

    serializer_class = ActSerializer

    def get_queryset(self) -> PendingActQuerySet:
        rows: PendingActQuerySet = self.rows(PendingAct)
        return rows.with_names()


class _ActView(generics.GenericAPIView):
    serializer_class = ActSerializer

    def act(self, request: Request, pk: int) -> PendingAct:
        act: PendingAct = get_object_or_404(PendingAct.objects.visible_to(actor(request)).with_names(), pk=pk)
        return act


class ApproveView(_ActView):
    @extend_schema(request=None)
    def post(self, request: Request, pk: int) -> Response:
        """Approve what another administrator has proposed: it is done now (2.1, 2.2)."""
        act = services.approve_act(by=actor(request), act=self.act(request, pk))
        return Response(ActSerializer(act).data)


class CancelView(_ActView):
    @extend_schema(request=None)
    def post(self, request: Request, pk: int) -> Response:
        """Cancel what waits (2.1)."""
        act = services.cancel_act(by=actor(request), act=self.act(request, pk))
        return Response(ActSerializer(act).data)
