"""The pages: the list, an open chat, its members, creating in two clicks, the registry."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from chats import panels
from chats.kinds import Kind
from chats.models import Chat, Message
from chats.services import archive_chat, create_chat, leave_chat, send_message
from school.models import StaffPosition
from school.services import staff
from tests import factories as f

from .conftest import Room, make_room
from .test_api import client_of, write

pytestmark = pytest.mark.django_db


def open_(user: User, path: str, **headers: str) -> Any:
    return client_of(user).get(path, headers=headers)


def body(response: Any) -> str:
    return response.content.decode()


def warm(user: User) -> Client:
    client = client_of(user)
    client.get("/channels/")  # what a session costs once
    return client


def test_the_list_shows_what_is_new_and_what_was_left(room: Room):
    send_message(by=room.parent, chat_id=room.parents_chat.pk, text="Кто ведёт в театр?")
    page = body(open_(room.homeroom, "/chats/"))
    assert "Кто ведёт в театр?" in page
    assert "непрочитанных" in page
    leave_chat(by=room.parent, chat=room.parents_chat)
    assert "Чаты, из которых вы вышли" in body(open_(room.parent, "/chats/"))


def test_an_empty_list_says_what_will_be(room: Room):
    assert "Чатов пока нет" in body(open_(f.make_user(), "/chats/"))


def test_the_part_for_the_scripts_is_the_list_alone(room: Room):
    page = body(open_(room.homeroom, f"/chats/?open={room.parents_chat.pk}", **{"HX-Request": "true"}))
    assert "<html" not in page
    assert page.count('aria-current="page"') == 1


@pytest.mark.parametrize("path", ["/chats/", "/chats/{chat}/"])
def test_pages_cost_the_same_with_few_and_many(room: Room, path: str):
    path = path.format(chat=room.parents_chat.pk)
    counts = []
    for number, extra in ((3, 0), (300, 12)):
        Message.objects.all().delete()
        write(room, number)
        for _ in range(extra):
            more = create_chat(
                by=f.fresh(room.homeroom),
                kind=Kind.CLASS_OTHER,
                scope=room.school_class,
                title="Ещё",
                people=[room.pupil_person],
            )
            send_message(by=room.pupil, chat_id=more.pk, text="Да")
        client = warm(room.homeroom)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10, [query["sql"][:120] for query in queries]


def test_members_cost_the_same_for_few_and_many(room: Room):
    counts = []
    for number in (0, 8):
        for _ in range(number):
            f.make_parent(f.make_pupil(room.school_class))
        client = warm(room.homeroom)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/chats/{room.parents_chat.pk}/info/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_people_wrote_is_text(room: Room):
    send_message(by=room.parent, chat_id=room.parents_chat.pk, text="</script><script>alert(1)</script> О'Нил 👍")
    page = body(open_(room.homeroom, f"/chats/{room.parents_chat.pk}/"))
    assert "<script>alert" not in page
    assert "О&#x27;Нил 👍" in page


def test_sending_works_without_scripts(room: Room):
    path = f"/chats/{room.parents_chat.pk}/"
    client = client_of(room.parent)
    for _ in range(2):
        assert client.post(path, {"text": "Без сценариев", "client_key": "form-1"}).status_code == 302
    assert Message.objects.get().text == "Без сценариев"
    refused = client.post(path, {"text": "я" * 5000, "client_key": "form-2"})
    assert refused.status_code == 409
    assert "слишком длинное" in body(refused)
    assert "я" * 5000 in body(refused)


def test_older_pages_without_scripts(room: Room):
    write(room, 120)
    page = body(open_(room.homeroom, f"/chats/{room.parents_chat.pk}/?before=71"))
    assert "Сообщение 70<" in page
    assert "Сообщение 71<" not in page
    assert "?before=21" in page
    assert open_(room.homeroom, f"/chats/{room.parents_chat.pk}/?before=x").status_code == 200


def test_days_new_messages_and_who_goes_on(room: Room):
    for _ in range(2):
        send_message(by=room.parent, chat_id=room.parents_chat.pk, text="Да")
    page = body(open_(room.homeroom, f"/chats/{room.parents_chat.pk}/"))
    assert page.count('class="said__day"') == 1
    assert page.count('class="said__new"') == 1
    assert page.count("message--goes-on") == 1


def test_members_and_why_each_is_here(room: Room):
    page = body(open_(room.parent, f"/chats/{room.parents_chat.pk}/info/"))
    assert f"мать: {room.pupil_person.short_name}, {room.school_class}" in page
    assert f"классный руководитель, {room.school_class}" in page
    assert "владелец" in page


def test_a_chat_in_two_clicks_from_the_page_of_the_class():
    school = f.make_school()
    school_class = f.make_class(school)
    homeroom = f.user_of(f.make_homeroom(school_class))
    f.make_parent(f.make_pupil(school_class), joined=False)
    f.make_parent(f.make_pupil(school_class))
    first = f"/chats/new/parents/{school_class.pk}/"
    page = body(open_(homeroom, f"/schools/{school.pk}/classes/{school_class.pk}/"))
    assert first in page
    confirm = body(open_(homeroom, first))
    assert f"{school_class}: родители" in confirm
    assert "2 вступивших" in confirm
    assert "ещё 1 появится сам" in confirm
    response = client_of(homeroom).post(first, {"title": f"{school_class}: родители"})
    assert response.headers["Location"] == f"/chats/{Chat.objects.get().pk}/"
    again = client_of(homeroom).post(first, {"title": "Второй"})
    assert again.headers["Location"] == f"/chats/{Chat.objects.get().pk}/"


def test_the_pupil_is_refused_with_the_clause(room: Room):
    page = body(open_(room.pupil, f"/schools/{room.school.pk}/classes/{room.school_class.pk}/"))
    assert "Создать чат педагогов" in page
    assert "Почему нельзя?" in page
    path = f"/chats/new/teachers/{room.school_class.pk}/"
    refused = open_(room.pupil, path)
    assert refused.status_code == 403
    for answer in (body(refused), body(open_(room.pupil, f"{path}why/"))):
        assert "2.3" in answer
        assert "классный руководитель" in answer


def test_hand_picked_people_are_chosen_on_the_page(room: Room):
    path = f"/chats/new/class_other/{room.school_class.pk}/"
    client = client_of(room.homeroom)
    assert room.pupil_person.full_name in body(client.get(path))
    nobody = client.post(path, {"title": "Поход"})
    assert "Выберите хотя бы одного" in body(nobody)
    outsider = f.make_pupil(f.make_class(room.school, "8А"))
    assert client.post(path, {"title": "Поход", "people": [outsider.pk]}).status_code == 200
    assert client.post(path, {"title": "Поход", "people": [room.pupil_person.pk]}).status_code == 302
    chat = Chat.objects.get(title="Поход")
    mother = room.parent.persons.get()
    assert client.post(f"/chats/{chat.pk}/members/", {"people": [mother.pk]}).status_code == 302
    assert chat.members.count() == 3
    assert client.post(f"/chats/{chat.pk}/members/{room.parent.pk}/remove/").status_code == 302
    assert chat.members.count() == 2


def test_the_acts_of_the_page_of_members(room: Room):
    path = f"/chats/{room.parents_chat.pk}"
    client = client_of(room.homeroom)
    assert "2.3" in body(client.get(f"{path}/info/"))
    history = {"newcomers_see": "all", "leavers_read": "nothing"}
    client.post(f"{path}/edit/", {"title": "Родители 7Б", "purpose": "Объявления", **history})
    room.parents_chat.refresh_from_db()
    assert (room.parents_chat.title, room.parents_chat.purpose) == ("Родители 7Б", "Объявления")
    assert "единственный взрослый" in body(client.post(f"{path}/leave/", follow=True))
    assert "в архиве" in body(client.post(f"{path}/archive/", follow=True))
    assert "Чат в архиве" in body(client.get(f"{path}/"))
    client.post(f"{path}/restore/")
    client.post(f"{path}/mute/", {"muted": "1"})
    room.parents_chat.refresh_from_db()
    assert room.parents_chat.archived_at is None


def test_the_registry_tells_of_chats_and_not_of_messages(room: Room):
    send_message(by=room.parent, chat_id=room.parents_chat.pk, text="Совсем личное")
    other = make_room()
    page = body(open_(f.administrator_of(room.school), f"/schools/{room.school.pk}/chats/"))
    assert room.parents_chat.title in page
    assert "Совсем личное" not in page
    assert page.count("7Б: родители") == 1
    assert other.school.short_name not in page


def test_the_registry_warns_of_chats_without_an_adult(room: Room, django_capture_on_commit_callbacks):
    admin = f.administrator_of(room.school)
    with django_capture_on_commit_callbacks(execute=True):
        staff.release_homeroom(by=admin, school_class=room.school_class)
    page = body(open_(admin, f"/schools/{room.school.pk}/chats/"))
    assert "В 1 чате с учениками нет взрослого" in page
    assert "можно только читать" in body(open_(room.pupil, f"/chats/{room.pupils_chat.pk}/"))


def test_the_panels_of_class_and_school(room: Room, rf):
    director = f.user_of(f.make_staff(room.school, StaffPosition.Kind.DIRECTOR))
    f.make_teaching(room.school_class, "Физика")
    assert "Создать чат с заместителями" in body(open_(director, f"/schools/{room.school.pk}/"))
    request = rf.get("/")
    request.user = f.fresh(room.homeroom)
    shown = str(panels.class_panel(request, room.school_class))
    assert room.parents_chat.title in shown
    assert "Физика" not in shown
    request.user = f.fresh(room.parent)
    assert panels.school_panel(request, room.school) is None


def test_the_panel_costs_the_same_for_few_and_many_chats(room: Room, rf):
    counts = []
    for extra in (1, 8):
        for _ in range(extra):
            create_chat(
                by=f.fresh(room.homeroom),
                kind=Kind.CLASS_OTHER,
                scope=room.school_class,
                title="Ещё",
                people=[room.pupil_person],
            )
        request = rf.get("/")
        request.user = f.fresh(room.homeroom)
        with CaptureQueriesContext(connection) as queries:
            panels.class_panel(request, room.school_class)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4


def test_an_archived_chat_is_read_only_on_its_page(room: Room):
    archive_chat(by=room.homeroom, chat=room.parents_chat)
    assert client_of(room.parent).post(f"/chats/{room.parents_chat.pk}/", {"text": "Да"}).status_code == 409
