from django.urls import path

from . import coverage_views, views

app_name = "stats"
urlpatterns = [
    path("schools/<int:school_id>/statistics/", views.dashboard, name="dashboard"),
    path("schools/<int:school_id>/coverage/", coverage_views.coverage, name="coverage"),
    path("schools/<int:school_id>/coverage/staff/", coverage_views.staff, name="coverage_staff"),
    path("schools/<int:school_id>/coverage/<int:pk>/<str:who>/", coverage_views.class_people, name="coverage_class"),
    path("schools/<int:school_id>/statistics/monday/", views.monday, name="monday"),
]
