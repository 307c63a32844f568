"""Which commands are known to change nothing."""

from __future__ import annotations

import pytest

from gonogo.releases.shell.effects import changes_something


@pytest.mark.parametrize(
    "command",
    [
        "ls -la /srv",
        "cat a.txt | grep -c error",
        "test -f x && echo yes",
        '[ -n "$A" ] || echo empty',
        "curl -fsS http://127.0.0.1/health",
        "curl -X GET -o /dev/null http://h/",
        "git status && git log --oneline -5",
        "COUNT=$(wc -l < file); echo $COUNT 2>&1",
        "ps aux 2>/dev/null | head",
        "for n in 1 2; do echo $n; done",
        "if [ -e x ]; then cat x; fi",
        "cat <<< text",
        "systemctl is-active web",
        "find . -name '*.py' | sort | uniq -c",
        "# only words",
    ],
)
def test_reading(command: str) -> None:
    assert not changes_something(command)


@pytest.mark.parametrize(
    "command",
    [
        "rm -rf x",
        "echo hi > file",
        "cat a >> b",
        "ls &> log",
        "git checkout main",
        "git branch next",
        "curl -X POST http://h/",
        "curl -sd x=1 http://h/",
        "curl --data-raw x http://h/",
        "curl -O http://h/file",
        "echo $(touch x)",
        "cat <(touch x)",
        "find . -delete",
        "sort -o a a",
        "uniq a b",
        "hostname other",
        "env FOO=1 deploy",
        "$TOOL --now",
        "python manage.py migrate",
        "ls; deploy",
        "awk '{print > \"f\"}' x",
        "ls() { rm x; }",
        "sudo ls",
        "echo 'unclosed",
    ],
)
def test_changing(command: str) -> None:
    assert changes_something(command)
