"""Files as answers: a PDF with a telling, harmless name."""

import re
from dataclasses import dataclass
from typing import Any, Final

from flask import Response

_PDF: Final = "application/pdf"
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9.]+")
_FILE: Final = {
    "description": "The document.",
    "headers": {
        "Content-Disposition": {
            "description": "An attachment with its file name.",
            "schema": {"type": "string"},
        }
    },
    "content": {_PDF: {"schema": {"type": "string", "format": "binary"}}},
}


@dataclass(frozen=True, slots=True)
class Pdf:
    """A printed document, and the parts that its file name is joined from."""

    body: bytes
    name_parts: tuple[str, ...]

    @property
    def file_name(self) -> str:
        """A name for any file system; what it cannot carry stands as hyphens."""
        plain = (_UNSAFE.sub("-", part).strip("-.") for part in self.name_parts)
        return f"{'-'.join(filter(None, plain))}.pdf"


def attached(pdf: Pdf) -> Response:
    """Answer with a document to keep."""
    response = Response(pdf.body, content_type=_PDF)
    response.headers.set("Content-Disposition", "attachment", filename=pdf.file_name)
    return response


def describe_download(read: dict[str, Any]) -> dict[str, Any]:
    """Describe an address that reads as one that gives a document."""
    return {**read, "responses": {**read["responses"], "200": _FILE}}
