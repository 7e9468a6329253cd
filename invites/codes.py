"""Short codes of personal invites, typed by hand where no camera helps: derived from the id and the nonce, never stored.

Twelve characters of thirteen: digits and consonants that look the same in Latin and in Cyrillic, so that nobody changes
the layout of his keyboard and no code spells a word. None has a twin among the others: no 0 О, 1 I l, 3 З, 8 В.

A code is the pair (id, 18 bits of an HMAC of the id and the nonce) as one number, put through a permutation under the
invites' key (a Feistel network over HMAC-SHA256). Without the key a code says nothing of its invite, a neighbour's id
helps nobody, and a new nonce makes the old code worthless.

What guessing gives (`invites.limits` counts). There are 13¹² = 2.3·10¹³ codes, 44.4 bits. A guess opens one of the n
slips that are good now with the chance n / 13¹²: 5·10⁻¹¹ for a school with 1,200 of them, 2·10⁻⁸ for an installation
with 500,000. An address has 100 wrong codes a day: 5·10⁻⁹ a day in the one, 2·10⁻⁶ in the other. A thousand addresses
that guess together for the fourteen days of a slip reach 7·10⁻⁵ in the one. With ten characters it would be 1 %.
"""

import hmac
import re

from django.conf import settings

from . import tokens
from .models import Invite, InviteRole

ALPHABET = "245679CHKMPTX"
LENGTH = 12
GROUP = 4
_ROUNDS = 8
_HALF = len(ALPHABET) ** (LENGTH // 2)
_CHECKS = len(ALPHABET) ** 5
MOST_ID = len(ALPHABET) ** (LENGTH - 5) - 1  # 62,748,516: the invites of a million people for thirty years

# What is typed or heard for what is printed: the Cyrillic twins, letters for digits, «эн» and «эр».
_MEANT = str.maketrans("СНКМРТХЧБSZGNR", "CHKMPTX4652" + "6HP")
_BETWEEN = re.compile(r"[\W_]+")


def code_of(invite: Invite) -> str:
    """«К4МН-72РС-ХТ96» in Latin letters; empty for what has none: a link for many, and what makes an administrator."""
    if not invite.is_personal or invite.role == InviteRole.ADMINISTRATOR or invite.pk > MOST_ID:
        return ""
    number = _scrambled(invite.pk * _CHECKS + _check(invite))
    text = ""
    for _place in range(LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        text = ALPHABET[digit] + text
    return "-".join(text[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def find(typed: str) -> Invite | None:
    """The invite that the code opens, however it was typed; None for anything else. One query at most."""
    text = read(typed)
    if len(text) != LENGTH or not set(text) <= set(ALPHABET):
        return None
    number = 0
    for char in text:
        number = number * len(ALPHABET) + ALPHABET.index(char)
    pk, check = divmod(_unscrambled(number), _CHECKS)
    invite = tokens.with_id(pk)
    if invite and code_of(invite) and hmac.compare_digest(str(check), str(_check(invite))):
        return invite
    return None


def read(typed: str) -> str:
    """What was meant: no spaces or hyphens, capitals, Latin for the Cyrillic twins."""
    return _BETWEEN.sub("", typed).upper().translate(_MEANT)


def _check(invite: Invite) -> int:
    return _mac(f"code-check:{invite.pk}:{invite.nonce}") % _CHECKS


def _scrambled(number: int) -> int:
    left, right = divmod(number, _HALF)
    for turn in range(_ROUNDS):
        left, right = right, (left + _mac(f"code-round:{turn}:{right}")) % _HALF
    return left * _HALF + right


def _unscrambled(number: int) -> int:
    left, right = divmod(number, _HALF)
    for turn in reversed(range(_ROUNDS)):
        left, right = (right - _mac(f"code-round:{turn}:{left}")) % _HALF, left
    return left * _HALF + right


def _mac(message: str) -> int:
    return int.from_bytes(hmac.digest(settings.INVITE_KEY.encode(), message.encode(), "sha256")[:16])
