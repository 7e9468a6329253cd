"""The address map. Each app owns its own `urls.py`; the API's routes are gathered in `sferum_portal/api.py`."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from sferum_portal.appearance import set_appearance

urlpatterns: list[URLPattern | URLResolver] = [
    path("operator/", admin.site.urls),
    path("accounts/", include("accounts.sign_in_urls")),
    path("", include("accounts.urls")),
    path("appearance/", set_appearance, name="appearance"),
]

handler429 = "accounts.views.too_many_requests"
