-- What only the ledger of a queue in Redis is asked.

CREATE OR REPLACE FUNCTION step_find_epoch(q jsonb) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(value, ''), '0') FROM facts WHERE name = 'epoch'
$$;

CREATE OR REPLACE FUNCTION step_begin_epoch(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    begun text;
BEGIN
    UPDATE facts SET value = (coalesce(nullif(value, ''), '0')::bigint + 1)::text WHERE name = 'epoch'
    RETURNING value INTO begun;
    RETURN begun;
END $$;

CREATE OR REPLACE FUNCTION step_list_live(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    shown text;
    many bigint;
    last text;
BEGIN
    SELECT string_agg(format('{"job":%s,"at":%s,"due":%s,"attempt":%s,"fence":%s,"error":%s}', body, at, due, attempt,
        fence, coalesce(error, '""')), ',' ORDER BY id), count(*), max(id)
    INTO shown, many, last FROM (
        SELECT hot.id, body, at, hot.due, hot.attempt, hot.fence, hot.error FROM hot JOIN jobs ON jobs.id = hot.id
        WHERE hot.id > q->>'after' AND hot.state IN ('scheduled', 'failed', 'ready', 'running')
            AND at >= (q->'since')::bigint
        ORDER BY hot.id LIMIT (q->'limit')::bigint
    ) AS page;
    RETURN format('{"kept":[%s],"after":%s}', shown, CASE many WHEN (q->'limit')::bigint THEN to_json(last)::text ELSE 'null' END);
END $$;

CREATE OR REPLACE FUNCTION settle_one(told record) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    job hot;
BEGIN
    SELECT * INTO job FROM hot WHERE id = told.id;
    IF NOT FOUND THEN
        RETURN EXISTS (SELECT FROM jobs WHERE id = told.id AND state = told.state AND fence = told.fence);
    END IF;
    IF NOT is_live(job.state) AND NOT (is_live(told.state) AND told.fence > job.fence) THEN
        RETURN job.state = told.state AND job.fence = told.fence;
    END IF;
    IF told.state = 'done' THEN
        DELETE FROM hot WHERE id = told.id;
        DELETE FROM jobs WHERE id = told.id AND job.keep = 0;
    ELSE
        UPDATE hot SET state = told.state, due = told.due, rank = told.due - ahead, attempt = told.attempt,
            fence = told.fence, started = told.started, message = told.message, error = told.error, worker = NULL
        WHERE id = told.id;
    END IF;
    UPDATE jobs SET state = nullif(told.state, 'ready'), due = told.due, attempt = told.attempt, fence = told.fence,
        started = told.started, ended = told.ended, value = told.value, message = told.message, error = told.error,
        fraction = CASE told.state WHEN 'done' THEN '1.0' END,
        forget_at = CASE WHEN told.state IN ('done', 'cancelled') THEN told.ended + job.keep END
    WHERE id = told.id;
    IF FOUND AND jsonb_array_length(told.lines) > 0 THEN
        DELETE FROM lines WHERE id = told.id;
        INSERT INTO lines (id, line) SELECT told.id, line FROM jsonb_array_elements_text(told.lines) AS line;
    END IF;
    PERFORM leave_lane(job.lane);
    RETURN true;
END $$;

CREATE OR REPLACE FUNCTION step_settle(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    told record;
    taken text[] := '{}';
BEGIN
    -- Shared: an epoch begins when all that was settled before it is committed.
    PERFORM FROM facts WHERE name = 'epoch' AND value = (q->'epoch')::text FOR SHARE;
    IF NOT FOUND THEN RETURN '[]'; END IF;
    PERFORM FROM hot WHERE id IN (SELECT one->>'id' FROM jsonb_array_elements(q->'outcomes') AS one)
    ORDER BY id FOR UPDATE;
    FOR told IN SELECT * FROM jsonb_to_recordset(q->'outcomes') AS (
        id text, state text, due bigint, attempt int, fence bigint, started bigint, ended bigint, message text,
        value text, error text, lines jsonb
    ) LOOP
        IF settle_one(told) THEN taken := taken || told.id; END IF;
    END LOOP;
    RETURN to_json(taken)::text;
END $$;
