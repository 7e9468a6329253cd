"""The life of a list: rights, states, a killed worker, lists that changed meanwhile, what is left of it."""

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from school import tasks, undo
from school.errors import Refusal
from school.importing.lists import Columns
from school.models import Act, Event, EventKind, ImportLine, ListImport, RememberedColumns, School
from school.rights import RightDenied
from school.services import import_work, imports, people
from school.services.administrators import dismiss_administrator
from sferum_portal import request_context
from tests import factories as f
from tests.school import imports as lists
from tests.school.files import PER_PUPIL, SIMPLE, xlsx
from tests.world import make_additional_administrator

pytestmark = pytest.mark.django_db
State = ListImport.State


@pytest.fixture
def school() -> School:
    return f.make_school()


def files() -> list[Path]:
    return list((Path(settings.MEDIA_ROOT) / "imports").glob("*"))


@pytest.fixture(autouse=True)
def no_files_of_others() -> None:
    for path in files():
        path.unlink()


def refused(act: Any, **kwargs: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        act(**kwargs)
    return refusal.value.code


def test_only_who_keeps_the_movement_imports(school: School) -> None:
    teacher = f.user_of(f.make_staff(school))
    with pytest.raises(RightDenied):
        imports.upload_list(by=teacher, school=school, name="x.csv", content=b"a;b")
    made = lists.checked(lists.uploaded(school, SIMPLE))
    for act in (imports.ask_to_apply, imports.apply_import, imports.cancel_import):
        with pytest.raises(RightDenied):
            act(by=teacher, list_import=made)
    with pytest.raises(RightDenied):
        imports.check_list(by=teacher, list_import=made, columns=imports.columns_of(made))
    assert not ListImport.objects.visible_to(teacher).exists()


def test_the_file_is_private_and_goes_when_the_list_is_applied(
    school: School, django_capture_on_commit_callbacks: Any
) -> None:
    made = lists.uploaded(school, PER_PUPIL)
    (path,) = files()
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    lists.checked(made)
    with django_capture_on_commit_callbacks(execute=True):
        lists.applied(made)
    assert (files(), made.file.name) == ([], "")
    assert "12-3" not in str(ImportLine.objects.values_list("cells", "reason"))


def test_what_is_never_read_is_never_kept(school: School) -> None:
    made = lists.uploaded(school, xlsx(("Лист1", PER_PUPIL)), "5.xlsx")
    kept = str([[row.cells for row in sheet.rows] for sheet in imports.sheets_of(made)])
    assert "Зимина" in kept
    for secret in ("112-233-445", "9001 12345", "ул. Мира"):
        assert secret not in kept


def test_the_columns_are_remembered_for_lists_with_the_same_headings(school: School) -> None:
    table = [["Кто", "Группа", "Связь"], ["Ёлкин Пётр", "5А", "89161112233"]]
    made = lists.uploaded(school, table)
    assert made.columns == []
    lists.checked(made, fields={"кто": "full_name", "группа": "class_name"})
    again = lists.uploaded(school, [["Группа", "Кто", "Связь"], ["5А", "Орлов Лев", ""]])
    assert dict(again.columns) == {"кто": "full_name", "группа": "class_name"}
    assert RememberedColumns.objects.count() == 1
    assert lists.uploaded(f.make_school(), table).columns == []


def test_columns_that_name_nobody_or_name_twice_are_refused(school: School) -> None:
    made = lists.uploaded(school, SIMPLE)
    by = f.administrator_of(school)
    for fields, code in [
        ({"фамилия": "last_name"}, "columns_missing"),
        ({"фамилия": "last_name", "имя": "first_name", "отчество": "first_name"}, "column_twice"),
    ]:
        assert refused(imports.check_list, by=by, list_import=made, columns=Columns(fields=fields)) == code
    made.refresh_from_db()
    assert made.state == State.UPLOADED


def test_a_foreign_field_is_no_field(school: School) -> None:
    made = lists.checked(lists.uploaded(school, SIMPLE), fields={"фамилия": "full_name", "имя": "user_id"})
    assert dict(made.columns) == {"фамилия": "full_name"}


def test_nothing_is_written_where_nothing_changes(school: School) -> None:
    lists.run(school, SIMPLE)
    acts, events = Act.objects.count(), Event.objects.count()
    made = lists.run(school, SIMPLE)
    assert (made.state, made.act, Act.objects.count(), Event.objects.count()) == (State.APPLIED, None, acts, events)


def test_the_log_tells_who_what_and_how_much(school: School) -> None:
    made = lists.run(school, PER_PUPIL)
    event = Event.objects.get(kind=EventKind.LIST_IMPORTED)
    assert (event.actor, event.subject_id) == (f.administrator_of(school), made.pk)
    assert event.new == {"list": "ученики и родители", "added": 7, "changed": 0, "moved": 0}
    assert Event.objects.filter(school=school, kind=EventKind.PUPIL_ENROLLED).count() == 2
    assert Event.objects.filter(school=school, kind=EventKind.GUARDIAN_ADDED).count() == 3
    undo.undo(by=f.administrator_of(school), act=made.act)
    assert Event.objects.filter(kind=EventKind.IMPORT_UNDONE).count() == 1


def test_lists_that_changed_since_the_check_are_checked_again(school: School) -> None:
    made = lists.checked(lists.uploaded(school, SIMPLE))
    school_class = f.make_class(school, "6А")
    f.make_pupil(school_class, last_name="Белов", first_name="Иван", patronymic="Сергеевич")
    count = school.people.count()
    assert refused(lists.applied, list_import=made) == "lists_changed"
    assert school.people.count() == count

    by = f.administrator_of(school)
    imports.ask_to_apply(by=by, list_import=made)
    import_work.work_on(made.pk)
    made.refresh_from_db()
    assert made.state == State.PLANNED
    assert "Списки изменились" in made.message
    assert school.people.count() == count
    lists.applied(made)
    assert school.people.count() == count + 2


def test_a_list_is_applied_once(school: School) -> None:
    made = lists.run(school, SIMPLE)
    by = f.administrator_of(school)
    for act in (imports.apply_import, imports.ask_to_apply, imports.cancel_import):
        assert refused(act, by=by, list_import=made) == "already_applied"
    assert refused(imports.check_list, by=by, list_import=made, columns=imports.columns_of(made)) == "list_is_gone"


def test_a_list_at_work_waits(school: School) -> None:
    made = lists.checked(lists.uploaded(school, SIMPLE))
    by = f.administrator_of(school)
    imports.ask_to_apply(by=by, list_import=made)
    assert refused(imports.ask_to_apply, by=by, list_import=made) == "at_work"
    assert refused(imports.cancel_import, by=by, list_import=made) == "at_work"


def test_a_cancelled_list_leaves_nothing(school: School, django_capture_on_commit_callbacks: Any) -> None:
    made = lists.checked(lists.uploaded(school, SIMPLE))
    with django_capture_on_commit_callbacks(execute=True):
        imports.cancel_import(by=f.administrator_of(school), list_import=made)
    assert (files(), ListImport.objects.count(), ImportLine.objects.count()) == ([], 0, 0)
    assert refused(imports.ask_to_apply, by=f.administrator_of(school), list_import=made) == "cancelled"


def asked(school: School) -> ListImport:
    """A list that waits for the worker."""
    made = lists.uploaded(school, SIMPLE)
    imports.check_list(by=f.administrator_of(school), list_import=made, columns=imports.columns_of(made))
    return made


def test_a_killed_worker_is_followed_by_another(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    made = asked(school)

    class Killed(BaseException):
        pass

    def killed(*args: Any, **kwargs: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(import_work, "plan_of", killed)
        with pytest.raises(Killed):
            import_work.work_on(made.pk)
    assert import_work.take_up() == []  # its hand may still be on it
    import_work.work_on(made.pk)
    made.refresh_from_db()
    assert made.state == State.PLANNING
    ListImport.objects.update(beat_at=timezone.now() - import_work.SILENCE * 2)
    assert import_work.take_up() == [made.pk]
    import_work.work_on(made.pk)
    made.refresh_from_db()
    assert (made.state, made.done, made.total) == (State.PLANNED, 3, 3)
    import_work.work_on(made.pk)  # the task of the killed worker comes after all
    assert made.lines.count() == 3


def test_a_list_that_kills_every_worker_is_given_up(school: School) -> None:
    made = asked(school)
    ListImport.objects.update(attempts=import_work.ATTEMPTS)
    import_work.work_on(made.pk)
    made.refresh_from_db()
    assert (made.state, bool(made.message)) == (State.FAILED, True)
    lists.checked(made)
    assert made.state == State.PLANNED


def test_what_fails_on_our_side_is_said_and_writes_nothing(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    made = lists.checked(lists.uploaded(school, SIMPLE))
    imports.ask_to_apply(by=f.administrator_of(school), list_import=made)
    count = school.people.count()

    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr("school.services.import_writing.record_many", broken)
    import_work.work_on(made.pk)
    made.refresh_from_db()
    assert (made.state, school.people.count(), Act.objects.count()) == (State.FAILED, count, 0)
    assert "Ничего не изменено" in made.message


def test_the_worker_acts_with_the_rights_of_who_asked(school: School) -> None:
    person = make_additional_administrator(school)
    by = f.user_of(person)
    made = lists.checked(lists.uploaded(school, SIMPLE, by=by), by)
    imports.ask_to_apply(by=by, list_import=made)
    order: Any = {"order_number": "16", "order_date": dt.date(2025, 9, 1)}
    dismiss_administrator(by=f.administrator_of(school), person=person, **order)
    import_work.work_on(made.pk)
    made.refresh_from_db()
    assert made.state == State.FAILED
    assert not Act.objects.exists()


def test_the_log_names_the_request_in_which_it_was_asked_for(school: School) -> None:
    made = lists.checked(lists.uploaded(school, SIMPLE))
    with request_context.within(request_context.RequestContext("192.0.2.7", "request-1")):
        imports.ask_to_apply(by=f.administrator_of(school), list_import=made)
    import_work.work_on(made.pk)
    event = Event.objects.get(kind=EventKind.LIST_IMPORTED)
    assert (event.address, event.request_id) == ("192.0.2.7", "request-1")


def test_the_task_does_it_all(school: School, eager_tasks: None, django_capture_on_commit_callbacks: Any) -> None:
    made = lists.uploaded(school, SIMPLE)
    by = f.administrator_of(school)
    columns = imports.columns_of(made)
    columns.create_missing = True
    with django_capture_on_commit_callbacks(execute=True):
        imports.check_list(by=by, list_import=made, columns=columns)
    made.refresh_from_db()
    assert made.state == State.PLANNED
    with django_capture_on_commit_callbacks(execute=True):
        imports.ask_to_apply(by=by, list_import=made)
    made.refresh_from_db()
    assert (made.state, made.act is not None) == (State.APPLIED, True)


def test_the_sweeps_run_as_tasks(school: School) -> None:
    made = asked(school)
    tasks.take_up_imports()
    made.refresh_from_db()
    assert made.state == State.PLANNED
    assert tasks.clear_imports_away() == 0


def test_lists_go_after_a_day_and_lines_after_the_days_of_undoing(
    school: School, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        done = lists.run(school, SIMPLE)
    waiting, fresh = lists.checked(lists.uploaded(school, PER_PUPIL)), lists.uploaded(school, PER_PUPIL)
    now = timezone.now()
    ListImport.objects.filter(pk=waiting.pk).update(created_at=now - dt.timedelta(hours=25))
    ListImport.objects.filter(pk=done.pk).update(created_at=now - dt.timedelta(days=15))
    with django_capture_on_commit_callbacks(execute=True):
        assert import_work.clear_away() == 1
    assert set(ListImport.objects.values_list("pk", flat=True)) == {done.pk, fresh.pk}
    assert (len(files()), ImportLine.objects.count()) == (1, 0)


def test_a_file_without_its_row_goes_after_a_day(school: School) -> None:
    made = lists.uploaded(school, SIMPLE)
    ListImport.objects.all().delete()
    (path,) = files()
    import_work.clear_away()
    assert files() == [path]
    yesterday = timezone.now().timestamp() - 25 * 3600
    os.utime(path, (yesterday, yesterday))
    import_work.clear_away()
    assert files() == []
    assert refused(imports.sheets_of, list_import=made) == "list_is_gone"


def test_an_import_is_undone_only_while_it_stands_as_it_was(school: School) -> None:
    made = lists.run(school, SIMPLE)
    by: User = f.administrator_of(school)
    pupil = school.people.get(first_name="Лев")
    people.edit_person(by=by, person=pupil, phone="+79161112233")
    with pytest.raises(undo.UndoRefused) as kept:
        undo.undo(by=by, act=made.act)
    assert "Громов" in kept.value.obstacles[0]
    people.edit_person(by=by, person=pupil, phone="")
    undo.undo(by=by, act=made.act)
    assert not school.people.filter(first_name="Лев").exists()
