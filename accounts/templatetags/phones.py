"""`{{ user.phone|phone }}`: a number as people write it."""

from django import template

from accounts.phones import display_phone

register = template.Library()


@register.filter
def phone(value: str | None) -> str:
    return display_phone(value) if value else ""
