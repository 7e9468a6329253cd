"""The event log: append-only, written in the transaction of what it tells of."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .organisation import School


class EventKind(models.IntegerChoices):
    """What happened. A number is never reused: old rows keep their meaning."""

    SCHOOL_REGISTERED = 101, _("school registered")
    SCHOOL_CHANGED = 102, _("school's information changed")
    REGISTRATION_REJECTED = 103, _("registration refused")
    CLASS_CREATED = 201, _("class created")
    CLASS_CHANGED = 202, _("class changed")
    CLASS_ARCHIVED = 203, _("class archived")
    CLASS_RESTORED = 204, _("class taken out of the archive")
    STUDY_GROUP_CREATED = 211, _("study group created")
    STUDY_GROUP_CHANGED = 212, _("study group changed")
    SUBJECT_CREATED = 221, _("subject created")
    PERSON_ADDED = 301, _("person added")
    PERSON_CHANGED = 302, _("person changed")
    PERSON_REMOVED = 303, _("person left the school")
    PERSON_JOINED = 304, _("person joined")
    ROLE_CHANGED = 305, _("role changed")
    PUPIL_ENROLLED = 311, _("pupil enrolled")
    PUPIL_MOVED = 312, _("pupil moved")
    PUPIL_GRADUATED = 313, _("pupil graduated")
    PUPIL_REPEATS = 314, _("pupil repeats the year")
    GUARDIAN_ADDED = 321, _("parent linked")
    GUARDIAN_REMOVED = 322, _("parent unlinked")
    ACTIVIST_CHANGED = 323, _("activists changed")
    POSITION_STARTED = 331, _("position given")
    POSITION_ENDED = 332, _("position ended")
    ADMINISTRATOR_APPOINTED = 333, _("administrator appointed")
    ADMINISTRATOR_DISMISSED = 334, _("administrator dismissed")
    HOMEROOM_ASSIGNED = 341, _("homeroom teacher assigned")
    HOMEROOM_ENDED = 342, _("homeroom teacher released")
    TEACHING_ASSIGNED = 351, _("subject teacher assigned")
    TEACHING_ENDED = 352, _("subject teacher released")
    VERIFICATION_ASKED = 361, _("confirmation asked")
    VERIFICATION_CONFIRMED = 362, _("teacher's status confirmed")
    VERIFICATION_REJECTED = 363, _("teacher's status refused")
    MOVEMENT_CARRIED_OUT = 371, _("movement carried out")
    MOVEMENT_UNDONE = 372, _("movement undone")
    LIST_IMPORTED = 381, _("list imported")
    IMPORT_UNDONE = 382, _("import undone")
    YEAR_ROLLED_OVER = 391, _("new school year begun")
    ROLLOVER_UNDONE = 392, _("new school year undone")
    RIGHT_CHANGED = 401, _("table of rights changed")
    RIGHT_GRANTED = 402, _("temporary right granted")
    RIGHT_ENDED = 403, _("temporary right ended")
    ACT_PROPOSED = 411, _("act waits for a second administrator")
    ACT_APPROVED = 412, _("act approved by a second administrator")
    ACT_CANCELLED = 413, _("act cancelled")
    ACT_CARRIED_OUT = 414, _("act carried out after its delay")
    ACT_FAILED = 415, _("act not carried out after its delay")
    INVITE_CREATED = 501, _("invite created")
    INVITE_REDEEMED = 502, _("invite used")
    INVITE_ANNULLED = 503, _("invite annulled")
    INVITE_EXPIRED = 504, _("invite expired")
    SLIPS_PRINTED = 505, _("slips printed")
    JOIN_REQUESTED = 511, _("join request made")
    JOIN_APPROVED = 512, _("join request approved")
    JOIN_REJECTED = 513, _("join request refused")
    JOIN_WITHDRAWN = 514, _("join request withdrawn")
    CHAT_CREATED = 601, _("chat created")
    CHAT_CHANGED = 602, _("chat changed")
    CHAT_ARCHIVED = 603, _("chat archived")
    CHAT_LEFT = 604, _("chat left")
    CHAT_MEMBERS_CHANGED = 605, _("chat members changed")
    CHAT_FROZEN = 606, _("chat became read-only")
    MESSAGE_DELETED = 611, _("message deleted by a moderator")
    POST_PUBLISHED = 701, _("post published")
    POST_CHANGED = 702, _("post changed")
    POST_RECALLED = 703, _("post recalled")
    LOGIN_CREATED = 801, _("login created for a pupil")
    DATA_EXPORTED = 802, _("personal data exported")
    DOCUMENT_ADDED = 901, _("document added")
    DOCUMENT_CHANGED = 902, _("document changed")
    DOCUMENT_AGREED = 903, _("document agreed with the Governing Council")
    DOCUMENT_APPROVED = 904, _("document approved by the director")
    DOCUMENT_REPEALED = 905, _("document repealed")
    DOCUMENT_ACKNOWLEDGED = 906, _("document acknowledged")
    DOCUMENT_REMINDED = 907, _("reminder to acknowledge a document")
    ORDER_NAMED = 908, _("order named for a right")


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: Any) -> "EventQuerySet":
        from ..querysets import rights_q

        return self.filter(rights_q(user, "view_events", school="school_id"))


class Event(models.Model):
    """One line of the log. `actor` is None for what the schedule did.

    The keys have no database constraint: a line outlives what it tells of, and is never updated (a trigger refuses).
    """

    school = models.ForeignKey(
        School, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="events"
    )
    kind = models.PositiveSmallIntegerField(choices=EventKind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    actor_name = models.CharField(max_length=200, blank=True)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    subject_name = models.CharField(max_length=300)
    person_id = models.BigIntegerField(null=True)
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        ordering = ["-at", "-pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["school", "-at"], name="events_of_a_school"),
            models.Index(fields=["school", "person_id", "-at"], name="events_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject_name}"

    def delete(self, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError("the event log is append-only")
