"""Schools, classes and study groups over the API."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from ..models import Homeroom, School, SchoolClass, StudyGroup
from ..rights import require
from ..services import schools, structure
from .base import InSchool, actor, seen, validated


class SchoolSerializer(serializers.ModelSerializer):
    class Meta:
        model = School
        fields = ["id", *sorted(schools.EDITABLE)]


class ClassSerializer(serializers.ModelSerializer):
    homeroom = serializers.SerializerMethodField(help_text="The name of the homeroom teacher, or null.")

    class Meta:
        model = SchoolClass
        fields = ["id", "school", "kind", "name", "parallel", "letter", "archived_at", "homeroom"]
        read_only_fields = ["school", "kind", "archived_at"]
        extra_kwargs = {"parallel": {"required": True, "allow_null": False}, "letter": {"required": True}}
        validators: list[Any] = []  # the service answers for the name that is taken

    def get_homeroom(self, school_class: SchoolClass) -> str | None:
        found = school_class.leads if hasattr(school_class, "leads") else school_class.homerooms.active()
        return next((fact.person.full_name for fact in found), None)


class StudyGroupSerializer(serializers.ModelSerializer):
    subject = serializers.CharField(max_length=100, source="subject.name")

    class Meta:
        model = StudyGroup
        fields = ["id", "school_class", "subject", "part"]
        read_only_fields = ["school_class"]


def with_homeroom(classes: QuerySet[SchoolClass]) -> QuerySet[SchoolClass]:
    leads = Homeroom.objects.active().select_related("person")
    return classes.prefetch_related(Prefetch("homerooms", leads, to_attr="leads"))


class SchoolsView(generics.ListAPIView):
    """The schools in which I am a person."""

    serializer_class = SchoolSerializer

    def get_queryset(self) -> QuerySet[School]:
        return School.objects.visible_to(actor(self.request)).order_by("pk")


class SchoolView(generics.GenericAPIView):
    serializer_class = SchoolSerializer

    def get(self, request: Request, pk: int) -> Response:
        """The school's information and settings."""
        return Response(SchoolSerializer(self._school(request, pk)).data)

    def patch(self, request: Request, pk: int) -> Response:
        """Edit them (2.1)."""
        school = self._school(request, pk)
        require(request.user, "manage_school", school)
        changes = validated(self, SchoolSerializer, partial=True)
        return Response(SchoolSerializer(schools.update_school(by=actor(request), school=school, **changes)).data)

    def _school(self, request: Request, pk: int) -> School:
        return generics.get_object_or_404(School.objects.visible_to(actor(request)), pk=pk)


class ClassesView(InSchool, generics.ListAPIView):
    """The classes that I see, without the archive."""

    serializer_class = ClassSerializer

    def get_queryset(self) -> QuerySet[SchoolClass]:
        return with_homeroom(self.rows(SchoolClass).filter(archived_at__isnull=True)).order_by(
            "parallel", "letter_key", "pk"
        )

    @extend_schema(responses={201: ClassSerializer})
    def post(self, request: Request, school_id: int) -> Response:
        """A new class of the current year (2.1)."""
        require(request.user, "manage_structure", self.school)
        made = structure.create_class(by=actor(request), school=self.school, **validated(self, ClassSerializer))
        return Response(ClassSerializer(made).data, status=status.HTTP_201_CREATED)


class ClassView(generics.GenericAPIView):
    serializer_class = ClassSerializer

    def get(self, request: Request, pk: int) -> Response:
        """A class."""
        return Response(ClassSerializer(seen(request, SchoolClass, pk)).data)

    def patch(self, request: Request, pk: int) -> Response:
        """Correct the parallel or the letter (2.1); people, chats and invites stay."""
        school_class = seen(request, SchoolClass, pk)
        require(request.user, "manage_structure", school_class.school)
        name = {"parallel": school_class.parallel, "letter": school_class.letter}
        name |= validated(self, ClassSerializer, partial=True)
        changed = structure.rename_class(by=actor(request), school_class=school_class, **name)
        return Response(ClassSerializer(changed).data)


class ArchiveView(generics.GenericAPIView):
    serializer_class = ClassSerializer

    @extend_schema(request=None)
    def post(self, request: Request, pk: int) -> Response:
        """Put the class away; it must be empty (2.1)."""
        school_class = seen(request, SchoolClass, pk)
        structure.archive_class(by=actor(request), school_class=school_class)
        return Response(ClassSerializer(school_class).data)


class StudyGroupsView(generics.GenericAPIView):
    serializer_class = StudyGroupSerializer
    pagination_class = None

    @extend_schema(responses=StudyGroupSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """What is taught in the class: the whole of it, or parts."""
        groups = StudyGroup.objects.filter(school_class=seen(request, SchoolClass, pk)).select_related("subject")
        return Response(StudyGroupSerializer(groups, many=True).data)

    @extend_schema(responses={201: StudyGroupSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Add a subject to the class, or a part of the class for a subject; the one that is there is returned (2.1)."""
        school_class = seen(request, SchoolClass, pk)
        for codename in ("manage_staff", "manage_structure"):
            require(request.user, codename, school_class.school)
        data = validated(self, StudyGroupSerializer)
        subject = structure.add_subject(by=actor(request), school=school_class.school, name=data["subject"]["name"])
        part = data.get("part", "")
        group = structure.create_study_group(by=actor(request), school_class=school_class, subject=subject, part=part)
        return Response(StudyGroupSerializer(group).data, status=status.HTTP_201_CREATED)
