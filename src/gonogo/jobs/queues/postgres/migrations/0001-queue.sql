-- Two tables carry a job: "jobs" is wide and written twice, "hot" is narrow, changes with every state, and loses its
-- row when the job is done. Moments are milliseconds since 1970; what stays JSON text is never looked into.

CREATE TABLE jobs (
    id text COLLATE "C" PRIMARY KEY,
    type text NOT NULL,
    parent text,
    at bigint NOT NULL,
    body text NOT NULL,
    state text,
    due bigint,
    attempt int,
    fence bigint,
    started bigint,
    ended bigint,
    forget_at bigint,
    fraction text,
    message text,
    value text,
    error text
);
CREATE INDEX jobs_forget ON jobs (forget_at) WHERE forget_at IS NOT NULL;
CREATE INDEX jobs_parent ON jobs (parent, id) WHERE parent IS NOT NULL;

CREATE TABLE hot (
    id text COLLATE "C" PRIMARY KEY,
    state text NOT NULL,
    pool text NOT NULL,
    wake text NOT NULL,
    rank bigint NOT NULL,
    due bigint NOT NULL,
    ahead bigint NOT NULL,
    type text NOT NULL,
    most int NOT NULL,
    timeout double precision NOT NULL,
    span bigint NOT NULL,
    keep bigint NOT NULL,
    backoff bigint[],
    unique_key text,
    lane text,
    seat bigint,
    seated boolean NOT NULL,
    limit_key text,
    fence bigint NOT NULL,
    attempt int NOT NULL,
    worker text,
    started bigint,
    deadline bigint,
    fraction text,
    message text,
    error text
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX hot_ready ON hot (pool, rank, id) WHERE state = 'ready' AND seated;
CREATE INDEX hot_waiting ON hot (due) WHERE state IN ('scheduled', 'failed');
CREATE INDEX hot_running ON hot (worker) WHERE state = 'running';
CREATE INDEX hot_limited ON hot (limit_key) WHERE state = 'running' AND limit_key IS NOT NULL;
CREATE INDEX hot_lane ON hot (lane, seat) WHERE lane IS NOT NULL AND state IN ('scheduled', 'failed', 'ready', 'running');
CREATE UNIQUE INDEX hot_unique ON hot (unique_key)
    WHERE unique_key IS NOT NULL AND state IN ('scheduled', 'failed', 'ready', 'running');

CREATE SEQUENCE seats;
CREATE TABLE lines (id text COLLATE "C" NOT NULL, n bigserial NOT NULL, line text NOT NULL, PRIMARY KEY (id, n));
CREATE TABLE workers (
    id text PRIMARY KEY,
    introduction text,
    seen bigint NOT NULL,
    nonce text NOT NULL DEFAULT '',
    ids text[] NOT NULL DEFAULT '{}',
    fences bigint[] NOT NULL DEFAULT '{}'
) WITH (fillfactor = 50);
CREATE TABLE pools (digest text PRIMARY KEY, name text NOT NULL);
CREATE TABLE paused (type text PRIMARY KEY);
CREATE TABLE facts (name text PRIMARY KEY, value text NOT NULL);
INSERT INTO facts VALUES ('version', ''), ('epoch', '');
CREATE TABLE limits (
    key text PRIMARY KEY,
    text text,
    concurrency int,
    gap bigint,
    burst int NOT NULL,
    free_at bigint NOT NULL DEFAULT 0
);
CREATE TABLE notes (seq bigserial PRIMARY KEY, note text NOT NULL);
CREATE TABLE timers (
    name text PRIMARY KEY,
    schedule text NOT NULL,
    cron text NOT NULL,
    next bigint,
    last bigint,
    job text
);
CREATE TABLE firings (name text NOT NULL, at bigint NOT NULL, job text NOT NULL, PRIMARY KEY (name, at));
-- Several rows a name, one for each of a few groups of sessions, so that they don't wait for one another.
CREATE TABLE totals (name text NOT NULL, shard int NOT NULL, count bigint NOT NULL, PRIMARY KEY (name, shard))
    WITH (fillfactor = 50);
