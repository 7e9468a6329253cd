"""The API of the chats: the wire of a live chat, and creating one."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from school.models import Person, School, SchoolClass, StudyGroup

from . import queries, services
from .kinds import KINDS, Kind
from .members import Scope
from .models import Chat, Message
from .schemas import (
    ChatSerializer,
    MessageSerializer,
    NewChatSerializer,
    NewMessageSerializer,
    SeqSerializer,
    TextSerializer,
    line_payload,
)


class ApiRequest(Request):
    """A request that the API's permissions have let in."""

    user: User


class ChatView(APIView):
    """A chat in which the user is not does not exist for him."""

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(Http404() if isinstance(exc, Chat.DoesNotExist | Message.DoesNotExist) else exc)


def _validated(serializer: type[serializers.Serializer], request: ApiRequest) -> dict[str, Any]:
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    validated: dict[str, Any] = given.validated_data
    return validated


def _number(request: ApiRequest, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    if text and not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise serializers.ValidationError({name: "a number"})
    return int(text) if text else default


class ChatListView(ChatView):
    @extend_schema(
        operation_id="chats_list",
        parameters=[
            OpenApiParameter("former", int, description="1: those that I may read though I am in them no more.")
        ],
        responses=ChatSerializer(many=True),
    )
    def get(self, request: ApiRequest) -> Response:
        """My chats, the one that spoke last first: what is unread, the last message, what I may do there."""
        listed = queries.kept_lines if request.query_params.get("former") == "1" else queries.lines
        return Response([line_payload(line, request.user) for line in listed(request.user)])

    @extend_schema(operation_id="chats_create", request=NewChatSerializer, responses={201: ChatSerializer})
    def post(self, request: ApiRequest) -> Response:
        """Create a chat by the clause of its kind (2.2, 2.3, 2.4); `people` are ids of persons, for hand-picked kinds."""
        given = _validated(NewChatSerializer, request)
        scope = _scope(request, given)
        people = list(Person.objects.visible_to(request.user).filter(pk__in=given["people"], user__isnull=False))
        if len(people) < len(set(given["people"])):
            raise serializers.ValidationError({"people": "unknown person"})
        created = services.create_chat(
            by=request.user,
            kind=Kind(given["kind"]),
            scope=scope,
            title=given["title"],
            purpose=given["purpose"],
            people=people,
        )
        line = queries.line(request.user, created.pk)
        return Response(line_payload(line, request.user), status=status.HTTP_201_CREATED)


def _scope(request: ApiRequest, given: dict[str, Any]) -> Scope:
    """The visible school, class or study group that a chat of this kind is about."""
    level = KINDS[Kind(given["kind"])].scope
    doors: dict[str, tuple[Any, str]] = {
        "school": (School, "school"),
        "class": (SchoolClass, "school_class"),
        "group": (StudyGroup, "study_group"),
    }
    model, key = doors[level]
    if not given.get(key):
        raise serializers.ValidationError({key: "needed for this kind"})
    scope: Scope = get_object_or_404(model.objects.visible_to(request.user), pk=given[key])
    return scope


class ChatDetailView(ChatView):
    @extend_schema(operation_id="chats_read", responses=ChatSerializer)
    def get(self, request: ApiRequest, pk: int) -> Response:
        """One of my chats, and how far the others have read it."""
        line = queries.line(request.user, pk)
        return Response(
            {
                **line_payload(line, request.user),
                "readers": queries.readers(line.chat, line.chat.last_seq - queries.PAGE),
            }
        )


class MessageListView(ChatView):
    @extend_schema(
        operation_id="chat_messages_list",
        parameters=[OpenApiParameter(name, int) for name in ("before", "after", "limit")],
        responses=MessageSerializer(many=True),
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        """Messages: without `after` (or with `before`) the newest first, with `after` what came since, oldest first."""
        chat = queries.readable_chat(request.user, pk)
        page = {"before": _number(request, "before", 0), "after": _number(request, "after", -1)}
        return Response(queries.messages(chat, **page, limit=_number(request, "limit", queries.PAGE)))

    @extend_schema(
        operation_id="chat_messages_create",
        request=NewMessageSerializer,
        responses={201: MessageSerializer, 200: MessageSerializer},
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        """Say something. The same `client_key` again is answered by 200 and the same body."""
        sent = services.send_message(by=request.user, chat_id=pk, **_validated(NewMessageSerializer, request))
        return Response(sent.payload, status=status.HTTP_201_CREATED if sent.is_new else status.HTTP_200_OK)


class MessageView(ChatView):
    @extend_schema(operation_id="chat_messages_edit", request=TextSerializer, responses=MessageSerializer)
    def patch(self, request: ApiRequest, pk: int, message: int) -> Response:
        """Correct my message."""
        found = _message(request, pk, message)
        return Response(services.edit_message(by=request.user, message=found, **_validated(TextSerializer, request)))

    @extend_schema(operation_id="chat_messages_delete", responses=MessageSerializer)
    def delete(self, request: ApiRequest, pk: int, message: int) -> Response:
        """Take my message back, or remove another's where I keep the chat: its place stays."""
        return Response(services.delete_message(by=request.user, message=_message(request, pk, message)))


def _message(request: ApiRequest, chat_id: int, pk: int) -> Message:
    return Message.objects.visible_to(request.user).get(chat=chat_id, pk=pk)


class ReadView(ChatView):
    @extend_schema(operation_id="chats_mark_read", request=SeqSerializer, responses=SeqSerializer)
    def post(self, request: ApiRequest, pk: int) -> Response:
        """I have read up to this number; it never goes back."""
        seq = services.mark_read(by=request.user, chat_id=pk, **_validated(SeqSerializer, request))
        return Response({"seq": seq})


urlpatterns = [
    path("chats/", ChatListView.as_view(), name="chats"),
    path("chats/<int:pk>/", ChatDetailView.as_view(), name="chat"),
    path("chats/<int:pk>/messages/", MessageListView.as_view(), name="chat_messages"),
    path("chats/<int:pk>/messages/<int:message>/", MessageView.as_view(), name="chat_message"),
    path("chats/<int:pk>/read/", ReadView.as_view(), name="chat_read"),
]
