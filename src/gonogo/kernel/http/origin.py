"""Whether a browser's request comes from our own pages. The browser says so itself, so forms need no token."""

from __future__ import annotations

from urllib.parse import urlsplit

from gonogo.kernel.errors import Forbidden


class CrossSite(Forbidden):
    """Another site's page sent the request."""

    type, title = "cross-site", "This came from another site"


def refuse_cross_site(
    site: str | None, origin: str | None, host: str | None, public_url: str, *, proof_needed: bool
) -> None:
    """Raise ``CrossSite`` unless ``Sec-Fetch-Site``, else ``Origin``, names this server.

    ``public_url`` counts as this server too (a proxy may rewrite ``Host``). A request with neither header is a
    program's: it passes unless ``proof_needed``, as where a cookie alone says who asks.
    """
    if site is not None:
        ours = site in ("same-origin", "none")
    elif origin is not None:
        ours = urlsplit(origin).netloc in {host, urlsplit(public_url).netloc} - {None, ""}
    else:
        ours = not proof_needed
    if not ours:
        raise CrossSite(
            "A browser's session may change things only from Gonogo's own pages. Programs use an API key instead.",
            field="Origin",
        )
