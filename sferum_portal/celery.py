"""The Celery application. The schedule is in settings; the database says what is due (docs/architecture.md)."""

import os

from celery import Celery

from . import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sferum_portal.settings")

broker.register()
app = Celery("sferum_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
