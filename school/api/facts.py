"""Facts about people over the API: who is in which class, whose parent, in which post, whose teacher.

A fact is never deleted: DELETE ends it today, the history stays (`?history=1`).
"""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from ..models import (
    Enrolment,
    Fact,
    Guardianship,
    Homeroom,
    Movement,
    Person,
    School,
    SchoolClass,
    StaffPosition,
    StudyGroup,
    Teaching,
)
from ..rights import require
from ..services import movements, people, staff
from ..text import ids_in
from .base import InSchool, OrderSerializer, Seen, actor, seen, validated

_DATES = ["starts_on", "ends_on"]
_ORDER = ["order_number", "order_date"]


class FactSerializer(serializers.ModelSerializer):
    person = Seen(queryset=Person.objects.all())
    person_name = serializers.CharField(source="person.full_name", read_only=True)


class EnrolmentSerializer(FactSerializer):
    school_class = Seen(queryset=SchoolClass.objects.all())

    class Meta:
        model = Enrolment
        fields = ["id", "person", "person_name", "school_class", *_DATES, *_ORDER]
        read_only_fields = _DATES
        validators: list[Any] = []


class GuardianshipSerializer(serializers.ModelSerializer):
    guardian = Seen(queryset=Person.objects.all())
    guardian_name = serializers.CharField(source="guardian.full_name", read_only=True)
    pupil = Seen(queryset=Person.objects.all())
    pupil_name = serializers.CharField(source="pupil.full_name", read_only=True)

    class Meta:
        model = Guardianship
        fields = ["id", "guardian", "guardian_name", "pupil", "pupil_name", "kind", *_DATES]
        read_only_fields = _DATES
        validators: list[Any] = []


class PositionSerializer(FactSerializer):
    class Meta:
        model = StaffPosition
        fields = ["id", "person", "person_name", "kind", "title", *_DATES, *_ORDER]
        read_only_fields = _DATES
        validators: list[Any] = []


class HomeroomSerializer(FactSerializer):
    school_class = Seen(queryset=SchoolClass.objects.all())
    replace = serializers.BooleanField(
        write_only=True, default=False, help_text="The class has a homeroom teacher: replace him."
    )

    class Meta:
        model = Homeroom
        fields = ["id", "person", "person_name", "school_class", "replace", *_DATES, *_ORDER]
        read_only_fields = _DATES
        validators: list[Any] = []


class TeachingSerializer(FactSerializer):
    study_group = Seen(queryset=StudyGroup.objects.all())

    class Meta:
        model = Teaching
        fields = ["id", "person", "person_name", "study_group", *_DATES, *_ORDER]
        read_only_fields = _DATES
        validators: list[Any] = []


class MoveSerializer(OrderSerializer):
    school_class = Seen(queryset=SchoolClass.objects.all())


def move_through_the_journal(
    request: Request, kind: Movement.Kind, person: Person, to_class: SchoolClass, order: dict[str, Any]
) -> Enrolment:
    """The movement of one pupil; returns the enrolment that it made."""
    where: dict[str, Any] = {"to_class": to_class, "order": order}
    movements.carry_out_movement(by=actor(request), school=to_class.school, kind=kind, people=[person], **where)
    fact: Enrolment = person.enrolments.active().get()
    return fact


class FactsView(InSchool, generics.ListAPIView):
    """GET: the facts of one kind about people whom I see; POST: a new one, by its service."""

    model: type[Fact]
    persons: tuple[str, ...] = ("person",)
    right = ""  # asked before the body is looked at; empty where it depends on the body

    def get_queryset(self) -> QuerySet[Fact]:
        rows = self.rows(self.model).select_related(*self.persons).order_by("-pk")
        asked = self.request.query_params if self.request else {}
        if asked.get("history") != "1":
            rows = rows.active()
        for name in (*self.persons, "school_class", "study_group"):
            if hasattr(self.model, name) and asked.get(name, "").isdecimal():
                rows = rows.filter(**{f"{name}__in": ids_in([asked[name]])})
        found: QuerySet[Fact] = rows
        return found

    @extend_schema(parameters=[OpenApiParameter("history", int, description="1: those that have ended too.")])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def post(self, request: Request, school_id: int) -> Response:
        if self.right:
            require(request.user, self.right, self.school)
        serializer: Any = self.get_serializer_class()
        fact = self.make(**validated(self, serializer))
        return Response(self.get_serializer(fact).data, status=status.HTTP_201_CREATED)

    def make(self, **data: Any) -> Fact:
        raise NotImplementedError


class FactView(generics.GenericAPIView):
    """DELETE ends an active fact."""

    model: type[Fact]
    related: tuple[str, ...] = ("person",)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        rows: Any = self.model.objects.visible_to(actor(request)).active()
        self.end(generics.get_object_or_404(rows.select_related("school", *self.related), pk=pk))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def end(self, fact: Any) -> None:
        raise NotImplementedError


class EnrolmentsView(FactsView):
    """Pupils in classes; POST enrols a person of the school who is in no class (2.1)."""

    model, serializer_class, right = Enrolment, EnrolmentSerializer, "manage_people"

    def make(self, **data: Any) -> Fact:
        person, school_class = data.pop("person"), data.pop("school_class")
        return move_through_the_journal(self.request, Movement.Kind.ENROLLED, person, school_class, data)


class MoveView(generics.GenericAPIView):
    serializer_class = EnrolmentSerializer
    school: School

    @extend_schema(request=MoveSerializer, responses={201: EnrolmentSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Move the pupil to another class: this enrolment ends, the answer is the new one (2.1)."""
        enrolment = seen(request, Enrolment, pk, ends_on__isnull=True)
        self.school = enrolment.school
        require(request.user, "manage_people", self.school)
        order = validated(self, MoveSerializer)
        to_class = order.pop("school_class")
        fact = move_through_the_journal(request, Movement.Kind.TRANSFERRED, enrolment.person, to_class, order)
        return Response(EnrolmentSerializer(fact).data, status=status.HTTP_201_CREATED)


class GuardianshipsView(FactsView):
    """Parents and their children; POST links a parent whom I see to a pupil (2.1, 2.3)."""

    model, serializer_class = Guardianship, GuardianshipSerializer
    persons = ("guardian", "pupil")

    def make(self, **data: Any) -> Fact:
        return people.add_guardian(by=actor(self.request), **data)


class GuardianshipView(FactView):
    model, serializer_class = Guardianship, GuardianshipSerializer
    related = ("guardian", "pupil")

    def end(self, fact: Guardianship) -> None:
        people.remove_guardian(by=actor(self.request), guardianship=fact)


class PositionsView(FactsView):
    """Posts of the staff; POST gives one, not that of an administrator (2.1)."""

    model, serializer_class, right = StaffPosition, PositionSerializer, "manage_staff"

    def make(self, **data: Any) -> Fact:
        data["kind"] = StaffPosition.Kind(data["kind"])
        return movements.give_position(by=actor(self.request), **data)


class PositionView(FactView):
    model, serializer_class = StaffPosition, PositionSerializer

    def end(self, fact: StaffPosition) -> None:
        movements.end_position(by=actor(self.request), position=fact)


class HomeroomsView(FactsView):
    """Homeroom teachers; POST assigns one (2.1)."""

    model, serializer_class, right = Homeroom, HomeroomSerializer, "manage_staff"

    def make(self, **data: Any) -> Fact:
        return staff.assign_homeroom(by=actor(self.request), **data)


class HomeroomView(FactView):
    model, serializer_class = Homeroom, HomeroomSerializer
    related = ("person", "school_class")

    def end(self, fact: Homeroom) -> None:
        staff.release_homeroom(by=actor(self.request), school_class=fact.school_class)


class TeachingsView(FactsView):
    """Teachers of study groups; POST lets one take a group (2.1)."""

    model, serializer_class, right = Teaching, TeachingSerializer, "manage_staff"

    def make(self, **data: Any) -> Fact:
        return staff.assign_teaching(by=actor(self.request), **data)


class TeachingView(FactView):
    model, serializer_class = Teaching, TeachingSerializer
    related = ("person", "study_group__school_class", "study_group__subject")

    def end(self, fact: Teaching) -> None:
        staff.release_teaching(by=actor(self.request), teaching=fact)
