"""The scan of a version leaves the portal: always a download, as what it really is."""

import re

from django.http import FileResponse

from school.uploads import CONTENT_TYPES, kind_of

from .models import DocumentVersion


def scan_response(version: DocumentVersion) -> FileResponse:
    """The caller has asked whether the user may see this version."""
    kind = kind_of(version.file)
    name = re.sub(r"[^\w.-]+", "-", f"{version.document.number}-{version.document.title}").strip("-.")[:80]
    return FileResponse(
        version.file.open("rb"),
        as_attachment=True,
        filename=f"{name or version.document_id}.{kind or 'bin'}",
        content_type=CONTENT_TYPES.get(kind, "application/octet-stream"),
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"},
    )
