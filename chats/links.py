"""Links to messengers that a school may not use (149-ФЗ, article 10, part 8; 41-ФЗ) are refused wherever one is entered."""

import re
import unicodedata

from django.utils.translation import gettext as _

from school.errors import Refusal

FORBIDDEN: dict[str, tuple[str, ...]] = {
    "Discord": ("discord.com", "discord.gg", "discordapp.com", "discord.me"),
    "Microsoft Teams": ("teams.microsoft.com", "teams.live.com"),
    "Skype": ("skype.com",),
    "Snapchat": ("snapchat.com",),
    "Telegram": ("t.me", "telegram.me", "telegram.org", "telegram.dog", "telesco.pe"),
    "Threema": ("threema.ch", "threema.id"),
    "Viber": ("viber.com", "vb.me"),
    "WhatsApp": ("whatsapp.com", "wa.me", "whatsapp.net"),
    "WeChat": ("wechat.com", "weixin.qq.com"),
}
_SCHEMES = {"tg": "Telegram", "viber": "Viber", "whatsapp": "WhatsApp", "skype": "Skype", "discord": "Discord"}
_SERVICE_BY_HOST = {host: service for service, hosts in FORBIDDEN.items() for host in hosts}
# After a space, after // and after user@, not inside the path of another address.
_HOST = re.compile(r"(?:(?<=//)|(?<=@)|(?<![\w./-]))(?:[a-z0-9-]+\.)+[a-z]{2,}(?![\w-])", re.IGNORECASE)
_SCHEME = re.compile(rf"(?<!\w)({'|'.join(_SCHEMES)})://", re.IGNORECASE)


def forbidden_service(text: str) -> str:
    """The name of the first forbidden messenger that the text links to, or ""."""
    text = unicodedata.normalize("NFKC", text)
    for match in _HOST.finditer(text):
        labels = match.group().lower().split(".")
        for start in range(len(labels) - 1):
            if service := _SERVICE_BY_HOST.get(".".join(labels[start:])):
                return service
    scheme = _SCHEME.search(text)
    return _SCHEMES[scheme.group(1).lower()] if scheme else ""


def refuse_forbidden_links(text: str) -> None:
    """Raise `Refusal` (forbidden_link), naming the law."""
    if service := forbidden_service(text):
        raise Refusal(
            _(
                "There is a link to %(service)s in the text. A school may not use foreign messengers "
                "(149-ФЗ, article 10, part 8): remove the link."
            )
            % {"service": service},
            code="forbidden_link",
            field="text",
        )
