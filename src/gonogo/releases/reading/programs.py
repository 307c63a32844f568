"""Programs by habit: which words start a command, which programs never end, which want somebody at the keyboard."""

from __future__ import annotations


def _list_words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KNOWN = _list_words(
    """
    ab act actionlint adb age aide alembic ansible ansible-playbook ansible-vault apk apt apt-get arangodump
    argo argocd artillery awk aws az bandit base64 bash bats behave blackbox bombardier borg brew buf buildah
    bun bundle bundler bzip2 caddy cap cargo cat cd celery certbot changeset chef-client chgrp chmod chown
    circleci clamscan clear cmake cockroach codesign comm compgen composer conda consul consul-template cosign
    cp createdb crictl crontab ctr curl cut cypress daphne date dbt dd deno df diff dig direnv django-admin
    dmesg dnf docker docker-compose doctl doppler dotnet dropdb du echo eksctl env eslint etcdctl eval exit
    export expr faas-cli fab fallocate false fastlane fd ffmpeg file find firebase fish flask flit flux fly
    flyctl flyway free fuser gcc gcloud gem getent gh gh-ost git gitleaks glab go gonogo goose goreleaser gosu
    gpg gradle gradle.bat gradlew grep grpcurl grype gsutil gunicorn gunzip gzip hadolint hatch head helm
    helmfile heroku hey host hostname htop http httpie https hurl hypercorn id ifconfig influx install invoke
    iostat ip iptables java jest jmeter journalctl jq just k3d k3s k6 k9s kafka-topics kamal kcat kill killall
    kind knife ko kops kubectl kubectx kubens kustomize lerna less lftp lighthouse liquibase ln locust ls lsblk
    lscpu lsof lxc lxd lz4 mage make mc md5sum mdadm microk8s migrate minikube mise mix mkdir mongo mongodump
    mongorestore mongosh mosquitto_pub mount mtr multipass mv mvn mvnw mypy mysql mysqladmin mysqldump nano nc
    ncat netcat netlify netstat newman newrelic nginx ngrok nice nmap node nohup nomad nox npm npx nslookup ntpq
    nvm nx oc oha op openssl pa11y packer pandoc parallel passwd patch pdm pg_basebackup pg_dump pg_dumpall
    pg_isready pg_restore pgbench pgrep php phpunit pidof ping pip pip-audit pip3 pipenv pipx pkill playwright
    pm2 pnpm podman poetry popd pre-commit printenv printf prisma promtool ps psql pt-online-schema-change
    pulumi puppet pushd pwd pytest python python2 python3 rabbitmqctl rails railway rake rbenv rclone
    rdiff-backup read realpath redis-benchmark redis-cli redis-server restic rm rmdir rq rspec rsync ruby ruff
    rustup safety sar scp screen sed semantic-release semgrep sentry-cli seq serverless service set sftp sh
    sha256sum shasum shellcheck siege skaffold skopeo sleep smbclient snyk sops sort source sqlcmd sqlite3 sqlx
    ss ssh ssh-add ssh-copy-id ssh-keygen stat strace stripe su sudo supabase supervisorctl swapoff swapon syft
    sync sysctl systemctl tail tar task tee telnet terraform terragrunt test time timeout tmux tofu top touch
    tox tr traceroute trivy true truncate ts-node tsc tsx turbo twine ufw ulimit umount uname uniq unzip
    update-rc.d uptime uv uvicorn uvx vacuumdb vagrant valgrind vault vegeta velero vercel vi vim virsh vitest
    vmstat volta w wait watch wc wget which who whoami wrangler wrk wrk2 wscat xargs xcodebuild xz yarn yarnpkg
    yes yq yum zcat zip zstd zypper
    """
)
SHELL_WORDS = _list_words(
    """
    ! ( . : [ [[ alias bg break builtin case cd command continue declare disown echo eval exec exit export false
    fg for function getopts hash if jobs kill let local popd printf pushd pwd read readonly return select set
    shift shopt source test time times trap true type typeset ulimit umask unalias unset until wait while {
    """
)
# Words that run another command behind them.
PREFIXES = _list_words(
    """
    builtin chronic command doas env exec ionice nice nohup setsid stdbuf sudo time xargs
    """
)
EDITORS = _list_words(
    """
    dialog ed emacs ftp info joe k9s lazydocker less man mc menuconfig micro more most nano ncdu nvim passwd
    pico ssh-copy-id ssh-keygen su telnet tig vi vim vipw visudo whiptail
    """
)
MONITORS = _list_words(
    """
    atop bmon btop cloudflared ctop dstat entr glances gtop htop iftop iotop journald-follow kubetail
    localtunnel multitail nethogs ngrep ngrok nmon nodemon screen stern tcpdump tmux top vmtouch watch websocat
    wscat yes
    """
)
SERVERS = _list_words(
    """
    alertmanager caddy daphne flower grafana-server granian gunicorn http-server hypercorn json-server jupyter
    live-server locust mailhog minio mongod mysqld next nginx-debug nuxt ollama-serve postgres prometheus puma
    rackup redis-server serve unicorn uvicorn vite waitress-serve
    """
)
# Database and language prompts: with nothing to do they wait for somebody to type.
PROMPTS = _list_words(
    """
    bash clickhouse-client cqlsh influx irb mariadb mongo mongosh mysql node php psql python python3 redis-cli
    sh sqlcmd sqlite3 zsh
    """
)
# Programs that ask or never end with some arguments only.
ASKING = _list_words(
    """
    adduser az certbot cf crontab doctl dpkg-reconfigure firebase fly flyctl gcloud kafka-console-consumer
    mysql_secure_installation nc netlify openssl ping pulumi rails railway sftp ssh supabase wrangler
    """
)
# Arguments with which an ordinary program asks or never ends.
SUSPECT_ARGS = _list_words(
    """
    --edit --follow --interactive --latency --live --patch --reload --stat --tail --tty --watch MONITOR
    PSUBSCRIBE SUBSCRIBE adduser apply attach beat bootRun commit configure console createsuperuser dashboard
    dbshell destroy dev develop edit events exec http.server init listen log login logs monit monitor
    port-forward preview proxy puma read rebase rsh run runserver select serve server shell sidekiq start stats
    tunnel until up while worker
    """
)
