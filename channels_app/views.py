"""Pages of the channels: the list, a channel with its posts, the administrator's desk in it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import SignedInRequest
from school.errors import Refusal
from school.rights import may, require

from . import queries, services
from .forms import PostForm
from .models import Channel, Post

POSTS_ON_A_PAGE = 20


@login_required
@require_GET
def list_channels(request: SignedInRequest) -> HttpResponse:
    """My channels, with what is new in each."""
    channels = list(Channel.objects.visible_to(request.user).with_news(request.user).select_related("school"))
    request.unread_posts = sum(channel.unread for channel in channels)  # type: ignore[attr-defined]
    several_schools = len({channel.school_id for channel in channels}) > 1
    return render(request, "channels_app/list.html", {"channels": channels, "several_schools": several_schools})


@login_required
@require_http_methods(["GET", "POST"])
def channel(request: SignedInRequest, pk: int) -> HttpResponse:
    """The posts of a channel, the newest first; a POST publishes. To see the first page is to have read it."""
    found = get_object_or_404(Channel.objects.visible_to(request.user).select_related("school"), pk=pk)
    form = PostForm(request.POST or None)
    if request.method == "POST":
        require(request.user, "manage_channels", found.school)
        if form.is_valid() and _publish(request, found, form):
            return HttpResponseRedirect(found.get_absolute_url())
    context = _channel_context(request, found)
    if context["page"].number == 1 and context["posts"]:
        services.note_read(by=request.user, channel=found, seq=context["posts"][0].seq)
    return render(request, "channels_app/channel.html", {**context, "form": form})


def _publish(request: SignedInRequest, channel: Channel, form: PostForm) -> bool:
    try:
        services.publish_post(by=request.user, channel=channel, text=form.cleaned_data["text"])
    except Refusal as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return False
    messages.success(request, _("Published."))
    return True


def _channel_context(request: SignedInRequest, channel: Channel) -> dict[str, Any]:
    visible = Post.objects.visible_to(request.user).filter(channel=channel).select_related("author")
    page = Paginator(visible, POSTS_ON_A_PAGE).get_page(request.GET.get("page"))
    posts = list(page.object_list)
    context = {"channel": channel, "page": page, "posts": posts, "may_publish": False}
    if may(request.user, "manage_channels", channel.school):
        reached = queries.count_reached(channel, posts)
        for post in posts:
            post.reached = reached[post.pk]  # type: ignore[attr-defined]
        context |= {"may_publish": True, "readers": queries.readers_of(channel)}
    return context


@login_required
@require_http_methods(["GET", "POST"])
def edit_post(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct a post."""
    post = _post_of_the_desk(request, pk)
    form = PostForm(request.POST or None, initial={"text": post.text})
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_post(by=request.user, post=post, text=form.cleaned_data["text"])
        except Refusal as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(post.channel.get_absolute_url())
    crumbs = [(_("Channels"), reverse("channels:list")), (post.channel, post.channel.get_absolute_url())]
    return render(request, "channels_app/edit_post.html", {"post": post, "form": form, "breadcrumbs": crumbs})


@login_required
@require_POST
def recall_post(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a post away from its readers."""
    post = _post_of_the_desk(request, pk)
    try:
        services.recall_post(by=request.user, post=post)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The post has been recalled: readers do not see it any more."))
    return HttpResponseRedirect(post.channel.get_absolute_url())


def _post_of_the_desk(request: SignedInRequest, pk: int) -> Post:
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("channel", "school"), pk=pk)
    require(request.user, "manage_channels", post.school)
    return post
