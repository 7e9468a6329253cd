"""A link seen from outside: what it is, and joining by it."""

from dataclasses import asdict
from typing import Any

from allauth.core.exceptions import RateLimited
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from school.api.base import actor
from school.models import Guardianship

from .. import limits
from ..answers import Answers, fields_for
from ..checks import check, is_inside
from ..landing import landing_of
from ..matching import own_person
from ..models import Invite, InviteRole, InviteUse
from ..services.redemption import redeem
from ..views.entrance import open_invite
from ..words import face_of


class FaceSerializer(serializers.Serializer):
    school = serializers.CharField()
    place = serializers.CharField(help_text="the class, or empty")
    for_whom = serializers.CharField()
    not_for = serializers.CharField()
    inviter = serializers.CharField()
    is_homeroom = serializers.BooleanField(help_text="whether the inviter is the homeroom teacher")
    role = serializers.ChoiceField(InviteRole.choices)
    personal = serializers.BooleanField()
    needs_approval = serializers.BooleanField()
    expires_at = serializers.DateTimeField()
    fields = serializers.ListField(child=serializers.CharField(), help_text="what to send to redeem")  # type: ignore[assignment]


class AnswersSerializer(serializers.Serializer):
    last_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    first_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    patronymic = serializers.CharField(max_length=200, required=False, allow_blank=True)
    birth_date = serializers.DateField(required=False)
    kind = serializers.ChoiceField(Guardianship.Kind.choices, required=False, help_text="who a parent is to the child")
    child_last_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    child_first_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    title = serializers.CharField(max_length=120, required=False, allow_blank=True, help_text="the post of the staff")


class RedemptionSerializer(serializers.Serializer):
    outcome = serializers.ChoiceField(InviteUse.Outcome.choices)
    person = serializers.IntegerField(allow_null=True, help_text="id of the person, who has joined")
    request = serializers.IntegerField(allow_null=True, help_text="id of the join request that waits")
    next = serializers.CharField(help_text="the page to go to")


def _invite(request: Request, token: str) -> Invite | None:
    try:
        return open_invite(request._request, token)
    except RateLimited as limited:
        raise Throttled(wait=limits.WINDOW) from limited


class InviteView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(operation_id="invites_look", responses=FaceSerializer)
    def get(self, request: Request, token: str) -> Response:
        """What the invite is, or why it cannot be used: a problem with its code. Changes nothing."""
        user = actor(request) if request.user.is_authenticated else None
        invite = check(_invite(request, token), user)
        own = own_person(invite, user) if user else None
        inside = bool(user and invite.chat_id and is_inside(invite, user))
        face: dict[str, Any] = asdict(face_of(invite)) | {
            "role": invite.role,
            "personal": invite.is_personal,
            "needs_approval": invite.needs_approval,
            "expires_at": invite.expires_at,
            "fields": fields_for(invite, own, inside=inside),
        }
        return Response(FaceSerializer(face).data)


class RedeemView(APIView):
    @extend_schema(operation_id="invites_redeem", request=AnswersSerializer, responses=RedemptionSerializer)
    def post(self, request: Request, token: str) -> Response:
        """Join, or leave a request where somebody has to look first."""
        _invite(request, token)
        given = AnswersSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        user = actor(request)
        result = redeem(by=user, token=token, answers=Answers(**given.validated_data))
        body = {
            "outcome": result.outcome,
            "person": result.person.pk if result.person else None,
            "request": result.request.pk if result.request else None,
            "next": landing_of(result.invite, user).url,
        }
        return Response(RedemptionSerializer(body).data)
