"""The API of the channels: reading, publishing, editing, recalling, noting what has been read."""

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from school.rights import require

from . import services
from .models import Channel, ChannelKind, Post

LARGEST_PAGE = 100


class ChannelSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    school = serializers.IntegerField(source="school_id")
    kind = serializers.ChoiceField(ChannelKind.choices)
    name = serializers.CharField()
    last_seq = serializers.IntegerField()
    unread = serializers.IntegerField()
    last_at = serializers.DateTimeField(allow_null=True)


class PostSerializer(serializers.ModelSerializer):
    author = serializers.CharField(source="author.full_name")

    class Meta:
        model = Post
        fields = ["id", "channel", "seq", "author", "text", "published_at", "edited_at", "recalled_at"]
        read_only_fields = fields


class PostTextSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=services.LONGEST_TEXT)


class PostSeqSerializer(serializers.Serializer):
    seq = serializers.IntegerField(min_value=0)


def _channel(request: Request, pk: int) -> Channel:
    return get_object_or_404(Channel.objects.visible_to(request.user).select_related("school"), pk=pk)


def _user(request: Request) -> User:
    """The default permission of the API lets in only those who have signed in."""
    return cast(User, request.user)


def _validated(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    return given.validated_data


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    if text and not text.isdecimal():
        raise serializers.ValidationError({name: "a number"})
    return int(text) if text else default


class ChannelListView(APIView):
    @extend_schema(operation_id="channels_list", responses=ChannelSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The channels that I read, with the number of unread posts."""
        channels = Channel.objects.visible_to(request.user).with_news(request.user)
        return Response(ChannelSerializer(channels, many=True).data)


class PostListView(APIView):
    @extend_schema(
        operation_id="channel_posts_list",
        parameters=[OpenApiParameter("before", int), OpenApiParameter("limit", int)],
        responses=PostSerializer(many=True),
    )
    def get(self, request: Request, pk: int) -> Response:
        """The posts of a channel, the newest first; `before` a seq for the older ones."""
        posts: QuerySet[Post] = Post.objects.visible_to(request.user).filter(channel=_channel(request, pk))
        if before := _number(request, "before", 0):
            posts = posts.filter(seq__lt=before)
        limit = min(_number(request, "limit", 20), LARGEST_PAGE)
        return Response(PostSerializer(posts.select_related("author")[:limit], many=True).data)

    @extend_schema(operation_id="channel_posts_create", request=PostTextSerializer, responses={201: PostSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Publish (2.1)."""
        channel = _channel(request, pk)
        require(request.user, "manage_channels", channel.school)
        post = services.publish_post(by=_user(request), channel=channel, **_validated(PostTextSerializer, request))
        return Response(PostSerializer(post).data, status=status.HTTP_201_CREATED)


class PostView(APIView):
    @extend_schema(operation_id="posts_edit", request=PostTextSerializer, responses=PostSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Correct a post (2.1)."""
        post = _post_of_the_desk(request, pk)
        edited = services.edit_post(by=_user(request), post=post, **_validated(PostTextSerializer, request))
        return Response(PostSerializer(edited).data)


class PostRecallView(APIView):
    @extend_schema(operation_id="posts_recall", request=None, responses=PostSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Take a post away from its readers (2.1)."""
        recalled = services.recall_post(by=_user(request), post=_post_of_the_desk(request, pk))
        return Response(PostSerializer(recalled).data)


class ChannelReadView(APIView):
    @extend_schema(operation_id="channels_read", request=PostSeqSerializer, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        """I have seen the channel up to this seq."""
        channel = _channel(request, pk)
        seq = min(_validated(PostSeqSerializer, request)["seq"], channel.last_seq)
        services.note_read(by=_user(request), channel=channel, seq=seq)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _post_of_the_desk(request: Request, pk: int) -> Post:
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("school"), pk=pk)
    require(request.user, "manage_channels", post.school)
    return post


urlpatterns = [
    path("channels/", ChannelListView.as_view(), name="channels"),
    path("channels/<int:pk>/posts/", PostListView.as_view(), name="channel_posts"),
    path("channels/<int:pk>/read/", ChannelReadView.as_view(), name="channel_read"),
    path("posts/<int:pk>/", PostView.as_view(), name="post"),
    path("posts/<int:pk>/recall/", PostRecallView.as_view(), name="post_recall"),
]
