"""HTTP as WSGI: threads with persistent connections (docs/architecture.md says why not Django's ASGI)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sferum_portal.settings")

application = get_wsgi_application()
