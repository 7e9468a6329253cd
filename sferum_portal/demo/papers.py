"""The school's documents: the regulation and the orders behind the rights, some of the staff acquainted (1.3, 2.1, 2.2).

Every text says that it is made up: nobody shall take it for the order of a real school.
"""

import datetime as dt

from accounts.models import User
from documents.models import Document, DocumentKind
from documents.services import deciding, reading, writing
from school.models import Person, StaffPosition
from school.services.orders import name_order

from .school_life import HOMEROOM_ORDER, ORDER
from .stage import Stage

MADE_UP = "Текст составлен автоматически для демонстрационной школы и не является документом."
Named = tuple[str, dt.date, str]  # number, date, title
IN_FORCE = dt.date(2025, 9, 1)
APPROVES = ("86-О", dt.date(2025, 8, 28), "Об утверждении Положения об использовании платформы «Сферум»")
ADMINISTRATORS: Named = (*ORDER.values(), "О назначении администраторов платформы «Сферум»")
HOMEROOMS: Named = (*HOMEROOM_ORDER.values(), "О распределении классного руководства")
USE = ("12-Р", dt.date(2025, 9, 1), "Об использовании платформы «Сферум» и учебного профиля")
REGULATION = ("1", dt.date(2025, 8, 20), "Положение об использовании платформы «Сферум» и учебного профиля")
TEXTS: dict[Named, str] = {
    APPROVES: "1. Утвердить Положение об использовании платформы «Сферум», согласованное с Управляющим советом.\n"
    "2. Ввести его в действие с 1 сентября.",
    ADMINISTRATORS: "1. Назначить администратора и дополнительных администраторов платформы из числа педагогов.\n"
    "2. Администраторам координировать использование платформы в школе.",
    HOMEROOMS: "1. Распределить классное руководство по классам согласно приложению.\n"
    "2. Администратору закрепить классных руководителей за классами на платформе.",
    USE: "1. Вести чаты классов и объявления школы только на платформе.\n"
    "2. Отчётов об использовании платформы с педагогов не требовать: показатели считает портал.",
    REGULATION: "1. Положение устанавливает единые требования по работе с платформой в школе.\n"
    "2. Администратор создаёт структуру школы, приглашает участников и рассматривает заявки.\n"
    "3. Классный руководитель создаёт чаты учеников и родителей своего класса.\n"
    "4. Родители вступают в чат класса по ссылке классного руководителя.",
}
NEW_WORDING = "5. Сообщения в вечернее время и в выходные дни отправляются без звука, кроме срочных."


def issue_documents(stage: Stage) -> None:
    """Four orders and the regulation in force; a new version of the regulation waits for the Governing Council."""
    director = User.objects.get(persons=stage.staff[StaffPosition.Kind.DIRECTOR][0])
    for named in (APPROVES, ADMINISTRATORS, HOMEROOMS):
        _approve(director, _draft(stage, DocumentKind.ORDER, named))
    use = _draft(stage, DocumentKind.DIRECTIVE, USE, asks_acknowledgement=True)
    regulation = _draft(stage, DocumentKind.REGULATION, REGULATION, for_everybody=True, asks_acknowledgement=True)
    by = stage.administrator
    deciding.agree_document(by=by, document=regulation, agreed_on=dt.date(2025, 8, 27), protocol="4")
    _approve(director, regulation, order_number=APPROVES[0], order_date=APPROVES[1])
    _approve(director, use)
    for document, share in ((use, 0.9), (regulation, 0.6)):
        _acknowledge(stage, document, share)
        reading.remind_staff(by=by, document=document)
    text = f"{TEXTS[REGULATION]}\n{NEW_WORDING}\n\n{MADE_UP}"
    writing.add_version(by=by, document=regulation, text=text, note="Добавлен пункт 5 о вечерних сообщениях")
    deputies = StaffPosition.objects.active().filter(school=stage.school, kind=StaffPosition.Kind.DEPUTY)
    name_order(by=director, fact=deputies.order_by("pk")[0], order_number="41-к", order_date=dt.date(2025, 8, 25))


def _draft(stage: Stage, kind: DocumentKind, named: Named, **marks: bool) -> Document:
    number, date, title = named
    text = f"{TEXTS[named]}\n\n{MADE_UP}"
    details = {"kind": kind, "number": number, "date": date, "title": title, "text": text}
    return writing.add_document(by=stage.administrator, school=stage.school, **details, **marks)  # type: ignore[arg-type]


def _approve(director: User, document: Document, **order: object) -> None:
    deciding.approve_document(by=director, document=document, in_force_from=IN_FORCE, **order)  # type: ignore[arg-type]


def _acknowledge(stage: Stage, document: Document, share: float) -> None:
    """Those whom a visitor signs in as have not: they see what waits for them."""
    people = [person.pk for people in stage.staff.values() for person in people]
    staff = Person.objects.filter(pk__in=people, verification=Person.Verification.VERIFIED)
    for person in staff.select_related("user").order_by("pk"):
        if person.user and stage.by_chance(share) and stage.sign_in_of(person) is None:
            reading.acknowledge_document(by=person.user, document=document)
