"""The director's page put together: rows of the table, the map of the classes, the troubles."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from school.models import School, SchoolClass
from school.rights import RightDenied

from .attention import Trouble, troubles, view_of
from .counting import WHOLE, Table, count_people
from .figures import Row, level_of

FIGURES = ("view_statistics",)


@dataclass
class Board:
    """What the page shows; `whole` is False for a homeroom teacher, who sees his classes only."""

    school: School
    whole: bool
    counted_at: dt.datetime
    troubles: list[Trouble]
    total: Row
    rows: list[Row] = field(default_factory=list)

    @property
    def class_rows(self) -> list[Row]:
        return [row for row in self.rows if row.school_class]

    @property
    def parallels(self) -> list[tuple[int, list[Row]]]:
        """(parallel, its classes): the map of the school."""
        by_parallel = groupby(self.class_rows, key=lambda row: row.school_class.parallel or 0)  # type: ignore[union-attr]
        return [(parallel, list(rows)) for parallel, rows in by_parallel]


def make_board(user: User, school: School) -> Board:
    """Four queries, whatever the size of the school. Raises `RightDenied` for who may see no figures."""
    view = view_of(user, school)
    own = view.classes_of(FIGURES) if view else []
    if view is None or own == []:
        raise RightDenied(user, "view_statistics", school)
    whole, classes = own is None, view.classes if own is None else own
    chosen = SchoolClass.objects.taught().filter(school=school)
    table = count_people(school, chosen if whole else chosen.filter(pk__in=[item.pk for item in classes]), whole=whole)
    total = Row("school", _("The whole school"), figures=table.get(WHOLE, {}))
    rows = list(_rows(classes, table, whole=whole))
    return Board(school, whole, timezone.localtime(), troubles(view), total, rows)


def _rows(classes: list[SchoolClass], table: Table, *, whole: bool) -> Iterator[Row]:
    """Levels, parallels and classes in the order of reading; a parallel of one class has no line of its own."""
    for level, of_level in groupby(classes, key=lambda item: level_of(item.parallel or 0)):
        if whole:
            yield Row("level", str(level.label), figures=table.get(("level", int(level)), {}))
        for parallel, of_parallel in groupby(of_level, key=lambda item: item.parallel or 0):
            listed = list(of_parallel)
            if whole and len(listed) > 1:
                name = _("Parallel %(number)s") % {"number": parallel}
                yield Row("parallel", name, figures=table.get(("parallel", parallel), {}))
            for item in listed:
                yield Row("class", item.name, item, table.get(("class", item.pk), {}))
