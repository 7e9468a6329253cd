"""The API of the documents: what the school's acts say, and «ознакомлен»."""

from typing import Any

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from school.api.base import InSchool, actor

from .files import scan_response
from .models import Document, DocumentKind, DocumentQuerySet, DocumentState
from .services.reading import acknowledge_document


class DocumentSerializer(serializers.ModelSerializer):
    """A document without its wording."""

    kind = serializers.ChoiceField(DocumentKind.choices)
    state = serializers.ChoiceField(DocumentState.choices)
    acknowledged_at = serializers.DateTimeField(
        allow_null=True, read_only=True, help_text="When I acknowledged the version in force."
    )

    class Meta:
        model = Document
        fields = [
            *("id", "school", "kind", "number", "date", "title", "state", "is_in_force"),
            *("in_force_from", "in_force_until", "order_number", "order_date", "agreed_on"),
            *("for_everybody", "asks_acknowledgement", "acknowledged_at"),
        ]
        read_only_fields = fields


class WordingSerializer(DocumentSerializer):
    """A document with the wording that was approved last; a draft that never was has none."""

    version = serializers.IntegerField(source="approved_version.number", default=None, allow_null=True, read_only=True)
    text = serializers.CharField(source="approved_version.text", default="", read_only=True)
    file = serializers.SerializerMethodField(help_text="Where the scan is, or null.")

    class Meta(DocumentSerializer.Meta):
        fields = [*DocumentSerializer.Meta.fields, "version", "text", "file"]

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_file(self, document: Document) -> str | None:
        version = document.approved_version
        return reverse("api:document_file", args=[document.pk]) if version and version.file else None


def _seen(request: Request, pk: int) -> Document:
    user = actor(request)
    documents = Document.objects.visible_to(user).select_related("school", "approved_version")
    document: Document = get_object_or_404(documents.with_mine(user), pk=pk)
    return document


class DocumentsView(InSchool, generics.ListAPIView):
    serializer_class = DocumentSerializer

    def get_queryset(self) -> DocumentQuerySet:
        rows: DocumentQuerySet = self.rows(Document)
        if getattr(self, "swagger_fake_view", False):
            return rows
        asked = self.request.query_params
        known = {"kind": DocumentKind.values, "state": DocumentState.values}
        wanted = {f"{name}__in": {asked[name]} & set(known[name]) for name in known if asked.get(name)}
        return rows.with_mine(actor(self.request)).filter(**wanted)

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", str, enum=DocumentKind.values),
            OpenApiParameter("state", str, enum=DocumentState.values),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The documents that I see, the latest first: what is in force, or all for those who keep them."""
        return super().get(request, *args, **kwargs)


class DocumentView(generics.GenericAPIView):
    serializer_class = WordingSerializer

    def get(self, request: Request, pk: int) -> Response:
        """A document and its wording."""
        return Response(WordingSerializer(_seen(request, pk)).data)


class AcknowledgeView(generics.GenericAPIView):
    serializer_class = WordingSerializer

    @extend_schema(request=None)
    def post(self, request: Request, pk: int) -> Response:
        """I have read the version in force (the staff only); a second time changes nothing."""
        acknowledge_document(by=actor(request), document=_seen(request, pk))
        return Response(WordingSerializer(_seen(request, pk)).data)


class DocumentFileView(generics.GenericAPIView):
    @extend_schema(responses={200: OpenApiResponse(OpenApiTypes.BINARY)})
    def get(self, request: Request, pk: int) -> FileResponse:
        """The scan of the version that was approved last."""
        document = _seen(request, pk)
        version = document.approved_version
        if version is None or not version.file:
            raise Http404
        version.document = document
        return scan_response(version)


urlpatterns = [
    path("schools/<int:school_id>/documents/", DocumentsView.as_view(), name="documents"),
    path("documents/<int:pk>/", DocumentView.as_view(), name="document"),
    path("documents/<int:pk>/file/", DocumentFileView.as_view(), name="document_file"),
    path("documents/<int:pk>/acknowledge/", AcknowledgeView.as_view(), name="acknowledge_document"),
]
