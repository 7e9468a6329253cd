"""Lists as schools have them, made by code: eight forms, in the encodings and formats in which they come."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook

Table = Sequence[Sequence[Any]]


def xlsx(*sheets: tuple[str, Table], merge: Sequence[str] = ()) -> bytes:
    """A workbook of these sheets; `merge` are the merged ranges of the first."""
    book = Workbook()
    book.remove(book.active)
    for title, table in sheets:
        sheet = book.create_sheet(title)
        for row in table:
            sheet.append(list(row))
    for area in merge:
        book.worksheets[0].merge_cells(area)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def delimited(table: Table, delimiter: str = ";", encoding: str = "utf-8-sig") -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(table)
    return stream.getvalue().encode(encoding)


PER_PARENT = [
    ["Муниципальное бюджетное общеобразовательное учреждение"],
    ["Сведения о представителях"],
    [],
    ["ФИО", "Пол", "Личное дело №", "ФИО представителя", "Тип представителя", "Телефон представителя"],
    ["Ёлкин Пётр Ильич", "М", "А-12", "Ёлкина Мария Павловна", "мать", "8 (916) 111-22-33"],
    ["Ёлкин Пётр Ильич", "М", "А-12", "Ёлкин Илья Олегович", "отец", "8 (916) 111-22-34"],
    ["Орлова Анна", "Ж", "О-7", "Орлова Вера Ивановна", "опекун", "+79161112235"],
]
PER_PUPIL = [
    [
        *("Фамилия ученика", "Имя ученика", "Отчество ученика", "Пол ученика", "Дата рождения ученика"),
        *("Номер личного дела", "Дата приема в школу", "Класс", "Дата зачисления/перевода", "Номер приказа"),
        *("Дата приказа", "Фамилия Родителя 1", "Имя Родителя 1", "Отчество Родителя 1", "Степень родства"),
        *("Телефон мобильный", "E-mail Родителя 1", "Фамилия Родителя 2", "Имя Родителя 2", "Отчество Родителя 2"),
        *("Степень родства", "Телефон мобильный", "E-mail Родителя 2", "СНИЛС", "Паспорт", "Адрес регистрации"),
    ],
    [
        *("Зимин", "Олег", "Игоревич", "м", "05.03.2013", "З-1", "01.09.2020", "5А", "01.09.2024", "31", "28.08.2024"),
        *("Зимина", "Ольга", "Петровна", "мать", "79161110001", "zimina@mail.ru"),
        *("Зимин", "Игорь", "Львович", "отец", "79161110002", "", "112-233-445 95", "9001 123456", "ул. Мира, 1"),
    ],
    [
        *("Жук", "Инна", "", "ж", "11.12.2012", "Ж-2", "01.09.2020", "5 «Б»", "01.09.2024", "31", "28.08.2024"),
        *("Жук", "Светлана", "Олеговна", "мать", "8-916-111-00-03", ""),
        *("", "", "", "", "", "", "112-233-445 96", "9001 123457", "ул. Мира, 2"),
    ],
]
SIMPLE = [
    ["Фамилия", "Имя", "Отчество", "Класс", "Дата рождения"],
    ["Белов", "Иван", "Сергеевич", "6а", "01.02.2012"],
    ["Белова", "Мария", "Сергеевна", "6-А", "03.04.2012"],
    ["Громов", "Лев", "Андреевич", "6 Б", "41000"],
]
NAME_AND_CLASS = [["ФИО", "Класс"], ["Ершов Кирилл Олегович", "8В"], ["Дьяконова Яна", "8В"]]
PARALLEL_AND_LETTER = [
    [
        *("параллель", "буква", "фамилия_ученика", "имя_ученика", "фамилия_родителя1", "имя_родителя1"),
        *("отчество_родителя1", "телефон_родителя1"),
    ],
    ["1", "А", "Абрамов", "Тимур", "Абрамова", "Лейла", "Руслановна", "9161110100"],
    ["1", "Б", "Власова", "Ева", "Власов", "Пётр", "Ильич", "9161110101"],
]
STAFF = [
    ["ФИО", "Должность", "Класс"],
    ["Воронова Ирина Юрьевна", "учитель математики", "5А"],
    ["Сидоров Павел Ильич", "Заместитель директора по УВР", ""],
    ["Котова Нина Львовна", "секретарь", ""],
]
STAFF_BY_SUBJECT = [
    ["ФИО", "Должность", "Предмет", "Класс", "Телефон"],
    ["Лебедева Ольга Ивановна", "учитель", "Физика", "7А, 7Б", "89161110200"],
    ["Лебедева Ольга Ивановна", "учитель", "Астрономия", "7Б", "89161110200"],
    ["Фомин Олег Ильич", "педагог доп. образования", "", "", "89161110201"],
]
CLASSES = [["Класс"], ["1А"], ["1Б"], ["10 Физмат"]]
TWO_LEVELS = [
    ["Список класса", "", "", "", "", "", ""],
    ["Ученик", "", "", "Мать", "", "Отец", ""],
    ["Фамилия", "Имя", "Дата рождения", "ФИО", "Телефон", "ФИО", "Телефон"],
    ["Панова", "Зоя", "02.02.2014", "Панова Алла Ильинична", "89161110300", "Панов Ян Ильич", "89161110301"],
]


@dataclass(frozen=True)
class Form:
    """A file, and how much of it is new in a school that has no people: classes that it names, people, ties."""

    name: str
    content: Callable[[], bytes]
    people: int
    ties: int = 0
    classes: str = ""


FORMS = [
    Form("4Г.xlsx", lambda: xlsx(("Лист1", PER_PARENT)), people=5, ties=3, classes="4Г"),
    Form("контингент.csv", lambda: delimited(PER_PUPIL, encoding="cp1251"), people=5, ties=3, classes="5А 5Б"),
    Form("список.csv", lambda: delimited(SIMPLE), people=3, classes="6А 6Б"),
    Form("список.txt", lambda: delimited(NAME_AND_CLASS, "\t", "utf-16"), people=2, classes="8В"),
    Form("выгрузка.csv", lambda: delimited(PARALLEL_AND_LETTER, ",", "utf-8"), people=4, ties=2, classes="1А 1Б"),
    Form("сотрудники.xlsx", lambda: xlsx(("Штат", STAFF)), people=3, classes="5А"),
    Form("предметники.csv", lambda: delimited(STAFF_BY_SUBJECT, encoding="cp1251"), people=2, classes="7А 7Б"),
    Form("классы.xlsx", lambda: xlsx(("Номенклатура", CLASSES)), people=0),
    Form("9 «А».xlsx", lambda: xlsx(("Лист1", TWO_LEVELS), merge=["A2:C2", "D2:E2"]), people=3, ties=2, classes="9А"),
]
