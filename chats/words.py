"""The words that the scripts of the chat say: from the catalogue, like everything else."""

from django.utils.translation import gettext as _


def script_words() -> dict[str, str]:
    return {
        "today": _("Today"),
        "yesterday": _("Yesterday"),
        "new": _("New messages"),
        "edited": _("edited"),
        "deleted": _("Message deleted"),
        "readBy": _("read by"),
        "sending": _("sending…"),
        "waiting": _("waits for the connection"),
        "refused": _("not sent"),
        "again": _("Send again"),
        "discard": _("Correct it"),
        "actions": _("What to do with the message"),
        "offline": _("No connection. What you write is kept and will be sent by itself."),
        "signedOut": _("Your session has ended. Sign in again: what you wrote is kept."),
        "gone": _("This chat is not for you any more: your class or position has changed."),
        "toChats": _("To the chats"),
        "replyTo": _("Reply to"),
        "editing": _("Correcting the message"),
        "save": _("Save"),
        "send": _("Send"),
        "failed": _("It did not work. Try again."),
        "left": _("characters left:"),
        "below": _("New messages below"),
    }
