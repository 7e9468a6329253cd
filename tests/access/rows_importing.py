"""Import of lists: the history, a new list, and one on its way. Who does not keep the movement does not see a list."""

from typing import Any

from school.importing.lists import Columns
from school.models import ListImport
from school.services import import_work, imports
from tests import factories as f
from tests.access.matrix import ADMINISTRATORS, MEMBERS, Row, row
from tests.world import Place

LIST = "ФИО;Класс\nИмпортов Иван;7Б\n".encode()
NOT_ADMINISTRATORS = tuple(role for role in MEMBERS if role not in ADMINISTRATORS)


def prepare(place: Place) -> None:
    """A list whose columns are to be checked, one that is at work, and one that is checked."""
    by, school = f.administrator_of(place.school), place.school
    place.made["import"] = imports.upload_list(by=by, school=school, name="список.csv", content=LIST)
    for state in ("working", "checked"):
        made = imports.upload_list(by=by, school=school, name="список.csv", content=LIST)
        imports.check_list(by=by, list_import=made, columns=Columns(fields={"фио": "full_name", "класс": "class_name"}))
        place.made[f"import_{state}"] = made
    import_work.work_on(place.made["import_checked"].pk)


def of_school(place: Place) -> dict[str, Any]:
    return {"school_id": place.school.pk}


def of_import(name: str) -> Any:
    def args(place: Place) -> dict[str, Any]:
        made: ListImport = place.made[name]
        return {**of_school(place), "pk": made.pk}

    return args


def of_list(name: str, which: str, status: int = 200, **kwargs: Any) -> Row:
    statuses = {status: ADMINISTRATORS}
    return row(f"school:{name}", of_import(which), own=statuses, other_class=statuses, **kwargs)


ROWS = [
    row("school:imports", of_school, own={200: ADMINISTRATORS, 403: NOT_ADMINISTRATORS}),
    row("school:new_import", of_school, own={200: ADMINISTRATORS, 403: NOT_ADMINISTRATORS}),
    row(
        "school:new_import",
        of_school,
        method="post",
        data=lambda place: {"text": LIST.decode()},
        own={302: ADMINISTRATORS, 403: NOT_ADMINISTRATORS},
    ),
    of_list("import_columns", "import"),
    of_list("import", "import", 302),
    of_list("import", "import_checked"),
    of_list("import_progress", "import_working"),
    of_list("import_errors", "import_checked"),
    of_list("apply_import", "import_checked", 302, method="post"),
    of_list("cancel_import", "import", 302, method="post"),
]
