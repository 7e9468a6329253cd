"""Addresses of invites: the public join page, and the desk under a school."""

from django.urls import URLPattern, URLResolver, include, path

from .views import join, join_login, waiting

app_name = "invites"

_join: list[URLPattern | URLResolver] = [
    path("", join.join, name="join"),
    path("phone/", join.phone, name="join_phone"),
    path("login/", join_login.join_login, name="join_login"),
    path("withdraw/", waiting.withdraw, name="withdraw"),
    path("standing/", waiting.standing, name="standing"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("join/<str:token>/", include(_join)),
]
