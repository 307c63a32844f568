"""The S3-compatible bucket of the configuration, by the minio library: for rooms that keep files there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from gonogo.kernel.config import Config
from gonogo.kernel.errors import BadInput, Unavailable

if TYPE_CHECKING:
    from minio import Minio

T = TypeVar("T")


class BucketUnavailable(Unavailable):
    """The bucket does not answer, or does not let us in."""

    type, title = "bucket-unavailable", "The bucket does not answer"


class Bucket(NamedTuple):
    """A client, the bucket's name, and what every key begins with (empty, or ending in ``/``)."""

    client: Minio
    name: str
    prefix: str


def open_bucket(config: Config, place: str, field: str) -> Bucket:
    """The bucket at ``s3://bucket/prefix``. Raises ``BadInput`` about ``field``, or ``BucketUnavailable``. Blocks."""
    from minio import Minio

    if not (config.s3_endpoint and config.s3_access_key and config.s3_secret_key):
        raise BadInput(f"{place} needs GONOGO_S3_ENDPOINT, GONOGO_S3_ACCESS_KEY and GONOGO_S3_SECRET_KEY.", field=field)
    endpoint, where = urlsplit(config.s3_endpoint), urlsplit(place)
    client = Minio(
        endpoint.netloc,
        access_key=config.s3_access_key,
        secret_key=config.s3_secret_key,
        secure=endpoint.scheme == "https",
        region=config.s3_region,
    )
    if not ask_bucket(client.bucket_exists, where.netloc):
        raise BadInput(f"There is no bucket '{where.netloc}' at {config.s3_endpoint}. Make it first.", field=field)
    path = where.path.strip("/")
    return Bucket(client, where.netloc, f"{path}/" if path else "")


def ask_bucket(work: Callable[..., T], *arguments: Any) -> T:
    """Call one method of the client; whatever goes wrong on the way is ``BucketUnavailable``, its cause kept."""
    from minio.error import MinioException
    from urllib3.exceptions import HTTPError

    try:
        return work(*arguments)
    except (MinioException, HTTPError, OSError) as error:
        raise BucketUnavailable(f"The bucket refused or did not answer: {error}") from error
