"""What requests carry and what the room answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from gonogo.kernel.phrasing import in_words
from gonogo.webhooks.globs import GLOB, TYPE
from gonogo.webhooks.signatures import Scheme

ADDRESS = in_words(r"^https?://", "an address that begins with http:// or https://")
Url = Annotated[str, Meta(max_length=2000, pattern=ADDRESS, description="http:// or https://.")]
Glob = Annotated[str, Meta(max_length=120, pattern=GLOB)]
Globs = Annotated[list[Glob], Meta(min_length=1, max_length=50, description="Event types, with * for any rest.")]
TypeName = Annotated[str, Meta(max_length=120, pattern=TYPE, description="Such as order.shipped.")]
DeliveryNumber = Annotated[int, Meta(ge=1, le=2**63 - 1, description="As `gonogo webhooks deliveries` lists them.")]
Description = Annotated[str, Meta(max_length=1000)]
Rate = Annotated[int, Meta(ge=1, le=10_000, description="Deliveries a second at most.")]
HEADER = in_words(r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$", "names of headers, such as X-Signature, without blanks")
HeaderName = Annotated[str, Meta(min_length=1, max_length=100, pattern=HEADER)]
SOME_HEADER = in_words(r"^[A-Za-z0-9!#$%&'*+.^_`|~-]*$", "the name of a header, such as X-Time, or nothing")
OptionalHeader = Annotated[str, Meta(max_length=100, pattern=SOME_HEADER)]
VALUE = in_words(r"^[\t\x20-\x7e]*$", "values of headers in printable ASCII, each on one line")
HeaderValue = Annotated[str, Meta(max_length=2000, pattern=VALUE)]
Headers = Annotated[dict[HeaderName, HeaderValue], Meta(max_length=20)]
SOURCE = in_words(
    r"^[a-z0-9][a-z0-9_-]{0,79}$", "at most 80 small letters, digits and _ - beginning with a letter or digit"
)
SourceName = Annotated[str, Meta(pattern=SOURCE)]
JOB = in_words(r"^([A-Za-z0-9][A-Za-z0-9._:/-]*)?$", "a type of job, such as mirror.pull, or nothing")
EVENT_ID = in_words(r"^[A-Za-z0-9_-]*$", "letters, digits and _ -")
EndpointState = Literal["active", "disabled", "removed"]
DeliveryState = Literal["pending", "delivered", "failed", "cancelled"]
Kind = Literal["standard", "github", "stripe", "slack", "generic"]


class NewEndpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody to be told. Without ``events`` everything is sent; a ``secret`` (``whsec_…``) may be brought along."""

    url: Url
    events: Globs = msgspec.field(default_factory=lambda: ["*"])
    description: Description = ""
    rate_limit: Rate | None = None
    ordered: bool = False
    headers: Headers = {}
    signature: Scheme = "v1"
    secret: Annotated[str, Meta(max_length=200)] = ""


class EndpointChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is given is changed; the rest stays."""

    url: Url | UnsetType = UNSET
    events: Globs | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    rate_limit: Rate | UnsetType | None = UNSET
    ordered: bool | UnsetType = UNSET
    headers: Headers | UnsetType = UNSET
    state: Literal["active", "disabled"] | UnsetType = UNSET


class Rotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A new secret. For ``overlap_hours`` deliveries carry signatures of both."""

    overlap_hours: Annotated[int, Meta(ge=0, le=720)] = 24
    signature: Scheme | None = None


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint as everybody may see it: the values of its headers and its secret stay hidden."""

    id: str
    url: str
    description: str
    events: list[str]
    header_names: list[str]
    signature: Scheme
    rate_limit: int | None
    ordered: bool
    state: EndpointState
    reason: str
    failing_since: str | None
    last_failed_at: str | None
    warned: int
    version: int
    created_at: str
    created_by: str
    updated_at: str


class NewEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An event of a declared type. The same ``id`` again is the same event: it is told once."""

    type: TypeName
    data: dict[str, Any]
    id: Annotated[str, Meta(max_length=80, pattern=EVENT_ID)] = ""


class Accepted(msgspec.Struct, frozen=True):
    """An event that is kept, and to how many endpoints it goes. ``duplicate`` when it was here before."""

    id: str
    type: str
    deliveries: int
    duplicate: bool = False


class NewType(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A kind of event that programs may send, with the JSON Schema of its data."""

    name: TypeName
    schema: dict[str, Any] = {}
    description: Description = ""


class EventType(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of event. ``own`` ones come from Gonogo itself."""

    name: str
    description: str
    schema: dict[str, Any] = {}
    created_at: str | None = None
    created_by: str = ""
    own: bool = False


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One event for one endpoint."""

    id: int
    message_id: str
    endpoint_id: str
    type: str
    state: DeliveryState
    attempts: int
    next_attempt_at: str
    created_at: str
    finished_at: str | None
    last_status: int | None
    last_error: str


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One request and its answer. ``wait_ms`` until the answer's head, ``took_ms`` until its end."""

    id: int
    number: int
    at: str
    status: int | None
    error: str
    wait_ms: float | None
    took_ms: float
    request: dict[str, str]
    response: dict[str, str]
    excerpt: str


class DeliveryRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery with its endpoint's address, what was sent, and every attempt."""

    delivery: Delivery
    url: str
    body: str
    attempts: list[Attempt]


class Replay(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What to send again: some deliveries, or an endpoint's (everybody's without one) of a time.

    Only failed ones, unless ``failed_only`` is false.
    """

    deliveries: Annotated[list[DeliveryNumber], Meta(max_length=1000)] = []
    endpoint: str | None = None
    since: str | None = None
    until: str | None = None
    failed_only: bool = True


class NewSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody who sends hooks here. ``options`` are for kind ``generic``; ``job``: the type made of each hook."""

    name: SourceName
    kind: Kind
    secret: Annotated[str, Meta(max_length=500)] = ""
    description: Description = ""
    options: GenericOptions = msgspec.field(default_factory=lambda: GenericOptions())
    job: Annotated[str, Meta(max_length=200, pattern=JOB)] = ""


class GenericOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a source of kind ``generic`` signs: an HMAC of the body, or of ``{timestamp}.{body}``."""

    header: HeaderName = "X-Signature"
    algorithm: Literal["sha256", "sha1", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: Annotated[str, Meta(max_length=40)] = ""
    timestamp_header: OptionalHeader = ""
    id_header: OptionalHeader = ""
    type_header: OptionalHeader = ""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A source as everybody may see it. ``path`` is where it sends to."""

    name: str
    kind: Kind
    description: str
    options: GenericOptions
    job: str
    created_at: str
    created_by: str
    path: str
    received: int = 0
    last_at: str | None = None


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """One hook that came in."""

    id: str
    source: str
    external_id: str
    type: str
    at: str
    size: int


class HookRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A hook with its head and its body as it came."""

    hook: Hook
    headers: dict[str, str]
    body: str
