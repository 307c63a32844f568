"""Celery's solo pool: one process, and its fastest for work that takes no time."""

from __future__ import annotations

import sys
import time

from celery import Celery
from tally import Tally

URL, MODE, COUNT = sys.argv[1], sys.argv[2], int(sys.argv[3])
app = Celery("bench", broker=URL)
app.conf.update(worker_prefetch_multiplier=100, task_ignore_result=True, worker_redirect_stdouts=False)
tally = Tally(COUNT)


@app.task(name="noop")
def noop(sent: float) -> None:
    tally.meet(sent)


if MODE == "work":
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=ERROR")
    app.worker_main(["worker", "--pool=solo", *quiet])
for _ in range(COUNT):
    noop.delay(time.time())
    if MODE == "send":
        time.sleep(0.025)
