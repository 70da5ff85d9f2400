"""A page as a tagged PDF (PDF/UA-1), from local files only."""

from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

from sightline.kit import SightlineError

__all__ = ["as_pdf", "paper_is_possible"]

LOCAL = "https://static.invalid/"  # a name that can never be reached


def paper_is_possible() -> bool:
    """Whether this machine has what draws PDFs: Pango is the system's library, not Python's."""
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return False
    return True


def as_pdf(page: str) -> bytes:
    """The PDF of a page whose styles and fonts are in the static files.

    Nothing is ever fetched: what has any other address is left out.
    """
    from weasyprint import HTML

    document = HTML(string=page, base_url=f"{LOCAL}sightline/", url_fetcher=_local_files())
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    return made


def _local_files() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class LocalFiles(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            name = url.removeprefix(LOCAL)
            if name == url:
                raise ValueError(f"not one of our own files: {url}")
            kinds = {".css": "text/css", ".woff2": "font/woff2"}
            path = _static_file(name)
            about = {"Content-Type": kinds[path.suffix]}
            return URLFetcherResponse(url, path.read_bytes(), about)

    return LocalFiles()


def _static_file(name: str) -> Path:
    """A static file as delivered: where it was collected, or among the sources."""
    collected = Path(staticfiles_storage.path(name))
    found = collected if collected.exists() else finders.find(name)
    if not found:
        raise SightlineError("damaged", name, "this file of the pages is missing")
    return Path(str(found))
