"""What `manage.py check --deploy` says about an installation that cannot reach its people."""

from typing import Any

from django.conf import settings
from django.core.checks import Tags, Warning, register


@register(Tags.security, deploy=True)
def messages_can_be_sent(app_configs: Any, **kwargs: Any) -> list[Warning]:
    if settings.SMS_BACKEND.endswith(".HttpBackend") and not settings.SMS_HTTP.get("url"):
        hint = 'Set SMS_HTTP to {"url": …, "fields": …}; accounts/sms.py says what it may hold.'
        return [Warning("No SMS provider: nobody can sign in by a code.", hint=hint, id="accounts.W001")]
    return []
