"""The address map. Each app owns its own `urls.py`; the API's routes are gathered in `sferum_portal/api.py`."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from school.views.home import home
from sferum_portal.appearance import set_appearance
from sferum_portal.gallery import gallery
from sferum_portal.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("api/", include("sferum_portal.api_urls")),
    path("operator/", admin.site.urls),
    path("accounts/", include("accounts.sign_in_urls")),
    path("", include("accounts.urls")),
    path("", include("channels_app.urls")),
    path("", include("chats.urls")),
    path("", include("documents.urls")),
    path("", include("invites.urls")),
    path("", include("school.urls")),
    path("", include("stats.urls")),
    path("", home, name="home"),
    path("appearance/", set_appearance, name="appearance"),
    path("ui/", gallery, name="gallery"),
    path("ui/<path:page>/", gallery, name="gallery_page"),
]

handler400 = "sferum_portal.errors.bad_request"
handler403 = "sferum_portal.errors.denied"
handler404 = "sferum_portal.errors.not_found"
handler500 = "sferum_portal.errors.server_error"
handler429 = "accounts.views.too_many_requests"
