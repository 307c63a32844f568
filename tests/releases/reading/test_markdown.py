"""The quick parser makes the blocks that markdown-it makes when it tries every rule at every line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.front_matter import front_matter_plugin

from gonogo.releases.reading.markdown import parse_markdown

_CORPUS = sorted((Path(__file__).parents[2] / "dialects" / "corpus").glob("*.md"))
_LINES = st.sampled_from(
    [
        "",
        "# A",
        "Title",
        "===",
        "---",
        "- [ ] a",
        "  - b",
        "1. c",
        "7) d",
        "    code",
        "\tcode",
        "```bash",
        "~~~",
        "  ```",
        "> q",
        "> > r",
        "> - s",
        ">     t",
        "| a | b |",
        "|---|---|",
        "<div>",
        "</div>",
        "<!-- c -->",
        "***",
        "* * *",
        "+ e",
        "-",
        "10000000000. no",
        "words",
        "  words",
        "      lazy",
        "#no",
        "* **b**",
        "[x]: /y",
        "- - f",
        "   - g",
    ]
)


def _list_blocks(tokens: list[Any]) -> list[tuple[Any, ...]]:
    return [
        (token.type, token.tag, token.level, token.map, token.markup, token.info, token.content) for token in tokens
    ]


def _parse_slowly(source: str) -> list[tuple[Any, ...]]:
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table").use(front_matter_plugin)
    parser.core.ruler.disable(["inline", "text_join"])
    parser.block.ruler.disable(["reference"])
    return _list_blocks(parser.parse(source))


@pytest.mark.parametrize("path", _CORPUS, ids=lambda path: path.stem)
def test_reads_the_corpus_block_by_block(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert _list_blocks(parse_markdown(source)) == _parse_slowly(source)


@given(st.lists(_LINES, max_size=14).map("\n".join))
def test_reads_any_lines_block_by_block(text: str) -> None:
    source = f"{text}\n"
    assert _list_blocks(parse_markdown(source)) == _parse_slowly(source)
