"""Files as answers: a document with a telling, harmless name."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from flask import Response

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9.]+")


@dataclass(frozen=True, slots=True)
class Document:
    """A file to keep, and the parts that its name is joined from."""

    body: bytes
    name_parts: tuple[str, ...]
    content_type: ClassVar[str]
    suffix: ClassVar[str]

    @property
    def file_name(self) -> str:
        """A name for any file system; what it cannot carry stands as hyphens."""
        plain = (_UNSAFE.sub("-", part).strip("-.") for part in self.name_parts)
        return f"{'-'.join(filter(None, plain))}.{self.suffix}"


class Pdf(Document):
    """A printed document."""

    content_type = "application/pdf"
    suffix = "pdf"


class TlogProof(Document):
    """The proof of an entry, as text (c2sp.org/tlog-proof)."""

    content_type = "text/plain; charset=utf-8"
    suffix = "tlog-proof"


def attached(document: Document) -> Response:
    """Answer with a document to keep."""
    response = Response(document.body, content_type=document.content_type)
    name = document.file_name
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def describe_download(read: dict[str, Any], gives: type[Document]) -> dict[str, Any]:
    """Describe an address that reads as one that gives a document."""
    media_type = gives.content_type.partition(";")[0]
    headers = {
        **read["responses"]["200"]["headers"],
        "Content-Disposition": {
            "description": "An attachment with its file name.",
            "required": True,
            "schema": {"type": "string"},
        },
    }
    file = {
        "description": "The document.",
        "headers": headers,
        "content": {media_type: {"schema": {"type": "string", "format": "binary"}}},
    }
    return {**read, "responses": {**read["responses"], "200": file}}
