"""What all of the API shares: pages and limits. Each app's routes are in its own `api.py`, errors in `problems`."""

import time

from django.conf import settings
from django.core.cache import cache
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle


class Pages(PageNumberPagination):
    """?page=2&limit=50: at most 200 rows at once."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200


class Limit(BaseThrottle):
    """So many requests a minute for a user, or for an address that has not signed in: one counter, no list of times."""

    SECONDS = 60

    def allow_request(self, request: Request, view: object) -> bool:
        user = request.user
        who, allowed = (
            (f"user:{user.pk}", settings.API_LIMIT_USER)
            if user.is_authenticated
            else (f"address:{request.META.get('REMOTE_ADDR', '')}", settings.API_LIMIT_ADDRESS)
        )
        key = f"api-limit:{who}:{int(time.time()) // self.SECONDS}"
        try:
            return cache.incr(key) <= allowed
        except ValueError:
            return cache.add(key, 1, self.SECONDS * 2) or cache.incr(key) <= allowed

    def wait(self) -> float:
        return self.SECONDS - time.time() % self.SECONDS
