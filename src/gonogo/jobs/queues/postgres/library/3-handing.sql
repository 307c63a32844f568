-- Jobs are handed out.

CREATE OR REPLACE FUNCTION write_claims(chosen text[]) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce('[' || string_agg(format('[%s,%s,%s]', hot.fence, hot.attempt, jobs.body), ',' ORDER BY place) || ']', '[]')
    FROM unnest(chosen) WITH ORDINALITY AS one (id, place)
    JOIN hot ON hot.id = one.id JOIN jobs ON jobs.id = one.id
$$;

CREATE OR REPLACE FUNCTION repeat_batch(name text, again text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    told workers;
BEGIN
    SELECT * INTO told FROM workers WHERE id = name;
    IF again = '' OR told.nonce <> again THEN RETURN NULL; END IF;
    RETURN write_claims(ARRAY(
        SELECT one.id FROM unnest(told.ids, told.fences) WITH ORDINALITY AS one (id, fence, place)
        JOIN hot ON hot.id = one.id AND hot.fence = one.fence AND hot.state = 'running' ORDER BY place
    ));
END $$;

-- How many jobs of a key may start now; its row stays locked until the claim is committed.
CREATE OR REPLACE FUNCTION count_room(name text, moment bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    told limits;
    room bigint := 1000000000;
    now_us bigint := moment * 1000;
BEGIN
    SELECT * INTO told FROM limits WHERE key = name AND text IS NOT NULL FOR UPDATE;
    IF NOT FOUND THEN RETURN room; END IF;
    IF told.concurrency IS NOT NULL THEN
        SELECT told.concurrency - count(*) INTO room FROM hot WHERE state = 'running' AND limit_key = name;
    END IF;
    IF told.gap IS NOT NULL THEN
        room := least(room, (now_us + told.burst * told.gap - greatest(told.free_at, now_us)) / told.gap);
    END IF;
    RETURN greatest(room, 0);
END $$;

CREATE OR REPLACE FUNCTION charge(chosen text[], moment bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE limits SET free_at = greatest(free_at, moment * 1000) + started.many * gap
    FROM (SELECT limit_key, count(*) AS many FROM hot WHERE id = ANY(chosen) GROUP BY limit_key) AS started
    WHERE key = started.limit_key AND gap IS NOT NULL AND text IS NOT NULL;
END $$;

CREATE OR REPLACE FUNCTION choose_plainly(asked text, n bigint) RETURNS text[] LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT array_agg(id) FROM (
        SELECT id FROM hot WHERE state = 'ready' AND seated AND pool = asked
        ORDER BY rank, id LIMIT n FOR UPDATE SKIP LOCKED
    ) AS head);
END $$;

CREATE OR REPLACE FUNCTION choose_among(asked jsonb, n bigint, moment bigint) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    chosen text[];
BEGIN
    WITH rooms AS MATERIALIZED (
        SELECT key, count_room(key, moment) AS room
        FROM (SELECT DISTINCT one->>1 AS key FROM jsonb_array_elements(asked) AS one ORDER BY key) AS keys
        WHERE key IS NOT NULL
    ), asked_pools AS (
        SELECT one->>0 AS digest, one->>1 AS key, coalesce(room, n) AS room
        FROM jsonb_array_elements(asked) AS one LEFT JOIN rooms ON key = one->>1
    ), heads AS MATERIALIZED (
        SELECT head.id, head.rank, key, room FROM asked_pools CROSS JOIN LATERAL (
            SELECT id, rank FROM hot WHERE state = 'ready' AND seated AND pool = digest
            ORDER BY rank, id LIMIT least(n, room) FOR UPDATE SKIP LOCKED
        ) AS head
    ), placed AS (
        SELECT id, rank, key IS NULL OR row_number() OVER (PARTITION BY key ORDER BY rank, id) <= room AS fits FROM heads
    )
    SELECT array_agg(id ORDER BY rank, id) INTO chosen
    FROM (SELECT id, rank FROM placed WHERE fits ORDER BY rank, id LIMIT n) AS first;
    RETURN chosen;
END $$;

-- What the fences of this run of the server begin above; its first asker counts the run, and that on disk.
CREATE OR REPLACE FUNCTION find_floor() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    found_floor bigint := (SELECT floor FROM run);
BEGIN
    IF found_floor IS NOT NULL THEN RETURN found_floor; END IF;
    PERFORM FROM facts WHERE name = 'floor' FOR UPDATE;
    SELECT floor INTO found_floor FROM run;
    IF FOUND THEN RETURN found_floor; END IF;
    PERFORM set_config('synchronous_commit', 'on', true);
    UPDATE facts SET value = (value::bigint + 4294967296)::text WHERE name = 'floor' RETURNING value INTO found_floor;
    INSERT INTO run VALUES (found_floor);
    RETURN found_floor;
END $$;

CREATE OR REPLACE FUNCTION start_jobs(chosen text[], name text, moment bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    claims text;
    lowest bigint := find_floor();
BEGIN
    WITH started AS (
        UPDATE hot SET state = 'running', worker = name, started = moment, deadline = moment + span,
            fence = greatest(fence, lowest) + 1, attempt = attempt + 1, fraction = NULL, message = NULL
        WHERE id = ANY(chosen) RETURNING id, fence, attempt
    ), told AS (
        SELECT started.id, started.fence, started.attempt, body, array_position(chosen, started.id) AS place
        FROM started JOIN jobs ON jobs.id = started.id
    ), kept AS (
        UPDATE workers SET ids = chosen, fences = (SELECT array_agg(fence ORDER BY place) FROM told) WHERE id = name
    )
    SELECT '[' || string_agg(format('[%s,%s,%s]', fence, attempt, body), ',' ORDER BY place) || ']' INTO claims FROM told;
    RETURN claims;
END $$;

CREATE OR REPLACE FUNCTION hand_out(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    moment bigint := q->'now';
    name text := q->>'worker';
    asked jsonb := q->'take';
    n bigint := asked->'n';
    again text := repeat_batch(name, asked->>'nonce');
    chosen text[];
    following bigint;
BEGIN
    IF again IS NOT NULL THEN RETURN '"claims":' || again; END IF;
    IF asked->>'version' IS DISTINCT FROM (SELECT value FROM facts WHERE facts.name = 'version') THEN
        RETURN '"claims":[],"outdated":true';
    END IF;
    SELECT min(due) INTO following FROM hot WHERE state IN ('scheduled', 'failed');
    IF following <= moment THEN PERFORM promote(moment, 1000); END IF;
    IF jsonb_array_length(asked->'pools') = 1 AND asked #>> '{pools,0,1}' IS NULL THEN
        chosen := choose_plainly(asked #>> '{pools,0,0}', n);
    ELSE
        chosen := choose_among(asked->'pools', n, moment);
        PERFORM charge(chosen, moment);
    END IF;
    IF chosen IS NULL THEN
        RETURN '"claims":[]' || CASE WHEN following > moment THEN ',"next":' || following ELSE '' END;
    END IF;
    UPDATE workers SET nonce = asked->>'nonce' WHERE id = name;
    RETURN '"claims":' || start_jobs(chosen, name, moment);
END $$;

-- A claim need not be on disk: one that a crash takes back has a fence that is not given again, see find_floor.
CREATE OR REPLACE FUNCTION step_take(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    PERFORM meet(q->>'worker', (q->'now')::bigint);
    RETURN '{' || hand_out(q) || '}';
END $$;
