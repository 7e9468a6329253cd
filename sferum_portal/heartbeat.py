"""Signs of life of the processes that nobody sees: `/health/` reads them."""

import datetime as dt

from django.utils import timezone


def mark(name: str) -> None:
    """Write down that `name` is alive now."""
    from .models import LastRun

    LastRun.objects.update_or_create(name=name, defaults={"at": timezone.now()})


def silence(name: str) -> dt.timedelta | None:
    """How long nothing has been heard of `name`; None when it has never been heard."""
    from .models import LastRun

    at = LastRun.objects.filter(name=name).values_list("at", flat=True).first()
    return timezone.now() - at if at else None
