"""The environment of a run's shell: what a document needs, never what the server itself was started with."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from gonogo.kernel.config import Config, ConfigError

PASSED = (
    # Who and where.
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "TMPDIR", "TZ", "TERM", "COLORTERM", "LANG", "LC_*"),
    *("LANGUAGE", "EDITOR", "PAGER", "HOSTNAME", "XDG_*", "DBUS_SESSION_BUS_ADDRESS"),
    # How to get out.
    *("SSH_AUTH_SOCK", "http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"),
    *("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
    # Where tools are, and which of their profiles is meant.
    *("VIRTUAL_ENV", "CONDA_PREFIX", "PYENV_ROOT", "NVM_DIR", "NVM_BIN", "VOLTA_HOME", "JAVA_HOME", "GOPATH", "GOROOT"),
    *("CARGO_HOME", "RUSTUP_HOME", "GEM_HOME", "GEM_PATH", "RBENV_ROOT", "LD_LIBRARY_PATH", "NIX_*"),
    *("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "KUBECONFIG", "HELM_*_HOME"),
    *("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"),
    *("CLOUDSDK_CONFIG", "GOOGLE_APPLICATION_CREDENTIALS", "AZURE_CONFIG_DIR"),
)
"""Names, and patterns of names, of what every run is given. None of them holds a secret."""

_OWN = "GONOGO_"


def build_environment(config: Config, environ: Mapping[str, str]) -> dict[str, str]:
    """The variables a run begins with: the usual ones, and those that ``releases_pass_env`` names.

    Nothing that begins with GONOGO_ is passed. A checklist may call ``gonogo``, from wherever this was started.
    """
    patterns = (*PASSED, *read_passed(config))
    passed = {
        name: value
        for name, value in environ.items()
        if name.isidentifier() and not name.startswith(_OWN) and any(fnmatchcase(name, each) for each in patterns)
    }
    own = str(Path(sys.executable).parent)
    return {**passed, "PATH": f"{passed.get('PATH', os.defpath)}{os.pathsep}{own}"}


def read_passed(config: Config) -> tuple[str, ...]:
    """``releases_pass_env``: names such as ``DATABASE_URL`` or ``AWS_*``. Raises ConfigError."""
    names = tuple(name.strip() for name in config.releases_pass_env.split(",") if name.strip())
    wrong = [name for name in names if name.startswith(_OWN) or not name.replace("*", "_").isidentifier()]
    if wrong:
        raise ConfigError(
            f"'releases_pass_env' can't pass '{wrong[0]}': write names such as DATABASE_URL, or AWS_*; "
            "GONOGO_… is this server's own."
        )
    return names
