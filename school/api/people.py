"""People of a school over the API: found, read, added, corrected, removed."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.phones import normalize_phone

from ..models import Enrolment, Guardianship, Movement, Person, SchoolClass, StaffPosition
from ..querysets import PersonQuerySet
from ..rights import require
from ..services import movements, people
from ..services.roster import ADMINISTRATOR_KINDS
from ..text import ids_in
from .base import InSchool, OrderSerializer, actor, seen, validated

_NAMES = ["last_name", "first_name", "patronymic"]
_CONTACTS = ["birth_date", "phone", "email", "file_number"]
EMPLOYABLE = [(kind.value, kind.label) for kind in StaffPosition.Kind if kind not in ADMINISTRATOR_KINDS]


class ContactsSerializer(serializers.ModelSerializer):
    class Meta:
        model = Person
        fields = _CONTACTS


class PersonSerializer(serializers.ModelSerializer):
    """A person; `contacts` is null for those who need not know them."""

    joined = serializers.SerializerMethodField()
    contacts = serializers.SerializerMethodField()

    class Meta:
        model = Person
        fields = ["id", "school", *_NAMES, "full_name", "verification", "joined", "removed_at", "contacts"]

    def get_joined(self, person: Person) -> bool:
        return person.user_id is not None

    @extend_schema_field(ContactsSerializer(allow_null=True))
    def get_contacts(self, person: Person) -> dict[str, Any] | None:
        return ContactsSerializer(person).data if person.pk in self.context["open"] else None


class PersonInputSerializer(serializers.ModelSerializer):
    class Meta:
        model = Person
        fields = [*_NAMES, *_CONTACTS]

    def validate_phone(self, phone: str) -> str:
        return normalize_phone(phone) if phone else ""


class PupilInputSerializer(PersonInputSerializer, OrderSerializer):
    class Meta(PersonInputSerializer.Meta):
        fields = [*PersonInputSerializer.Meta.fields, "order_number", "order_date"]


class StaffInputSerializer(PersonInputSerializer):
    kind = serializers.ChoiceField(EMPLOYABLE)
    title = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)

    class Meta(PersonInputSerializer.Meta):
        fields = [*PersonInputSerializer.Meta.fields, "kind", "title"]


class RemovalSerializer(OrderSerializer):
    reason = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


def shown(request: Request, found: Person | list[Person]) -> Any:
    """The people as the user may see them: whose contacts are open is one question for all."""
    many = isinstance(found, list)
    ids = [person.pk for person in found] if isinstance(found, list) else [found.pk]
    opened = Person.objects.contacts_visible_to(actor(request)).filter(pk__in=ids).values_list("pk", flat=True)
    return PersonSerializer(found, many=many, context={"open": set(opened)}).data


class PeopleView(InSchool):
    serializer_class = PersonSerializer

    def get_queryset(self) -> PersonQuerySet:
        return self.rows(Person).present().order_by("last_name", "first_name", "patronymic", "pk")

    @extend_schema(
        operation_id="schools_people_list",
        parameters=[
            OpenApiParameter("search", str, description="Words of the name in any spelling or layout, or a phone."),
            OpenApiParameter("role", str, enum=["pupil", "parent", "staff"]),
            OpenApiParameter("school_class", int, description="The pupils of this class."),
        ],
        responses=PersonSerializer(many=True),
    )
    def get(self, request: Request, school_id: int) -> Response:
        """The people whom I see, by name."""
        found = self.get_queryset().search(request.query_params.get("search", "")[:100], asked_by=actor(request))
        page = self.paginate_queryset(self._filtered(found, request.query_params))
        return self.get_paginated_response(shown(request, list(page or [])))

    def _filtered(self, found: PersonQuerySet, asked: Any) -> PersonQuerySet:
        facts: dict[str, Any] = {
            "pupil": Enrolment.objects.active().values("person"),
            "parent": Guardianship.objects.active().values("guardian"),
            "staff": StaffPosition.objects.active().values("person"),
        }
        if (role := asked.get("role")) in facts:
            found = found.filter(pk__in=facts[role])
        if (school_class := asked.get("school_class", "")).isdecimal():
            here = {"school_class__in": ids_in([school_class]), "school": self.school}
            pupils_of = Enrolment.objects.active().filter(**here)
            found = found.filter(pk__in=pupils_of.values("person"))
        return found


class PersonView(generics.GenericAPIView):
    serializer_class = PersonSerializer

    def get(self, request: Request, pk: int) -> Response:
        """A person."""
        return Response(shown(request, seen(request, Person, pk)))

    @extend_schema(request=PersonInputSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Correct names and contacts (2.1)."""
        person = seen(request, Person, pk)
        require(request.user, "manage_people", person.school)
        changes = validated(self, PersonInputSerializer, partial=True)
        return Response(shown(request, people.edit_person(by=actor(request), person=person, **changes)))


class PupilsView(generics.GenericAPIView):
    serializer_class = PersonSerializer

    @extend_schema(request=PupilInputSerializer, responses={201: PersonSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """A new pupil of the class (2.1)."""
        school_class = seen(request, SchoolClass, pk)
        require(request.user, "manage_people", school_class.school)
        data = validated(self, PupilInputSerializer)
        order = {name: data.pop(name) for name in ("order_number", "order_date")}
        terms = {"newcomers": (data,), "to_class": school_class, "order": order}
        enrolled = movements.carry_out_movement(
            by=actor(request), school=school_class.school, kind=Movement.Kind.ENROLLED, **terms
        )
        return Response(shown(request, enrolled.movements.get().person), status=status.HTTP_201_CREATED)


class StaffView(InSchool):
    serializer_class = PersonSerializer

    @extend_schema(request=StaffInputSerializer, responses={201: PersonSerializer})
    def post(self, request: Request, school_id: int) -> Response:
        """A new member of the staff (2.1); administrators are appointed, not added."""
        require(request.user, "manage_staff", self.school)
        data = validated(self, StaffInputSerializer)
        terms = {"position": data.pop("kind"), "title": data.pop("title"), "newcomers": (data,)}
        hired = movements.carry_out_movement(by=actor(request), school=self.school, kind=Movement.Kind.HIRED, **terms)
        return Response(shown(request, hired.movements.get().person), status=status.HTTP_201_CREATED)


class RemoveView(generics.GenericAPIView):
    serializer_class = PersonSerializer

    @extend_schema(request=RemovalSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """The person leaves the school: every role ends today, the record stays (2.1)."""
        person = seen(request, Person, pk)
        order = validated(self, RemovalSerializer)
        movements.remove_from_school(by=actor(request), person=person, reason=order.pop("reason"), order=order)
        return Response(shown(request, person))
