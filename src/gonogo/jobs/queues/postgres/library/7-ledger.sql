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

CREATE OR REPLACE FUNCTION read_outcomes(outcomes jsonb) RETURNS TABLE (
    id text, state text, due bigint, attempt int, fence bigint, started bigint, ended bigint, message text, value text,
    error text, lines jsonb
) LANGUAGE sql IMMUTABLE AS $$
    SELECT * FROM jsonb_to_recordset(outcomes) AS (
        id text, state text, due bigint, attempt int, fence bigint, started bigint, ended bigint, message text,
        value text, error text, lines jsonb
    )
$$;

-- Those that are done, all at once; the ids of those that it took.
CREATE OR REPLACE FUNCTION settle_done(outcomes jsonb) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    taken text[];
    lanes text[];
BEGIN
    WITH told AS MATERIALIZED (
        SELECT * FROM read_outcomes(outcomes) WHERE state = 'done'
    ), ended AS (
        DELETE FROM hot USING told WHERE hot.id = told.id AND is_live(hot.state)
        RETURNING told.*, hot.lane, hot.keep
    ), kept AS (
        UPDATE jobs SET state = 'done', due = ended.due, attempt = ended.attempt, fence = ended.fence,
            started = ended.started, ended = ended.ended, value = ended.value, message = ended.message,
            error = ended.error, fraction = '1.0', forget_at = ended.ended + keep
        FROM ended WHERE jobs.id = ended.id AND keep > 0
    ), gone AS (
        DELETE FROM jobs USING ended WHERE jobs.id = ended.id AND keep = 0
    ), unlogged AS (
        DELETE FROM lines USING ended WHERE lines.id = ended.id AND keep = 0
    ), said_before AS (
        SELECT id FROM told JOIN jobs USING (id, state, fence)
    )
    SELECT array_agg(id) || ARRAY(SELECT id FROM said_before), array_agg(DISTINCT lane) FILTER (WHERE lane IS NOT NULL)
    INTO taken, lanes FROM ended;
    IF lanes IS NOT NULL THEN
        PERFORM hold_lanes(lanes);
        PERFORM settle_lanes(lanes);
    END IF;
    RETURN taken;
END $$;

CREATE OR REPLACE FUNCTION settle_one(told record) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    job hot;
BEGIN
    SELECT * INTO job FROM hot WHERE id = told.id;
    IF NOT FOUND THEN RETURN false; END IF;
    IF NOT is_live(job.state) AND NOT (is_live(told.state) AND told.fence > job.fence) THEN
        RETURN job.state = told.state AND job.fence = told.fence;
    END IF;
    UPDATE hot SET state = told.state, due = told.due, rank = told.due - ahead, attempt = told.attempt,
        fence = told.fence, started = told.started, message = told.message, error = told.error, worker = NULL
    WHERE id = told.id;
    UPDATE jobs SET state = nullif(told.state, 'ready'), due = told.due, attempt = told.attempt, fence = told.fence,
        started = told.started, ended = told.ended, value = told.value, message = told.message, error = told.error,
        fraction = NULL, forget_at = CASE told.state WHEN 'cancelled' THEN told.ended + job.keep END
    WHERE id = told.id;
    PERFORM leave_lane(job.lane);
    RETURN true;
END $$;

CREATE OR REPLACE FUNCTION settle_others(outcomes jsonb) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    told record;
    taken text[] := '{}';
BEGIN
    FOR told IN SELECT * FROM read_outcomes(outcomes) WHERE state <> 'done' LOOP
        IF settle_one(told) THEN taken := taken || told.id; END IF;
    END LOOP;
    RETURN taken;
END $$;

-- Logs come whole.
CREATE OR REPLACE FUNCTION settle_lines(outcomes jsonb, taken text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM lines USING read_outcomes(outcomes) AS told
    WHERE lines.id = told.id AND told.id = ANY(taken) AND jsonb_array_length(told.lines) > 0;
    INSERT INTO lines (id, line)
    SELECT told.id, line FROM read_outcomes(outcomes) AS told JOIN jobs ON jobs.id = told.id
        CROSS JOIN jsonb_array_elements_text(told.lines) AS line
    WHERE told.id = ANY(taken);
END $$;

CREATE OR REPLACE FUNCTION step_settle(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    outcomes jsonb := q->'outcomes';
    taken text[];
BEGIN
    -- Shared: an epoch begins when all that was settled before it is committed.
    PERFORM FROM facts WHERE name = 'epoch' AND value = (q->'epoch')::text FOR SHARE;
    IF NOT FOUND THEN RETURN '[]'; END IF;
    PERFORM FROM hot WHERE id IN (SELECT one->>'id' FROM jsonb_array_elements(outcomes) AS one)
    ORDER BY id FOR UPDATE;
    taken := settle_done(outcomes);
    IF outcomes @? '$[*] ? (@.state != "done")' THEN taken := taken || settle_others(outcomes); END IF;
    IF outcomes @? '$[*].lines[0]' THEN PERFORM settle_lines(outcomes, taken); END IF;
    RETURN to_json(coalesce(taken, '{}'))::text;
END $$;
