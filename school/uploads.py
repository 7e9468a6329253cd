"""What an uploaded file really is: its first bytes decide, not its name."""

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

_SIGNATURES = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
CONTENT_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}
LARGEST = 10 * 1024 * 1024


def kind_of(file: File) -> str:
    """ "pdf", "png", "jpg", or "" for anything else. The file is left at its beginning."""
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    return next((kind for kind, signature in _SIGNATURES.items() if head.startswith(signature)), "")


def check_scan(file: File) -> None:
    """Raise ValidationError unless the file is a PDF or a picture of at most 10 MB."""
    if file.size > LARGEST:
        raise ValidationError(_("The file is larger than 10 MB."), code="too_large")
    if not kind_of(file):
        raise ValidationError(_("This is not a PDF, a JPEG or a PNG."), code="wrong_type")
