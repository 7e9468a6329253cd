"""Pages of the import: from the upload to the slips; what they say, what they cost."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from school.importing.making import make_plan
from school.importing.plan import Allowed
from school.models import ListImport, School
from school.services import imports
from tests import factories as f
from tests.school import imports as lists
from tests.school.files import NAME_AND_CLASS, PER_PUPIL, SIMPLE, delimited, xlsx

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]
BUDGET = 10


@pytest.fixture
def school() -> School:
    return f.make_school()


@pytest.fixture
def admin(school: School, as_: As) -> Client:
    return as_(f.administrator_of(school))


@pytest.fixture
def works(eager_tasks: None, django_capture_on_commit_callbacks: Any) -> Any:
    """Whatever is asked for inside is done by the worker at once."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def url(school: School, name: str, *args: int) -> str:
    return reverse(f"school:{name}", args=[school.pk, *args])


def upload(client: Client, school: School, content: bytes, name: str = "5А.csv") -> Any:
    return client.post(url(school, "new_import"), {"file": SimpleUploadedFile(name, content)}, follow=True)


def said(answer: Any) -> str:
    """The words of the page's main part."""
    main = answer.content.decode().partition("<main")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main))


def chosen(answer: Any) -> dict[str, str]:
    """What the form of the columns would send: the first option that is selected in each."""
    values = {}
    for name, options in re.findall(r'<select name="(column_\d+)"(.*?)</select>', answer.content.decode(), re.S):
        found = re.search(r'value="([^"]*)" selected', options)
        values[name] = found[1] if found else ""
    return values


def test_from_the_upload_to_the_slips(school: School, admin: Client, works: Any) -> None:
    page = upload(admin, school, delimited(PER_PUPIL, encoding="cp1251"), "контингент.csv")
    assert "Столбцы списка" in said(page)
    assert said(page).count("не читается") == 3
    assert "112-233" not in page.content.decode()
    columns = chosen(page)
    assert columns["column_0"] == "last_name"
    made = ListImport.objects.get()
    with works():
        page = admin.post(url(school, "import_columns", made.pk), {**columns, "create_missing": "on"}, follow=True)
    assert "Список проверяется" in said(page)  # the page was drawn before the worker came
    page = admin.get(url(school, "import", made.pk))
    assert "Что изменится" in said(page)
    assert "Зимин Олег Игоревич" in said(page)
    with works():
        admin.post(url(school, "apply_import", made.pk))
    page = admin.get(url(school, "import", made.pk))
    assert "Список применён" in said(page)
    assert "Сделать карточки" in said(page)
    school_class = school.classes.get(parallel=5, letter="А")
    slips = reverse("invites:slips", args=[school.pk, school_class.pk, "parent"])
    assert slips in page.content.decode()
    assert admin.get(slips).status_code == 200
    history = admin.get(url(school, "imports"))
    assert "Новые: 7" in said(history)
    undo = url(school, "undo_act", ListImport.objects.get().act_id)
    assert undo in history.content.decode()
    admin.post(undo, {"next": url(school, "imports")})
    assert "отменён" in said(admin.get(url(school, "imports")))
    page = admin.get(url(school, "import", made.pk))
    assert "Сделать карточки" not in said(page)


def test_after_a_list_of_the_staff_their_slips_are_offered(school: School, admin: Client) -> None:
    made = lists.run(school, [["ФИО", "Должность"], ["Воронова Ирина", "учитель"]])
    page = admin.get(url(school, "import", made.pk))
    slips = reverse("invites:staff_slips", args=[school.pk])
    assert "Карточки сотрудников" in said(page)
    assert slips in page.content.decode()
    assert admin.get(slips).status_code == 200
    no_people = lists.run(school, [["Класс"], ["9А"]])
    assert "Сделать карточки" not in said(admin.get(url(school, "import", no_people.pk)))


def test_a_pasted_table(school: School, admin: Client) -> None:
    text = "ФИО\tКласс\nЁлкин Пётр\t5А\n"
    page = admin.post(url(school, "new_import"), {"text": text}, follow=True)
    assert "вставленная таблица · 2 строки" in said(page)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Выберите файл или вставьте таблицу"),
        ({"text": "  \n "}, "Выберите файл или вставьте таблицу"),
        ({"text": ";;;"}, "В файле ничего нет"),
        ({"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04spoilt")}, "Файл повреждён"),
        ({"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4")}, "Это не таблица"),
    ],
)
def test_what_cannot_be_read_is_told_beside_the_field(
    school: School, admin: Client, data: dict[str, Any], words: str
) -> None:
    page = admin.post(url(school, "new_import"), data)
    assert words in said(page)
    assert 'aria-invalid="true"' in page.content.decode()
    assert not ListImport.objects.exists()


def test_columns_are_corrected_by_hand(school: School, admin: Client, works: Any) -> None:
    page = upload(admin, school, delimited([["Список"], ["Кто", "Группа"], ["Ёлкин Пётр", "5А"]]))
    assert "Заголовки не узнаны" in said(page)
    made = ListImport.objects.get()
    address = url(school, "import_columns", made.pk)
    assert "Укажите, в каком столбце ФИО" in said(admin.post(address, {"column_0": "", "column_1": "class_name"}))
    twice = admin.post(address, {"column_0": "full_name", "column_1": "full_name"})
    assert "одно и то же значение" in said(twice)
    assert "не класс" in said(admin.post(address, {"column_0": "full_name", "class_name": "пятый"}))
    with works():
        admin.post(address, {"column_0": "full_name", "class_name": "5 «в»", "create_missing": "on"})
    made.refresh_from_db()
    assert (made.class_name, lists.some(made)) == ("5В", {"create": 2})


def test_the_kind_and_the_row_of_the_headings_may_be_others(school: School, admin: Client, works: Any) -> None:
    upload(admin, school, delimited([["ФИО", "Класс"], ["Имя сотрудника", "Группа"], ["Воронова Ирина", "5А"]]))
    made = ListImport.objects.get()
    address = url(school, "import_columns", made.pk)
    page = admin.get(address, {"kind": "staff", "header": "2"})
    assert "Имя сотрудника" in said(page)
    assert "Должность" in page.content.decode()
    data = {"kind": "staff", "header": "2", "column_0": "full_name", "column_1": "homeroom", "create_missing": "on"}
    with works():
        admin.post(address, data)
    made.refresh_from_db()
    assert (made.kind, made.header_at, made.total) == ("staff", 2, 1)
    assert admin.get(address, {"kind": "nonsense", "header": "99999"}).status_code == 200


def test_a_plan_without_changes_offers_nothing_to_apply(school: School, admin: Client) -> None:
    lists.run(school, SIMPLE)
    made = lists.plan(school, SIMPLE)
    page = admin.get(url(school, "import", made.pk))
    assert "Всё уже так" in said(page)
    assert url(school, "apply_import", made.pk) not in page.content.decode()
    closed = admin.post(url(school, "cancel_import", made.pk), follow=True)
    assert "ничего не изменено" in said(closed)


def test_every_tab_has_its_lines(school: School, admin: Client) -> None:
    lists.run(school, [["ФИО", "Класс"], ["Орлов Лев", "5А"], ["Жук Инна", "5А"]])
    made = lists.plan(school, [["ФИО", "Класс"], ["Орлов Лев", "5А"], ["Панов Ян", "5А"], ["Белов", "5А"]])
    for tab, who in [("create", "Панов Ян"), ("skip", "Орлов Лев"), ("error", "Белов"), ("missing", "Жук Инна")]:
        assert who in said(admin.get(url(school, "import", made.pk), {"tab": tab}))
    assert "Таких строк в списке нет" in said(admin.get(url(school, "import", made.pk), {"tab": "move"}))
    assert admin.get(url(school, "import", made.pk), {"tab": "nonsense"}).status_code == 200


def test_the_file_of_errors_is_safe_and_can_be_corrected_and_uploaded(school: School, admin: Client) -> None:
    f.make_class(school, "5А")
    rows = [["ФИО", "Телефон"], ["Орлов Лев", "=HYPERLINK(1)"], ["+Злой Иван", "@SUM"], ["-1", ""], ["Панов Ян", ""]]
    made = lists.plan(school, rows, class_name="5А")
    answer = admin.get(url(school, "import_errors", made.pk))
    content = b"".join(answer.streaming_content)
    lines = content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Строка;Фио;Телефон;Класс;Что исправить"
    assert "'=HYPERLINK(1)" in lines[1]
    assert ";'+Злой Иван;'@SUM;5А;" in lines[2]
    assert len(lines) == 4
    again = lists.plan(school, content.replace(b"'=HYPERLINK(1)", b"89161112233"), "ошибки.csv")
    assert "Орлов Лев" in lists.reasons(again, "create")


def test_an_xlsx_of_formulas_that_people_typed_is_neutralised_too(school: School, admin: Client) -> None:
    made = lists.plan(
        school, xlsx(("5А", [["ФИО", "Телефон"], ["Орлов", "'=1+1"], ["=cmd|' /C calc'!A0", ""]])), "5А.xlsx"
    )
    lines = b"".join(admin.get(url(school, "import_errors", made.pk)).streaming_content).decode("utf-8-sig")
    cells = [cell.strip('"') for line in lines.splitlines()[1:] for cell in line.split(";")]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_the_progress_is_asked_for_and_then_the_page_is_loaded_anew(school: School, admin: Client) -> None:
    made = lists.uploaded(school, SIMPLE)
    imports.check_list(by=f.administrator_of(school), list_import=made, columns=imports.columns_of(made))
    page = admin.get(url(school, "import", made.pk))
    assert f'hx-get="{url(school, "import_progress", made.pk)}"' in page.content.decode()
    ListImport.objects.update(done=2)
    assert "Прочитано строк: 2 из 4" in admin.get(url(school, "import_progress", made.pk)).content.decode()
    assert admin.get(url(school, "import_columns", made.pk)).status_code == 302
    ListImport.objects.update(state="planned")
    assert admin.get(url(school, "import_progress", made.pk)).headers["HX-Refresh"] == "true"


def test_a_list_whose_file_has_gone_says_so(school: School, admin: Client) -> None:
    made = lists.uploaded(school, SIMPLE)
    made.file.storage.delete(made.file.name)
    page = admin.get(url(school, "import_columns", made.pk), follow=True)
    assert "Список уже не хранится" in said(page)


def test_a_list_of_another_school_is_a_404(school: School, admin: Client) -> None:
    made = lists.checked(lists.uploaded(f.make_school(), SIMPLE))
    for name in ("import", "import_columns", "import_progress", "import_errors"):
        assert admin.get(url(school, name, made.pk)).status_code == 404
    for name in ("apply_import", "cancel_import"):
        assert admin.post(url(school, name, made.pk)).status_code == 404


def test_there_is_a_way_to_it(school: School, admin: Client) -> None:
    assert url(school, "imports") in admin.get(url(school, "home")).content.decode()
    assert url(school, "new_import") in admin.get(url(school, "people")).content.decode()


# --- what it costs ---------------------------------------------------------------------------------------------------------


def people_of(count: int) -> list[list[str]]:
    letters = "абвгдежзик"
    names = ["Фамилия" + "".join(letters[int(digit)] for digit in str(number)) for number in range(count)]
    header = ["ФИО", "Класс", "ФИО родителя", "Тип представителя", "Телефон"]
    return [header, *([f"{name} Иван", "5А", f"{name} Пётр", "отец", f"8916{n:07d}"] for n, name in enumerate(names))]


def queries_of(act: Callable[[], Any]) -> int:
    act()  # the first request notes when the user was seen, and where
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_a_plan_costs_the_same_for_a_few_and_for_many(school: School) -> None:
    def cost(rows: int) -> int:
        made = lists.uploaded(school, people_of(rows))
        sheets, columns = imports.sheets_of(made), imports.columns_of(made)
        allowed = Allowed(classes=True)
        return queries_of(lambda: make_plan(school, sheets, columns, name="", allowed=allowed)[0].lines())

    few, many = cost(3), cost(300)
    lists.run(school, people_of(300))
    assert few == many == cost(300)


@pytest.mark.parametrize("name", ["imports", "new_import", "import", "import_columns", "import_progress"])
def test_a_page_costs_the_same_for_a_few_and_for_many(school: School, admin: Client, name: str) -> None:
    def cost(rows: int) -> int:
        made = lists.uploaded(school, people_of(rows))
        lists.checked(made)
        args = [] if name in ("imports", "new_import") else [made.pk]
        if name == "import_progress":
            ListImport.objects.filter(pk=made.pk).update(state="planning")
        return queries_of(lambda: admin.get(url(school, name, *args)))

    few, many = cost(3), cost(300)
    for _ in range(5):
        lists.uploaded(school, NAME_AND_CLASS)
    assert few == many == cost(3)
    assert many <= BUDGET


def test_the_page_of_what_was_applied_costs_the_same_for_one_class_and_for_many(school: School, admin: Client) -> None:
    def cost(rows: list[list[str]]) -> int:
        made = lists.run(school, rows)
        return queries_of(lambda: admin.get(url(school, "import", made.pk)))

    few = cost([["ФИО", "Класс"], ["Орлов Лев", "5А"]])
    many = cost([["ФИО", "Класс"], *([f"Панов{'а' * n} Ян", f"{n + 1}Б"] for n in range(11))])
    assert few == many <= BUDGET
