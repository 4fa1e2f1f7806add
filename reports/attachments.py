"""Files inside a PDF, as they are: without compression, so that any tool finds them."""

from collections.abc import Mapping
from typing import Any

from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFName,
    PDFStream,
    PDFString,
)


def attach(canvas: Any, files: Mapping[str, bytes]) -> None:
    """Attach text files, by name, to the document that is drawn on a canvas."""
    document = canvas._doc  # noqa: SLF001 - ReportLab offers no other way to it
    names: list[Any] = []
    for name, content in sorted(files.items()):
        names += [PDFString(name), document.Reference(_file(document, name, content))]
    tree = PDFDictionary({"Names": PDFArray(names)})
    document.Catalog.Names = PDFDictionary({"EmbeddedFiles": tree})


def _file(document: Any, name: str, content: bytes) -> PDFDictionary:
    kind = {"Type": PDFName("EmbeddedFile")}
    stream = PDFStream(PDFDictionary(kind), content, filters=[])
    return PDFDictionary(
        {
            "Type": PDFName("Filespec"),
            "F": PDFString(name),
            "UF": PDFString(name),
            "EF": PDFDictionary({"F": document.Reference(stream)}),
        }
    )
