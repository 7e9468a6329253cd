"""The shapes of the API: what comes in is checked by them, what goes out is described by them."""

from typing import Any

from django.utils.timezone import localtime
from rest_framework import serializers

from accounts.models import User

from .kinds import Kind
from .models import Chat
from .queries import Line, may
from .services.messages import KEY_LENGTH


class TextSerializer(serializers.Serializer):
    # The length and the emptiness are judged by the service, in one place for all doors.
    text = serializers.CharField(allow_blank=True, trim_whitespace=False)


class NewMessageSerializer(TextSerializer):
    client_key = serializers.CharField(
        max_length=KEY_LENGTH, required=False, default="", allow_blank=True, help_text="makes a repeat harmless"
    )
    reply_to = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="id of a message")


class SeqSerializer(serializers.Serializer):
    seq = serializers.IntegerField(min_value=0, max_value=2**62)


class NewChatSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(Kind.choices)
    school = serializers.IntegerField(required=False)
    school_class = serializers.IntegerField(required=False)
    study_group = serializers.IntegerField(required=False)
    title = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    purpose = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    people = serializers.ListField(
        child=serializers.IntegerField(), required=False, default=list, max_length=1000, help_text="ids of persons"
    )


class AuthorSerializer(serializers.Serializer):
    id = serializers.IntegerField(help_text="of the user")
    name = serializers.CharField()


class QuoteSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    seq = serializers.IntegerField()
    author = AuthorSerializer()
    text = serializers.CharField()
    deleted = serializers.BooleanField()


class MessageSerializer(serializers.Serializer):
    chat = serializers.IntegerField()
    id = serializers.IntegerField()
    seq = serializers.IntegerField()
    author = AuthorSerializer()
    text = serializers.CharField()
    reply_to = QuoteSerializer(allow_null=True)
    client_key = serializers.CharField()
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    deleted = serializers.BooleanField()


class MaySerializer(serializers.Serializer):
    write = serializers.BooleanField()
    manage = serializers.BooleanField()
    leave = serializers.BooleanField()


class ChatSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    school = serializers.IntegerField()
    school_class = serializers.IntegerField(allow_null=True)
    study_group = serializers.IntegerField(allow_null=True)
    kind = serializers.ChoiceField(Kind.choices)
    clause = serializers.CharField()
    title = serializers.CharField()
    purpose = serializers.CharField()
    owner = serializers.IntegerField(help_text="of the user")
    last_seq = serializers.IntegerField()
    read_seq = serializers.IntegerField()
    unread = serializers.IntegerField()
    muted = serializers.BooleanField()
    read_only_reason = serializers.ChoiceField(Chat.ReadOnly.choices, allow_blank=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    newcomers_see = serializers.ChoiceField(Chat.NewcomersSee.choices)
    leavers_read = serializers.ChoiceField(Chat.LeaversRead.choices)
    former = serializers.BooleanField(help_text="I am in it no more and read what was said before")
    last_message = MessageSerializer(allow_null=True)
    may = MaySerializer()
    readers = serializers.DictField(
        child=serializers.IntegerField(), required=False, help_text="one chat only: user → how far he has read"
    )


def line_payload(line: Line, user: User) -> dict[str, Any]:
    """A chat as the API tells it."""
    chat = line.chat
    return {
        "id": chat.pk,
        "school": chat.school_id,
        "school_class": chat.school_class_id,
        "study_group": chat.study_group_id,
        "kind": chat.kind,
        "clause": chat.clause,
        "title": chat.title,
        "purpose": chat.purpose,
        "owner": chat.owner_id,
        "last_seq": chat.last_seq,
        "read_seq": chat.read_seq,
        "unread": line.unread,
        "muted": chat.is_muted,
        "read_only_reason": chat.read_only,
        "archived_at": localtime(chat.archived_at).isoformat() if chat.archived_at else None,
        "newcomers_see": chat.newcomers_see,
        "leavers_read": chat.leavers_read,
        "former": chat.until_seq is not None,
        "last_message": line.last,
        "may": may(user, chat),
    }
