#!/bin/sh
# Makes .venv from the lock file. Needs Python 3.11 or newer; brings uv along when it is not there.
set -eu
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Gonogo needs Python 3.11 or newer as '$python'. Install it, or name one: PYTHON=/usr/bin/python3.12 make setup" >&2
    exit 1
fi

if command -v uv >/dev/null 2>&1; then
    uv=uv
else
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        # Debian keeps venv in a package of its own.
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
            apt-get update -q && apt-get install -y -q python3-venv
        else
            echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2
            exit 1
        fi
    fi
    [ -x .tools/bin/uv ] || { "$python" -m venv .tools && .tools/bin/pip install --quiet uv==0.13.9; }
    uv=.tools/bin/uv
fi

[ -x .venv/bin/python ] || "$uv" venv --quiet --python "$python" .venv
"$uv" pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
"$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
echo "Ready. Start it with: make run"
