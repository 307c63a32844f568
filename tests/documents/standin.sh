#!/bin/sh
# Every program that a document deploys with and that is not here. It writes its arguments down, says something
# plausible, and fails when `fault` holds its very line. A service that it starts is a real one.
here=$(cd "$(dirname "$0")/.." && pwd)
name=${0##*/}
[ "$name" = sudo ] && exec "$@"
said="$name $*"
echo "$said" >>"$here/log"
if [ -f "$here/fault" ] && grep -qxF -- "$said" "$here/fault"; then
    echo "$name: it failed" >&2
    exit 1
fi

start() {
    port=$(grep "^$1 " "$here/ports" | cut -d' ' -f2)
    [ -n "$port" ] || return 0
    [ -f "$here/$1.pid" ] && kill "$(cat "$here/$1.pid")" 2>/dev/null && sleep 0.1
    cd "$here/work" || exit 1
    setsid python3 "$here/serve.py" "$port" >/dev/null 2>&1 </dev/null &
    echo $! >"$here/$1.pid"
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        curl -s -o /dev/null "http://127.0.0.1:$port/" && return 0
        sleep 0.1
    done
    echo "$1: it did not start" >&2
    exit 1
}

case "$said" in
"systemctl restart "* | "pm2 restart "*) start "$2" ;;
"kubectl rollout status "*) echo "deployment \"planner\" successfully rolled out" ;;
"kubectl rollout undo "*) echo "deployment.apps/planner rolled back" ;;
"kubectl get pods"*) printf 'NAME      READY   STATUS    RESTARTS\nplanner   1/1     Running   0\n' ;;
"kubectl set image "*) echo "deployment.apps/planner image updated" ;;
"cargo test"*) echo "test result: ok. 31 passed; 0 failed" ;;
"npm test"* | "npm run test"*) echo "15/15 tests passing" ;;
"npm run build"*) mkdir -p dist && echo "built in 1.2s" >dist/index.html ;;
"k6 run "*) echo "http_req_failed 0.00%  p(95)=212ms" ;;
"aws s3 ls "*) echo "2026-03-04 06:00:00  5120 plants.db" ;;
"alembic current"*) echo "stars_001" ;;
"alembic upgrade head") echo "Running upgrade stars_001 -> stars_002" ;;
"pm2 status"*) echo "forecaster online" ;;
"vercel "* | "netlify "*) echo "https://observatory.test" ;;
esac
