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
        """A line with rights needs one of them."""
        return not item.rights or holds_any(request.user, item.rights.split(), current_school(request))
