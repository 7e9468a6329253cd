"""Links and slips of a school."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from chats.models import Chat
from school.api.base import InSchool, Seen, actor, validated
from school.models import Person, SchoolClass
from school.rights import RightDenied
from school.text import ids_in

from ..forms.desk import may_create
from ..links import url_of
from ..models import Invite, InviteRole, InviteState
from ..ranks import may_share
from ..services.issuing import annul_invites, create_invite
from ..services.personal import create_personal_invite
from ..services.slips import create_personal_invites

_TERMS = ["expires_at", "max_uses", "needs_approval", "note"]


class InviteSerializer(serializers.ModelSerializer):
    """An invite as the desk sees it; the link itself is only in the answers about one."""

    state = serializers.ChoiceField(InviteState.choices, read_only=True)
    person_name = serializers.CharField(source="person.full_name", default=None, allow_null=True, read_only=True)

    class Meta:
        model = Invite
        fields = [
            *("id", "school", "role", "school_class", "person", "person_name", "chat", *_TERMS),
            *("uses", "state", "created_at", "annulled_at", "annul_reason"),
        ]
        read_only_fields = fields


class LinkSerializer(InviteSerializer):
    url = serializers.SerializerMethodField(help_text="null where it cannot be used or one may not give it out")

    class Meta(InviteSerializer.Meta):
        fields = [*InviteSerializer.Meta.fields, "url"]
        read_only_fields = fields

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_url(self, invite: Invite) -> str | None:
        shares = invite.state == InviteState.ACTIVE and may_share(actor(self.context["request"]), invite)
        return url_of(invite) if shares else None


class NewInviteSerializer(serializers.Serializer):
    role = serializers.ChoiceField(InviteRole.choices)
    school_class = Seen(queryset=SchoolClass.objects.all(), required=False, allow_null=True)
    chat = Seen(queryset=Chat.objects.all(), required=False, allow_null=True)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    max_uses = serializers.IntegerField(required=False, allow_null=True)
    needs_approval = serializers.BooleanField(required=False, allow_null=True, default=None)
    note = serializers.CharField(required=False, allow_blank=True, max_length=200)


class NewPersonalSerializer(serializers.Serializer):
    person = Seen(queryset=Person.objects.all())
    role = serializers.CharField(required=False, default="", help_text="needed where the person has several")


class NewSlipsSerializer(serializers.Serializer):
    school_class = Seen(queryset=SchoolClass.objects.all())
    role = serializers.CharField(help_text="pupil or parent")


class AnnulSerializer(serializers.Serializer):
    invites = serializers.ListField(child=serializers.IntegerField(), min_length=1, max_length=1000)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)


class CountSerializer(serializers.Serializer):
    count = serializers.IntegerField()


class DeskView(InSchool):
    """A view of those who may invite somebody in the school."""

    serializer_class: Any = InviteSerializer

    def get_queryset(self) -> Any:
        return self.rows(Invite).with_names()

    def require_desk(self) -> None:
        user = actor(self.request)
        if not may_create(user, self.school) and not self.rows(Invite).exists():
            raise RightDenied(user, "invite_parents", self.school)

    def made(self, invite: Invite) -> Response:
        body = LinkSerializer(invite, context=self.get_serializer_context()).data
        return Response(body, status=status.HTTP_201_CREATED)


class InvitesView(DeskView):
    @extend_schema(
        operation_id="invites_list",
        parameters=[OpenApiParameter(name, str) for name in ("state", "role", "school_class")],
        responses=InviteSerializer(many=True),
    )
    def get(self, request: Request, school_id: int) -> Response:
        """The invites that I may issue or annul, the newest first."""
        self.require_desk()
        rows, query = self.get_queryset(), request.query_params
        if query.get("state") in InviteState.values:
            rows = rows.in_state(query["state"])
        if role := query.get("role"):
            rows = rows.filter(role__in={role} & set(InviteRole.values))
        if (school_class := query.get("school_class", "")).isdecimal():
            rows = rows.filter(school_class__in=ids_in([school_class]))
        return self.get_paginated_response(self.get_serializer(self.paginate_queryset(rows), many=True).data)

    @extend_schema(operation_id="invites_create", request=NewInviteSerializer, responses={201: LinkSerializer})
    def post(self, request: Request, school_id: int) -> Response:
        """A link for all of one role: pupils or parents of a class, the staff."""
        self.require_desk()
        given = validated(self, NewInviteSerializer)
        return self.made(create_invite(by=actor(request), school=self.school, **given))


class InviteDetailView(DeskView):
    @extend_schema(operation_id="invites_read", responses=LinkSerializer)
    def get(self, request: Request, school_id: int, pk: int) -> Response:
        """One invite, with its link for those who may give it out."""
        invite = get_object_or_404(self.get_queryset(), pk=pk)
        return Response(LinkSerializer(invite, context=self.get_serializer_context()).data)


class PersonalView(DeskView):
    @extend_schema(operation_id="invites_personal", request=NewPersonalSerializer, responses={201: LinkSerializer})
    def post(self, request: Request, school_id: int) -> Response:
        """A slip for one person of the lists; the one that is still good is given again."""
        given = validated(self, NewPersonalSerializer)
        return self.made(create_personal_invite(by=actor(request), **given))


class SlipsView(DeskView):
    @extend_schema(
        operation_id="invites_slips", request=NewSlipsSerializer, responses={201: InviteSerializer(many=True)}
    )
    def post(self, request: Request, school_id: int) -> Response:
        """Slips for all pupils of a class, or all their parents, who have not joined; the answer has no links."""
        given = validated(self, NewSlipsSerializer)
        made = create_personal_invites(by=actor(request), **given)
        return Response(self.get_serializer(made, many=True).data, status=status.HTTP_201_CREATED)


class AnnulView(DeskView):
    @extend_schema(operation_id="invites_annul", request=AnnulSerializer, responses=CountSerializer)
    def post(self, request: Request, school_id: int) -> Response:
        """Annul one or many; those that I do not see are passed over."""
        given = validated(self, AnnulSerializer)
        chosen = self.rows(Invite).filter(pk__in=given["invites"])
        return Response({"count": annul_invites(by=actor(request), invites=chosen, reason=given["reason"])})
