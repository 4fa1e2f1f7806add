"""No text can stop, hide or restyle a report (P16-P18)."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from typing import Final, cast

import pytest
from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject

from inventory.reconciliation.figures import SignatureFigures
from reports import perpetual_ledger, reconciliation
from reports.fonts import BOLD, MONO, SANS, visible
from reports.ledger_data import PerpetualLedger, Signer
from reports.reconciliation import Reconciliation
from tests.reports import samples

HOSTILE: Final = (
    "lot <b>12",
    "</b></i></para>",
    "<para><font color='white'>gone</font></para>",
    '<font size="0.01">tiny</font>',
    '<font color="[[[getattr(pow, 1)]]]">x</font>',
    '<img src="http://192.0.2.1/x.png"/>',
    '<img src="/etc/hostname"/>',
    '<img src="data:image/png;base64,AAAA"/>',
    '<a href="javascript:alert(1)">x</a>',
    '<onDraw name="nothing" label="x"/>',
    "<super rise='900'>up</super>",
    "<br/><br/><br/>",
    "&lt;b&gt;",
    "&#0;",
    "&bogus;",
    "& && &amp",
    "]]>",
    "<![CDATA[x]]>",
    "<!-- hidden -->",
    "<?xml version='1.0'?>",
    "(unbalanced \\( ) \\) \\",
    "\\000\\777",
    "ET Q BT /F1 90 Tf 1 1 1 rg (x) Tj",
    ") Tj ET 1 1 1 rg (",
    "endstream endobj trailer",
    "%PDF-1.7 %%EOF",
    "%s %d %(x)s {0} {x}",
    "{{ 7*7 }} ${7*7}",
    "\x00",
    "\x07\x08\x1b[31m",
    "line\nline\r\nline",
    "tab\ttab",
    "\u2028\u2029",
    "\u202e0001-D\u202c",
    "\u2066isolated\u2069",
    "zero\u200bwidth\u200d\ufeff",
    "soft\u00adhyphen",
    "Z\u0336\u0335\u034fa\u0300\u0301\u0302lgo" * 20,
    "日本語の名前",
    "Ελληνικά Кириллица",
    "שלום عليكم",
    "👩‍⚕️🧪",
    "\U0010ffff\ue000\ufffe",
    "\ud800 lone surrogate",
    "W" * 20_000,
    "\U0001f600" * 5_000,
    "many words " * 3_000,
    " ",
    "",
    "⟨U+0000⟩",
    "'; DROP TABLE journal; --",
    "=cmd|' /C calc'!A0",
)


def _poisoned_reconciliation(text: str) -> Reconciliation:
    product = samples.ketamine()
    someone = SignatureFigures(name=text, initials=text, factors=(text, text))
    part = samples.shelf(samples.vials(10), short=samples.vials(-1))
    poisoned = replace(
        product,
        product_name=text,
        ndc=text,
        lots=(samples.lot(text, part),),
        places=(samples.place(text, part),),
        containers=(replace(product.containers[0], lot=text, place=text),),
        drawn=(replace(product.drawn[0], session_id=text, drawn_by=text),),
    )
    case = replace(
        samples.MISSING_VIAL, label=text, product_name=text, place=text, lot=text
    )
    line = replace(
        samples.SHORT_COUNT.lines[0], product_name=text, lot=text, method=text
    )
    count = replace(
        samples.SHORT_COUNT,
        kind=text,
        place=text,
        counted_by=someone,
        witnessed_by=someone,
        lines=(line,),
    )
    return replace(
        samples.report(
            samples.figures(
                poisoned,
                discrepancies=(case,),
                counts=(count,),
                places_not_counted=(text,),
            )
        ),
        facility=replace(
            samples.FACILITY, name=text, dea_number=text, address=text, kind=text
        ),
        edition=replace(samples.EDITION, generated_by=text, software_version=text),
    )


def _poisoned_ledger(text: str) -> PerpetualLedger:
    lines = (
        replace(
            line,
            event=text,
            containers=text,
            lot=text,
            reference=text,
            actor=Signer(text, text),
            witness=Signer(text, text),
        )
        for line in samples.ledger_lines(5)
    )
    clean = samples.ledger(5)
    return replace(clean, product=text, ndc=text, lines=lines)


def _fonts_of(page: PageObject) -> list[DictionaryObject]:
    resources = cast("DictionaryObject", page["/Resources"])
    fonts = cast("DictionaryObject", resources["/Font"])
    return [cast("DictionaryObject", font.get_object()) for font in fonts.values()]


def _styling(pdf: bytes) -> set[str]:
    """Every colour and text state that the pages set."""
    content = b"\n".join(
        page.get_contents().get_data()  # type: ignore[union-attr]  # each page has some
        for page in PdfReader(BytesIO(pdf)).pages
    ).decode("latin-1")
    drawn_text_left_out = re.sub(r"\((?:\\.|[^\\()])*\)", "()", content)
    return set(
        re.findall(
            r"\S+ \S+ \S+ (?:rg|RG)\b|\S+ (?:Tr|Ts|Tz|gs)\b", drawn_text_left_out
        )
    )


@pytest.fixture(scope="module")
def usual_styling() -> set[str]:
    """What clean reports set."""
    reports = (
        reconciliation.render(samples.short_of_a_vial()),
        reconciliation.render(samples.report(samples.figures(samples.esketamine()))),
        perpetual_ledger.render(samples.ledger(40)),
    )
    return set().union(*(_styling(pdf) for pdf in reports))


def test_the_corpus_is_large_enough() -> None:
    assert len(set(HOSTILE)) >= 40


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_stops_or_restyles_the_reconciliation(
    text: str, usual_styling: set[str]
) -> None:
    pdf = reconciliation.render(_poisoned_reconciliation(text))
    pages = " ".join(samples.pages_of(pdf))
    assert "SHORT: 1 container missing" in pages
    assert "Variance -500 -10 -1 SHORT" in pages
    assert _styling(pdf) <= usual_styling


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_stops_or_restyles_the_ledger(
    text: str, usual_styling: set[str]
) -> None:
    pdf = perpetual_ledger.render(_poisoned_ledger(text))
    assert "These 5 lines add up" in " ".join(samples.pages_of(pdf))
    assert _styling(pdf) <= usual_styling


@pytest.mark.parametrize(
    "text", [text for text in HOSTILE if text.strip() and len(text) <= 60]
)
def test_a_short_text_is_read_back_whole_or_as_code_points(text: str) -> None:
    data = replace(
        samples.short_of_a_vial(), edition=replace(samples.EDITION, generated_by=text)
    )
    pages = "".join(samples.pages_of(reconciliation.render(data))).replace(" ", "")
    assert visible(text).replace(" ", "") in pages


def test_a_long_name_crowds_nothing_out_of_a_page_heading() -> None:
    data = replace(
        samples.short_of_a_vial(),
        facility=replace(samples.FACILITY, name="N" * 400),
        edition=replace(samples.EDITION, generated_by="G" * 400),
    )
    for page in samples.pages_of(reconciliation.render(data)):
        assert "…⟨400⟩ · DEA FH1234563 · 12 Harbour Street" in page
        assert "⟩ · Countersign 0.1.0" in page


def test_the_same_data_gives_the_same_bytes() -> None:
    def digests(_: int) -> tuple[str, str]:
        return (
            sha256(reconciliation.render(samples.short_of_a_vial())).hexdigest(),
            sha256(perpetual_ledger.render(samples.ledger(60))).hexdigest(),
        )

    alone = digests(0)
    with ThreadPoolExecutor(2) as threads:
        assert set(threads.map(digests, range(6))) == {alone}


@pytest.mark.parametrize(
    "pdf",
    [
        reconciliation.render(samples.short_of_a_vial()),
        perpetual_ledger.render(samples.ledger(60)),
    ],
    ids=["reconciliation", "ledger"],
)
def test_every_font_is_embedded(pdf: bytes) -> None:
    fonts = {
        str(font["/BaseFont"]): cast("DictionaryObject", font["/FontDescriptor"])
        for page in PdfReader(BytesIO(pdf)).pages
        for font in _fonts_of(page)
    }
    assert {name.partition("+")[2] for name in fonts} == {SANS, BOLD, MONO}
    assert all("/FontFile2" in descriptor for descriptor in fonts.values())
    assert b"Helvetica" not in pdf
