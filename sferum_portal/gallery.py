"""Every component on one page, with made-up people: for those who build screens, on a development machine only."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

PAGES = ("400", "403", "403_csrf", "404", "429", "500", "ui/gallery_entrance")

PEOPLE = (
    {"name": "Абрамов Тимофей Ильич", "state": "joined", "phone": "+7 912 340-11-02", "age": 13, "adults": 2},
    {"name": "Бойко Алёна Сергеевна", "state": "invited", "phone": "+7 912 340-11-03", "age": 12, "adults": 1},
    {"name": "Гусейнова Лейла Рашидовна", "state": "listed", "phone": "—", "age": 13, "adults": 0},
    {"name": "Ёлкин Пётр Андреевич", "state": "joined", "phone": "+7 912 340-11-08", "age": 13, "adults": 2},
    {"name": "Жук Мария Павловна", "state": "annulled", "phone": "+7 912 340-11-09", "age": 14, "adults": 1},
    {"name": "О’Коннор Шон", "state": "joined", "phone": "+7 912 340-11-12", "age": 12, "adults": 1},
)

CHATS = (
    {"title": "Родители 7Б", "last": "Ольга Викторовна: Собрание в среду в 18:30, кабинет 214", "unread": 3},
    {"title": "Педагоги 7Б", "last": "Сергей Иванович: Контрольную перенесли на пятницу", "unread": 0},
    {"title": "Математика 7Б, группа 1", "last": "Задание на странице 84, номера 312–318", "unread": 12},
)

SHARES = (
    {"label": "5А", "part": 24, "whole": 27, "tone": "good"},
    {"label": "7Б", "part": 13, "whole": 30, "tone": "warn"},
    {"label": "10А", "part": 20, "whole": 25, "tone": ""},
    {"label": "11Б", "part": 0, "whole": 0, "tone": ""},
)


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Фамилия, имя и отчество", help_text="Как в личном деле.")
    phone = forms.CharField(
        label="Телефон", widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}), required=False
    )
    born = forms.DateField(label="Дата рождения", widget=forms.DateInput(attrs={"type": "date"}))
    school_class = forms.ChoiceField(label="Класс", choices=[("1", "7А"), ("2", "7Б")])
    kind = forms.ChoiceField(
        label="Кем приходится", choices=[("m", "Мать"), ("f", "Отец"), ("g", "Опекун")], widget=forms.RadioSelect
    )
    subjects = forms.MultipleChoiceField(
        label="Предметы",
        choices=[("a", "Алгебра"), ("g", "Геометрия")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(label="Примечание", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    order = forms.FileField(label="Приказ", help_text="PDF или снимок, до 10 МБ.", required=False)
    notify = forms.BooleanField(label="Сообщить классному руководителю", required=False)


class CodeForm(forms.Form):
    """The shape of the page where a code is entered."""

    code = forms.CharField(
        label="Код из СМС", widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"})
    )


@login_not_required
def gallery(request: HttpRequest, page: str = "") -> HttpResponse:
    """`/ui/` shows the components, `/ui/<page>/` an error page or the entrance; 404 in production."""
    if not settings.DEVELOPMENT or (page and page not in PAGES):
        raise Http404
    return render(request, f"{page or 'ui/gallery'}.html", _sample())


def _sample() -> dict[str, Any]:
    wrong = SampleForm({"name": "", "phone": "89", "born": "32.13", "school_class": "2"})
    return {
        "breadcrumbs": [("Школа № 3", "#"), ("Классы", "#")],
        "tabs": [
            {"label": "Ученики", "url": "#pupils", "current": True, "count": 28},
            {"label": "Родители", "url": "#parents", "current": False, "count": 41},
            {"label": "Педагоги", "url": "#teachers", "current": False},
        ],
        "people": PEOPLE,
        "chats": CHATS,
        "shares": SHARES,
        "form": SampleForm(prefix="fresh"),
        "wrong_form": wrong,
        "code_form": CodeForm(),
        "page_obj": Paginator(range(400), 20).page(7),
        "now": timezone.now(),
        "explanation": {
            "clause": "2.3",
            "label": "создать чат родителей класса",
            "roles": [{"label": "классный руководитель"}],
            "granted_by": ["Крылова Анна Юрьевна"],
        },
    }
