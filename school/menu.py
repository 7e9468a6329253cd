"""The menu asks here which school the visitor is in and what he may open there."""

from django.http import HttpRequest

from sferum_portal.navigation import Doorkeeper, Item

from .current import current_school
from .rights import holds_any


class SchoolDoorkeeper(Doorkeeper):
    def school_id(self, request: HttpRequest) -> int | None:
        school = current_school(request)
        return school.pk if school else None

    def may_open(self, request: HttpRequest, item: Item) -> bool:
        """A line with rights needs one of them, or all where it says so."""
        school = current_school(request)
        rights = item.rights.split()
        if item.all_rights:
            return all(holds_any(request.user, [right], school) for right in rights)
        return not rights or holds_any(request.user, rights, school)
