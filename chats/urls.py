from django.urls import path

from .views import creation, info, registry, rooms

app_name = "chats"
urlpatterns = [
    path("chats/", rooms.list_chats, name="list"),
    path("chats/new/<slug:kind>/<int:scope_id>/", creation.create, name="create"),
    path("chats/new/<slug:kind>/<int:scope_id>/why/", creation.why, name="why"),
    path("chats/<int:pk>/", rooms.room, name="room"),
    path("chats/<int:pk>/read/", rooms.read, name="read"),
    path("chats/<int:pk>/mute/", rooms.mute, name="mute"),
    path("chats/<int:pk>/info/", info.info, name="info"),
    path("chats/<int:pk>/edit/", info.edit, name="edit"),
    path("chats/<int:pk>/members/", info.add_members, name="add_members"),
    path("chats/<int:pk>/members/<int:user>/remove/", info.remove_member, name="remove_member"),
    path("chats/<int:pk>/members/<int:user>/moderator/", info.moderator, name="moderator"),
    path("chats/<int:pk>/leave/", info.leave, name="leave"),
    path("chats/<int:pk>/rejoin/", info.rejoin, name="rejoin"),
    path("chats/<int:pk>/archive/", info.archive, name="archive"),
    path("chats/<int:pk>/restore/", info.restore, name="restore"),
    path("schools/<int:school_id>/chats/", registry.registry, name="registry"),
]
