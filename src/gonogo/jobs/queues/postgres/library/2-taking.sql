-- Jobs come in.

CREATE OR REPLACE FUNCTION read_records(jobs jsonb) RETURNS TABLE (
    id text, body text, pool text, wake text, due bigint, ahead bigint, type text, most int, timeout double precision,
    span bigint, keep bigint, backoff bigint[], "unique" text, lane text, "limit" text, parent text, place bigint
) LANGUAGE sql IMMUTABLE AS $$
    SELECT * FROM ROWS FROM (jsonb_to_recordset(jobs) AS (
        id text, body text, pool text, wake text, due bigint, ahead bigint, type text, most int,
        timeout double precision, span bigint, keep bigint, backoff bigint[], "unique" text, lane text, "limit" text,
        parent text
    )) WITH ORDINALITY
$$;

CREATE OR REPLACE FUNCTION know_pools(q jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM jsonb_each_text(q->'pools') AS told WHERE NOT EXISTS (
        SELECT FROM pools WHERE digest = told.key
    )) THEN
        INSERT INTO pools SELECT * FROM jsonb_each_text(q->'pools') ON CONFLICT DO NOTHING;
        UPDATE facts SET value = q->>'token' WHERE name = 'version';
    END IF;
END $$;

-- Many jobs, none of them with a unique key or a lane: two statements.
CREATE OR REPLACE FUNCTION put_plainly(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    moment bigint := q->'now';
    created text[];
    woken text[];
BEGIN
    WITH told AS MATERIALIZED (
        SELECT DISTINCT ON (id) * FROM read_records(q->'jobs') ORDER BY id, place
    ), wide AS (
        INSERT INTO jobs (id, type, parent, at, body) SELECT id, type, parent, moment, body FROM told
        ON CONFLICT DO NOTHING RETURNING id
    ), narrow AS (
        INSERT INTO hot (id, state, pool, wake, rank, due, ahead, type, most, timeout, span, keep, backoff, seated,
            limit_key, fence, attempt)
        SELECT id, CASE WHEN due > moment THEN 'scheduled' ELSE 'ready' END, pool, wake, due - ahead, due, ahead, type,
            most, timeout, span, keep, backoff, true, "limit", 0, 0
        FROM told WHERE id IN (SELECT wide.id FROM wide)
        RETURNING hot.id, hot.wake, hot.pool
    )
    -- Where others are ready already, somebody was woken for them: a NOTIFY makes commits wait for one another.
    SELECT array_agg(narrow.id), array_agg(DISTINCT narrow.wake) FILTER (WHERE NOT EXISTS (
        SELECT FROM hot WHERE hot.pool = narrow.pool AND hot.state = 'ready' AND hot.seated
    )) INTO created, woken FROM narrow;
    PERFORM add_total('enqueued', cardinality(created));
    PERFORM wake(woken);
    RETURN (
        SELECT '[' || string_agg(
            format('[%s,%s]', to_json(id), coalesce(id = ANY(created) AND first, false)::text), ',' ORDER BY place
        ) || ']'
        FROM (
            SELECT id, place, row_number() OVER (PARTITION BY id ORDER BY place) = 1 AS first
            FROM read_records(q->'jobs')
        ) AS told
    );
END $$;

CREATE OR REPLACE FUNCTION put_one(q jsonb, told record) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    moment bigint := q->'now';
    holder text;
    head boolean := told.lane IS NULL;
BEGIN
    IF EXISTS (SELECT FROM jobs WHERE id = told.id) THEN RETURN NULL; END IF;
    IF NOT head THEN
        PERFORM hold_lanes(ARRAY[told.lane]);
        head := NOT EXISTS (
            SELECT FROM hot WHERE lane = told.lane AND state IN ('scheduled', 'failed', 'ready', 'running')
        );
    END IF;
    LOOP
        INSERT INTO hot (id, state, pool, wake, rank, due, ahead, type, most, timeout, span, keep, backoff, unique_key,
            lane, seat, seated, limit_key, fence, attempt)
        VALUES (told.id, CASE WHEN told.due > moment THEN 'scheduled' ELSE 'ready' END, told.pool, told.wake,
            told.due - told.ahead, told.due, told.ahead, told.type, told.most, told.timeout, told.span, told.keep,
            told.backoff, told.unique, told.lane, CASE WHEN told.lane IS NOT NULL THEN nextval('seats') END, head,
            told.limit, 0, 0)
        ON CONFLICT DO NOTHING;
        EXIT WHEN FOUND;
        SELECT id INTO holder FROM hot WHERE unique_key = told.unique
            AND state IN ('scheduled', 'failed', 'ready', 'running');
        IF FOUND THEN RETURN holder; END IF;
        -- The holder ended just now: try again.
        IF EXISTS (SELECT FROM hot WHERE id = told.id) THEN RETURN NULL; END IF;
    END LOOP;
    INSERT INTO jobs (id, type, parent, at, body) VALUES (told.id, told.type, told.parent, moment, told.body);
    PERFORM add_total('enqueued', 1);
    IF head THEN PERFORM wake(ARRAY[told.wake]); END IF;
    RETURN '';
END $$;

CREATE OR REPLACE FUNCTION put_each(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    told record;
    holder text;
    answers text[] := '{}';
BEGIN
    FOR told IN SELECT * FROM read_records(q->'jobs') ORDER BY place LOOP
        holder := put_one(q, told);
        answers := answers || CASE holder WHEN '' THEN format('[%s,true]', to_json(told.id))
            ELSE format('[%s,false]', to_json(coalesce(holder, told.id))) END;
    END LOOP;
    RETURN '[' || array_to_string(answers, ',') || ']';
END $$;

CREATE OR REPLACE FUNCTION step_put(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM know_pools(q);
    IF EXISTS (SELECT FROM jsonb_array_elements(q->'jobs') AS job WHERE job ? 'unique' OR job ? 'lane') THEN
        RETURN put_each(q);
    END IF;
    RETURN put_plainly(q);
END $$;
