from __future__ import annotations

import codecs

import pytest

from gonogo.releases.reading import read_checklist
from gonogo.releases.reading.decode import decode_text, repair_text
from tests.releases.reading.plans import list_items, read


def spoil(text: str, encoding: str) -> str:
    return text.encode().decode(encoding)


@pytest.mark.parametrize(
    "data",
    [
        b"# A\n- [ ] b\n",
        b"# A\r\n- [ ] b\r\n",
        b"# A\r- [ ] b",
        codecs.BOM_UTF8 + b"# A\n- [ ] b",
        codecs.BOM_UTF16_LE + "# A\n- [ ] b".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "# A\n- [ ] b".encode("utf-16-be"),
    ],
)
def test_lines_are_the_same_whatever_the_encoding(data: bytes) -> None:
    assert decode_text(data).lines == ("# A", "- [ ] b")


def test_bytes_that_are_no_utf8_are_read_as_windows() -> None:
    text = decode_text("Vérifier".encode("cp1252"))
    assert text.lines == ("Vérifier",)
    assert text.replaced


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "latin-1"])
@pytest.mark.parametrize("text", ["✅ Done", "🚀 Deploy – now", "→ next"])
def test_mojibake_is_undone(text: str, encoding: str) -> None:
    damaged = text.encode().decode(encoding, errors="ignore")
    if damaged.encode(encoding) == text.encode():
        assert repair_text(damaged) == text


@pytest.mark.parametrize(
    "text", ["Étape 1 – déployer", "naïve façade", "Übergröße", "проверить", "数据库备份", "50 µs ± 2"]
)
def test_healthy_text_is_left_alone(text: str) -> None:
    assert repair_text(text) == text


def test_half_an_emoji_is_dropped() -> None:
    assert repair_text("ðŸ” Watch").strip() == "Watch"


def test_headings_lose_their_damage_and_one_finding_says_so() -> None:
    plan = read(f"# {spoil('🚀', 'mac_roman')} Ship\n\n## {spoil('✅', 'mac_roman')} Deploy\n- [ ] go\n")
    assert [phase.title for phase in plan.phases] == ["Ship", "Deploy"]
    assert [(finding.rule, finding.line) for finding in plan.findings if finding.rule == "bad-encoding"] == [
        ("bad-encoding", 1)
    ]


def test_commands_keep_their_exact_bytes() -> None:
    damaged = spoil("✅", "mac_roman")
    plan = read(f"## Deploy\n```bash\necho '{damaged} ok'\n```\n")
    assert list_items(plan)[0].command == f"echo '{damaged} ok'"
    assert damaged not in list_items(plan)[0].text


def test_hash_is_of_the_bytes() -> None:
    assert read_checklist(b"a", "x").source.sha256 != read_checklist(b"a\n", "x").source.sha256
