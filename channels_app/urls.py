from django.urls import path

from . import views

app_name = "channels"
urlpatterns = [
    path("channels/", views.list_channels, name="list"),
    path("channels/<int:pk>/", views.channel, name="detail"),
    path("channels/posts/<int:pk>/edit/", views.edit_post, name="edit_post"),
    path("channels/posts/<int:pk>/recall/", views.recall_post, name="recall_post"),
]
