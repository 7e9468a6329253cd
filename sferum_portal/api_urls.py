"""The address map of the API: an app that has an `api.py` with `urlpatterns` is in it, under /api/v1/."""

from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.utils.module_loading import module_has_submodule
from drf_spectacular.views import SpectacularAPIView

OUR_APPS = [app for app in apps.get_app_configs() if app.path == str(settings.BASE_DIR / app.name)]

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    *(
        path("v1/", include(import_module(f"{app.name}.api").urlpatterns))
        for app in OUR_APPS
        if app.name != "sferum_portal" and module_has_submodule(app.module, "api")
    ),
]
