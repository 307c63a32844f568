"""Every fault on every backend, and a report: ``python -m tests.faults [BACKEND …]``."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter

from tests.faults.course import Finding
from tests.faults.injecting import inject
from tests.faults.stage import BACKENDS
from tests.servers import PostgresServer, RedisServer


def report(backend: str, findings: list[Finding]) -> None:
    """One line a kind of fault, and one for whatever went wrong."""
    kinds = Counter(finding.fault.split(" at ")[0].split(" of ")[0] for finding in findings)
    told = ", ".join(f"{count} × {kind}" for kind, count in kinds.items())
    accepted = sum(finding.accepted for finding in findings)
    lost, doubled = (
        sum(len(ids) for ids in found) for found in zip(*((f.lost, f.doubled) for f in findings), strict=True)
    )
    print(
        f"{backend}: {len(findings)} faults ({told}); {accepted} jobs accepted, {lost} lost, {doubled} recorded twice"
    )
    for finding in findings:
        if finding.resumed_s is not None:
            print(f"  {finding.fault}: next outcome after {finding.resumed_s:.2f} s")
        if not finding.is_clean:
            print(f"  FAILED {finding.fault}: lost {finding.lost}, twice {finding.doubled} {finding.complaint}")


async def main(backends: list[str]) -> int:
    redis, postgres = RedisServer(durable=True), PostgresServer(durable=True)
    redis.start()
    postgres.start()
    clean = True
    try:
        for backend in backends or BACKENDS:
            findings = await inject(backend, redis, postgres)
            report(backend, findings)
            clean &= all(finding.is_clean for finding in findings)
    finally:
        redis.stop()
        postgres.stop()
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
