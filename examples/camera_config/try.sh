#!/bin/sh
# Copies the example to a folder of its own, starts its services under a Gonogo, and releases a version:
#   sh examples/camera_config/try.sh            version 2 goes live
#   sh examples/camera_config/try.sh v2-leaks   a version that must not stay
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH="$here/../../.venv/bin:$PATH"
folder=$(mktemp -d)
cp -r "$here/." "$folder"
cd "$folder"
export GONOGO_HOME="$folder/.gonogo"

python prepare.py data/production.db data/development.db
git init -q && git add --all && git -c user.name=example -c user.email=example@localhost commit -qm "version 1"

gonogo up --port 8799 >gonogo.log 2>&1 &
server=$!
trap 'gonogo services down >/dev/null 2>&1 || true; kill $server 2>/dev/null || true' EXIT
for _ in $(seq 60); do
    curl -fs http://127.0.0.1:8790/ >/dev/null && break
    sleep 0.5
done

echo "The release in the browser: http://127.0.0.1:8799/releases (password in $GONOGO_HOME)"
gonogo run RELEASE.md --yes --accept-humans ada@example.org --var SOAK=10s --var LOAD=5s --var SAMPLES=20 --var "TO=${1:-v2}"
