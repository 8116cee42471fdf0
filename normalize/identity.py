"""Identifiers of works, ids of records, hashes of content.

An id must survive every change of parser and cleaning, so the basis of `record_id` is frozen:
the entry's raw values, with what differs between renderings of one page (white space, Unicode
composition, a handful of tracking parameters) taken out. Changing it renames every record.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import unquote

import attrs

from normalize.model import Entry
from normalize.urls import canonical_url, tracking_pattern
from normalize.vocabulary import vocabulary

ID_HASH_LENGTH = 16
CONTENT_HASH_LENGTH = 32
LONG_TITLE = 20

CONTENT_FIELDS = (
    "title",
    "summary",
    "authors",
    "author_count",
    "published",
    "topics",
    "places",
    "tags",
    "identifiers",
    "links",
    "image",
    "url",
)
"""What `content_hash` covers; metrics and times change without the entry changing."""

# https://info.arxiv.org/help/arxiv_identifier.html: YYMM.NNNN from 0704, five digits from 1501.
_NEW = r"(?:(?:0[7-9]|1[0-4])(?:0[1-9]|1[0-2])\.\d{4}|(?:1[5-9]|[2-9]\d)(?:0[1-9]|1[0-2])\.\d{5})"
_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas"
    "|cond-mat|cs|dg-ga|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|math|mtrl-th|nlin"
    "|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|q-alg|q-bio|quant-ph|solv-int|supr-con"
)
_OLD = rf"(?P<archive>{_ARCHIVES})(?:\.[A-Z]{{2}})?/(?P<number>\d{{2}}(?:0[1-9]|1[0-2])\d{{3}})"
_ARXIV_LABELS = (
    r"(?:arxiv|ar5iv(?:\.labs\.arxiv)?|alphaxiv)\.org/(?:abs|pdf|html|ps|format|src|e-print|overview)/"
    r"|(?:huggingface\.co|hf\.co)/papers/"
    r"|10\.48550/arxiv\."
    r"|arxiv\s*:\s*"
)
_ARXIV_ID = rf"(?:(?P<new>{_NEW})|{_OLD})(?:v\d+)?"
_ARXIV = re.compile(rf"(?:{_ARXIV_LABELS}){_ARXIV_ID}(?!\d)", re.IGNORECASE)
_BARE_ARXIV = re.compile(_ARXIV_ID, re.IGNORECASE)

_DOI = re.compile(r"(?<![\d.])10\.\d{4,9}(?:\.\d+)*/\S+")
_DOI_PAGE = re.compile(
    r"/(?:full|abstract|pdf|epdf|pdfdirect|html|meta|references)(?:/.*)?$", re.IGNORECASE
)
_END_MARKS = ".,;:!?'\"`’”»،؛؟。，；"
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<", "）": "（", "】": "【", "」": "「"}


def arxiv_id(text: str) -> str | None:
    """Find an arXiv identifier: ``2401.00001``, ``hep-th/9901001``; version and class are dropped.

    The preferred form of the old scheme has no subject class (``math.GT/0309136`` is
    ``math/0309136``), see https://info.arxiv.org/help/arxiv_identifier_for_services.html.

    Args:
        text: A URL of arXiv, ar5iv, alphaXiv or Hugging Face Papers, a DOI of arXiv, text with
            ``arXiv:2401.00001v2`` in it, or the bare identifier and nothing else.

    Returns:
        The identifier, or None where there is none of a valid form.
    """
    plain = unquote(text).strip()
    match = _ARXIV.search(plain) or _BARE_ARXIV.fullmatch(plain)
    if match is None:
        return None
    return match["new"] or f"{match['archive'].lower()}/{match['number']}"


def doi(text: str) -> str | None:
    """Find a DOI, in lower case: DOIs compare without regard to case.

    Args:
        text: A DOI, ``doi:10…``, a URL of doi.org or of a publisher that holds one, or text.

    Returns:
        The first DOI without the punctuation and brackets that close on it; None without one.
    """
    in_url = re.match(r"\s*https?://", text, re.IGNORECASE) is not None
    match = _DOI.search(unquote(re.split(r"[?#]", text)[0] if in_url else text))
    if match is None:
        return None
    found = match[0]
    if in_url and "doi.org/" not in text.lower():
        found = _DOI_PAGE.sub("", found)
    found = _without_end_marks(found).lower()
    return found if not found.endswith("/") else None


def record_id(entry: Entry) -> str:
    """Make the id of an entry: ``<source>:<native id>``, or ``<source>:<hash>`` without one.

    The hash is of the URL; without one of the title, to which the summary is added where the
    title has fewer than 20 characters; without a title of the summary; without any text of the
    place on the page. Hashed is NFC text with all white space taken out; the id is the first 16
    hexadecimal digits of its SHA-256. This basis is frozen, see the module.
    """
    native = unicodedata.normalize("NFC", (entry.native_id or "").strip())
    source = _printable(entry.source).replace(":", "%3A") or "unknown"
    return f"{source}:{_printable(native) if native else _digest(_basis(entry))}"


def content_hash(content: Mapping[str, Any]) -> str:
    """Hash the normalised content: equal hashes mean an unchanged entry.

    Args:
        content: Values by the names of `CONTENT_FIELDS`, as a `Record` holds them or as JSON;
            a missing one counts as null, others are ignored, so ``record.to_dict()`` will do.

    Returns:
        The first 32 hexadecimal digits of the SHA-256 of their canonical JSON.
    """
    values = {name: content.get(name) for name in CONTENT_FIELDS}
    text = json.dumps(
        values, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=_json_value
    )
    return hashlib.sha256(text.encode()).hexdigest()[:CONTENT_HASH_LENGTH]


def _without_end_marks(text: str) -> str:
    """Take off closing punctuation, and brackets that were not opened inside."""
    while text:
        last = text[-1]
        unopened = last in _BRACKETS and text.count(last) > text.count(_BRACKETS[last])
        if last not in _END_MARKS and not unopened:
            return text
        text = text[:-1]
    return text


def _basis(entry: Entry) -> str:
    url, title, summary = entry.url or "", _compact(entry.title), _compact(entry.summary)
    if url.strip():
        return _compact(canonical_url(url, tracking=_frozen_tracking()))
    if title:
        return title if len(title) >= LONG_TITLE else title + summary
    return summary or f"{_compact(entry.page_url)}#{entry.position}"


def _compact(text: str | None) -> str:
    return "".join(unicodedata.normalize("NFC", text or "").split())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:ID_HASH_LENGTH]


def _printable(text: str) -> str:
    """Percent-encode what an id may not hold: white space, invisible characters, ``%`` itself."""
    return "".join(
        "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))
        if char == "%" or char.isspace() or unicodedata.category(char)[0] in "CZ"
        else char
        for char in text
    )


@cache
def _frozen_tracking() -> re.Pattern[str]:
    data = vocabulary("tracking")
    return tracking_pattern(data["frozen"]["prefixes"], data["frozen"]["names"])


def _json_value(value: object) -> object:
    """Write what JSON does not know: attrs instances and mappings other than dict."""
    return dict(value) if isinstance(value, Mapping) else attrs.asdict(value)  # type: ignore[arg-type]  # refuses others itself
