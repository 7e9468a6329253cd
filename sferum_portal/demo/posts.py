"""What the school has published in its two channels over the four weeks."""

import datetime as dt

from django.utils import timezone

from accounts.models import User
from channels_app import services
from channels_app.models import Channel, ChannelKind, Post
from school.models import Person

from .stage import Stage

# days ago, hour, text
SCHOOL_WIDE = (
    (
        27,
        9,
        "Уважаемые родители, ученики и коллеги! Новости, чаты классов и ссылки на уроки теперь здесь, на портале школы.",
    ),
    (
        24,
        12,
        "Расписание звонков с понедельника: первый урок в 8:30, перемены по 15 минут после второго и третьего уроков.",
    ),
    (21, 15, "В субботу в 10:00 субботник на школьном дворе. Перчатки и инвентарь выдаст завхоз у центрального входа."),
    (
        17,
        10,
        "Школьный этап всероссийской олимпиады начинается на этой неделе. График по предметам — у классных руководителей.",
    ),
    (14, 16, "Столовая просит до пятницы сообщить классному руководителю об аллергии и особенностях питания."),
    (
        11,
        11,
        "Родительские собрания 1–4 классов — в среду в 18:00, 5–11 классов — в четверг в 18:00, в своих кабинетах.",
    ),
    (
        8,
        9,
        "Школа никогда не просит код из СМС. Получили такую просьбу — сообщите классному руководителю.",
    ),
    (5, 13, "Фотографирование классов во вторник и среду. Расписание — на стенде у учительской."),
    (2, 17, "Кружки и секции: запись открыта до конца месяца. Шахматы, хор, театр, робототехника — бесплатно."),
    (0, 8, "Завтра учебная эвакуация в 10:40. Просим взрослых не занимать проезд у главных ворот."),
)
STAFF = (
    (26, 8, "Коллеги, проверьте списки своих классов до среды. О неточностях пишите администратору портала."),
    (19, 14, "Педсовет во вторник в 15:00, актовый зал. Повестка: итоги первого месяца, подготовка к олимпиадам."),
    (12, 9, "Дежурство по школе на следующие две недели — в учительской на стенде."),
    (6, 15, "Классным руководителям: не все родители вступили в чаты. Раздайте листы с QR-кодом на собрании."),
    (1, 10, "Замены на завтра — у секретаря. Отчётов об использовании портала сдавать не нужно: он считает сам."),
)
MISTAKE = (4, 12, "Завтра занятий не будет.")


def publish_posts(stage: Stage) -> None:
    """Posts of the administrator; one was corrected and one recalled. Those who have looked in have read them."""
    channels = {channel.kind: channel for channel in Channel.objects.filter(school=stage.school)}
    wide = [
        _publish(stage, channels[ChannelKind.SCHOOL_WIDE], *post)
        for post in (*SCHOOL_WIDE[:8], MISTAKE, *SCHOOL_WIDE[8:])
    ]
    staff = [_publish(stage, channels[ChannelKind.STAFF], *post) for post in STAFF]
    services.recall_post(by=stage.administrator, post=wide[8])
    corrected = SCHOOL_WIDE[5][2].replace("18:00, 5–11", "17:30, 5–11")
    services.edit_post(by=stage.administrator, post=wide[5], text=corrected)
    _read(stage, staff, [person for kind in stage.staff.values() for person in kind])
    _read(stage, wide, list(Person.objects.filter(school=stage.school, user__isnull=False).order_by("pk")))


def _publish(stage: Stage, channel: Channel, days: int, hour: int, text: str) -> Post:
    at = timezone.localtime() - dt.timedelta(days=days)
    at = min(at.replace(hour=hour, minute=stage.random.randrange(60)), timezone.localtime())
    return services.publish_post(by=stage.administrator, channel=channel, text=text, at=at)


def _read(stage: Stage, posts: list[Post], people: list[Person]) -> None:
    users = User.objects.in_bulk([person.user_id for person in people if person.user_id])
    for person in people:
        user = users.get(person.user_id or 0)
        seen = [post.seq for post in posts if user and user.last_seen_at and post.published_at < user.last_seen_at]
        if stage.sign_in_of(person):  # whom a visitor signs in as: he finds the last two new
            seen = [post.seq for post in posts[:-2]]
        if user and seen and (stage.by_chance(0.8) or stage.sign_in_of(person)):
            services.note_read(by=user, channel=posts[0].channel, seq=seen[-1])
