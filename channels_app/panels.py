"""The block «Channels» on the home page: what has been said and not read yet."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from .models import Channel


def home_panel(request: HttpRequest, person: Any) -> str | None:
    """The channels of the person's school that hold something unread."""
    channels = Channel.objects.visible_to(request.user).filter(school_id=person.school_id)
    news = [channel for channel in channels.with_news(request.user) if channel.unread]  # type: ignore[attr-defined]
    if not news:
        return None
    return render_to_string("channels_app/_home_panel.html", {"channels": news}, request=request)
