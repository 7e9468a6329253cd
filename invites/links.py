"""Addresses of invites, and pictures of them for paper and screens."""

import segno
from django.conf import settings
from django.urls import reverse

from .models import Invite
from .tokens import token_of


def url_of(invite: Invite) -> str:
    """The link that is sent and printed."""
    return address_of(token_of(invite))


def address_of(token: str) -> str:
    return settings.SITE_URL.rstrip("/") + reverse("invites:join", args=[token])


def code_address() -> str:
    """Where a short code is typed, as people write it: «school.example/code»."""
    return settings.SITE_URL.partition("://")[2].rstrip("/") + reverse("invites:code").rstrip("/")


def qr_of(url: str) -> str:
    """A QR code as a `data:` address for <img>: black on white in every theme, readable when printed small."""
    return str(segno.make(url, error="m", micro=False).svg_data_uri(scale=4, border=2, dark="#000", light="#fff"))
