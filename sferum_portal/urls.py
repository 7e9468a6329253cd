"""The address map. Each app owns its own `urls.py`; the API's routes are gathered in `sferum_portal/api.py`."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("operator/", admin.site.urls),
    path("accounts/", include("accounts.sign_in_urls")),
    path("", include("accounts.urls")),
]

handler429 = "accounts.views.too_many_requests"
