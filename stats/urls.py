from django.urls import path

from . import views

app_name = "stats"
urlpatterns = [
    path("schools/<int:school_id>/statistics/", views.dashboard, name="dashboard"),
    path("schools/<int:school_id>/statistics/monday/", views.monday, name="monday"),
]
