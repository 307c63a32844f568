"""Variables that make a shell or a program run other code than the document says."""

from __future__ import annotations

_NAMES = frozenset(
    {
        *("PATH", "ENV", "BASH_ENV", "IFS", "SHELLOPTS", "BASHOPTS", "PROMPT_COMMAND", "PS4", "CDPATH", "GLOBIGNORE"),
        *("EDITOR", "VISUAL", "PAGER", "BROWSER", "HOME", "NODE_OPTIONS", "RUBYOPT", "RUBYLIB", "CLASSPATH"),
        *("JAVA_TOOL_OPTIONS", "GCONV_PATH", "PHPRC", "MAKEFLAGS", "GLIBC_TUNABLES"),
    }
)
_BEGINNINGS = ("LD_", "DYLD_", "BASH_FUNC_", "GIT_", "PYTHON", "PERL", "_JAVA_", "NPM_CONFIG_", "npm_config_")


def loads_code(name: str) -> bool:
    """Whether giving this variable a value is as good as typing a command."""
    return name in _NAMES or name.startswith(_BEGINNINGS)
