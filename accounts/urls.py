"""Our own pages of the accounts app; allauth's are in `accounts.sign_in_urls`."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/sessions/<int:pk>/end/", views.end_session, name="end_session"),
    path("dev/outbox/", views.development_outbox, name="development_outbox"),
]
