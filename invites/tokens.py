"""Tokens of invites: derived, never stored (design, section 10).

A token is the invite's id and an HMAC-SHA256 of the id and the row's nonce under a key of its own, 144 bits of it.
Whoever reads the database without the key cannot make one; a new nonce makes the old token worthless.
"""

import base64
import hashlib
import hmac

from django.conf import settings
from django.utils.crypto import get_random_string
from django.utils.http import int_to_base36

from .models import Invite

MAC_BYTES = 18
_ID_LENGTH = 12


def token_of(invite: Invite) -> str:
    """The token, safe in an address: «4f-Zx…»."""
    return f"{int_to_base36(invite.pk)}-{_mac(invite.pk, invite.nonce)}"


def new_nonce() -> str:
    return get_random_string(22)


def find(token: str) -> Invite | None:
    """The invite that the token opens, with its school and class; None for anything else. One query."""
    invite = named_in(token)
    if invite and hmac.compare_digest(token.partition("-")[2].encode(), _mac(invite.pk, invite.nonce).encode()):
        return invite
    return None


def named_in(token: str) -> Invite | None:
    """The invite whose id stands in the token, true or not: only to count wrong guesses by school."""
    number = token.partition("-")[0]
    if not (0 < len(number) <= _ID_LENGTH and number.isascii() and number.isalnum()):
        return None
    return with_id(int(number, 36))


def with_id(pk: int) -> Invite | None:
    """The invite with all that the join page tells of it. One query."""
    invites = Invite.objects.select_related("school", "school_class__school", "person", "created_by", "chat")
    return invites.filter(pk=pk).first()


def _mac(pk: int, nonce: str) -> str:
    message = f"invite:{pk}:{nonce}".encode()
    digest = hmac.new(settings.INVITE_KEY.encode(), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:MAC_BYTES]).decode()
