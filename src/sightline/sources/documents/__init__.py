"""Documents: supplied files that are not CSV, read into the raw views of a profile.

In: the bytes of one file, piece by piece. Out: rows of raw views with the place of their record in
the file, refused records, words about the file. `profile.yml` names the kind under `reads`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sightline.sources.documents.ctf import CtfReader
from sightline.sources.documents.edfi_xml import EdFiXmlReader
from sightline.sources.documents.types import DocumentReader, Found, Refused, Remark, Row
from sightline.sources.documents.xapi import XapiReader, statement_row

__all__ = [
    "READERS",
    "DocumentReader",
    "Found",
    "Refused",
    "Remark",
    "Row",
    "statement_row",
]

READERS: Mapping[str, DocumentReader] = MappingProxyType(
    {"ctf": CtfReader(), "edfi_xml": EdFiXmlReader(), "xapi": XapiReader()}
)
