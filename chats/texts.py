"""What may be said: the text of a message made clean, or refused."""

import unicodedata

from django.utils.translation import gettext as _

from school.errors import Refusal

from .links import refuse_forbidden_links
from .models import Message

# Letters by class and nothing by look: fillers that draw an empty place.
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_KEPT_FORMAT = frozenset("\u200c\u200d")  # join emoji and letters of some scripts
# Unassigned characters stay: they are the emoji of tomorrow.
_DROPPED_CLASSES = frozenset(("Cc", "Cf", "Cs", "Co"))


def clean_text(text: str) -> str:
    """The text as it is kept: line ends \\n, without control characters and marks that turn the line around.

    Raises `Refusal`: empty_message, message_too_long, forbidden_link.
    """
    kept = "".join(char for char in text.replace("\r\n", "\n").replace("\r", "\n") if _is_kept(char)).strip()
    if all(_is_unseen(char) for char in kept):
        raise Refusal(_("The message is empty."), code="empty_message", field="text")
    if len(kept) > Message.MAX_LENGTH:
        raise Refusal(
            _("The message is too long: %(length)s characters of %(limit)s. Split it, please.")
            % {"length": len(kept), "limit": Message.MAX_LENGTH},
            code="message_too_long",
            field="text",
        )
    refuse_forbidden_links(kept)
    return kept


def _is_kept(char: str) -> bool:
    return char in "\n\t" or char in _KEPT_FORMAT or unicodedata.category(char) not in _DROPPED_CLASSES


def _is_unseen(char: str) -> bool:
    category = unicodedata.category(char)
    return char in _BLANK_LETTERS or category in _DROPPED_CLASSES or category[0] in "ZM"
