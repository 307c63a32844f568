-- Jobs are done, or not.

CREATE OR REPLACE FUNCTION add_lines(job text, told jsonb, bound bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF told IS NOT NULL THEN
        INSERT INTO lines (id, line) SELECT job, line FROM jsonb_array_elements_text(told) AS line;
        DELETE FROM lines WHERE id = job AND n <= (
            SELECT n FROM lines WHERE id = job ORDER BY n DESC OFFSET bound LIMIT 1
        );
    END IF;
END $$;

CREATE OR REPLACE FUNCTION read_results(results jsonb) RETURNS TABLE (
    id text, fence bigint, outcome text, value text, error text, after bigint, lines jsonb, place bigint
) LANGUAGE sql IMMUTABLE AS $$
    SELECT * FROM ROWS FROM (jsonb_to_recordset(results) AS (
        id text, fence bigint, outcome text, value text, error text, after bigint, lines jsonb
    )) WITH ORDINALITY
$$;

-- Those that were done, all at once; the places of the results that were recorded.
CREATE OR REPLACE FUNCTION record_done(q jsonb) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    moment bigint := q->'now';
    places bigint[];
    lanes text[];
    woken text[];
BEGIN
    WITH told AS MATERIALIZED (
        SELECT * FROM (SELECT DISTINCT ON (id) * FROM read_results(q->'results') ORDER BY id, place) AS first
        WHERE outcome = 'done'
    ), ended AS (
        DELETE FROM hot USING told WHERE hot.id = told.id AND hot.fence = told.fence AND hot.state = 'running'
        RETURNING hot.*, told.place, told.value AS told_value, told.error AS told_error
    ), kept AS (
        UPDATE jobs SET state = 'done', due = ended.due, attempt = ended.attempt, fence = ended.fence,
            started = ended.started, ended = moment, forget_at = moment + ended.keep, fraction = '1.0',
            message = ended.message, value = told_value, error = told_error
        FROM ended WHERE jobs.id = ended.id AND ended.keep > 0
    ), gone AS (
        DELETE FROM jobs USING ended WHERE jobs.id = ended.id AND ended.keep = 0
    )
    SELECT array_agg(place), array_agg(DISTINCT lane) FILTER (WHERE lane IS NOT NULL),
        array_agg(DISTINCT wake) FILTER (WHERE limit_key IS NOT NULL)
    INTO places, lanes, woken FROM ended;
    IF places IS NULL THEN RETURN '{}'; END IF;
    PERFORM add_total('done', cardinality(places));
    IF lanes IS NOT NULL THEN
        PERFORM hold_lanes(lanes);
        PERFORM settle_lanes(lanes);
    END IF;
    PERFORM wake(woken);
    RETURN places;
END $$;

CREATE OR REPLACE FUNCTION record_other(told record, job hot, moment bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    job.error := told.error;
    IF told.outcome = 'released' THEN
        UPDATE hot SET state = 'ready', worker = NULL, attempt = attempt - 1, error = told.error WHERE id = job.id;
        PERFORM wake(ARRAY[job.wake]);
    ELSE
        PERFORM fail_job(job, told.outcome = 'dead', told.after, moment);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION record_others(q jsonb) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    told record;
    job hot;
    places bigint[] := '{}';
BEGIN
    FOR told IN SELECT * FROM (SELECT DISTINCT ON (id) * FROM read_results(q->'results') ORDER BY id, place) AS first
        WHERE outcome <> 'done' ORDER BY place
    LOOP
        SELECT * INTO job FROM hot WHERE id = told.id AND fence = told.fence AND state = 'running';
        IF FOUND THEN
            places := places || told.place;
            PERFORM add_lines(told.id, told.lines, (q->'most_lines')::bigint);
            PERFORM record_other(told, job, (q->'now')::bigint);
        END IF;
    END LOOP;
    RETURN places;
END $$;

CREATE OR REPLACE FUNCTION judge(q jsonb, places bigint[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT coalesce('[' || string_agg(CASE WHEN place = ANY(places) OR EXISTS (
        SELECT FROM hot WHERE id = told.id AND fence = told.fence
    ) OR EXISTS (
        SELECT FROM jobs WHERE id = told.id AND fence = told.fence AND state = 'done'
    ) THEN '"ok"' ELSE '"stale"' END, ',' ORDER BY place) || ']', '[]')
    FROM read_results(q->'results') AS told);
END $$;

CREATE OR REPLACE FUNCTION step_finish(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    places bigint[];
    verdicts text;
    told record;
BEGIN
    PERFORM meet(q->>'worker', (q->'now')::bigint);
    PERFORM FROM hot WHERE id IN (SELECT result->>'id' FROM jsonb_array_elements(q->'results') AS result)
    ORDER BY id FOR UPDATE;
    places := record_done(q);
    IF q->'results' @? '$[*] ? (@.outcome != "done")' THEN places := places || record_others(q); END IF;
    FOR told IN SELECT * FROM read_results(q->'results') WHERE lines IS NOT NULL AND outcome = 'done' LOOP
        IF told.place = ANY(places) AND EXISTS (SELECT FROM jobs WHERE id = told.id) THEN
            PERFORM add_lines(told.id, told.lines, (q->'most_lines')::bigint);
        END IF;
    END LOOP;
    verdicts := judge(q, places);
    RETURN format('{"verdicts":%s,%s}', verdicts, CASE WHEN q ? 'take' THEN hand_out(q) ELSE '"claims":[]' END);
END $$;

CREATE OR REPLACE FUNCTION step_beat(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    moment bigint := q->'now';
    told record;
    job hot;
    cancelled text[] := '{}';
    lost text[] := '{}';
BEGIN
    PERFORM meet(q->>'worker', moment);
    FOR told IN SELECT * FROM jsonb_to_recordset(q->'running') AS (
        id text, fence bigint, fraction text, message text, lines jsonb
    ) LOOP
        SELECT * INTO job FROM hot WHERE id = told.id;
        IF job.state = 'running' AND job.fence = told.fence THEN
            IF told.fraction IS NOT NULL OR told.message IS NOT NULL THEN
                UPDATE hot SET fraction = coalesce(told.fraction, fraction), message = coalesce(told.message, message)
                WHERE id = told.id AND fence = told.fence AND state = 'running';
            END IF;
            PERFORM add_lines(told.id, told.lines, (q->'most_lines')::bigint);
        ELSIF job.state = 'cancelled' THEN
            cancelled := cancelled || told.id;
        ELSE
            lost := lost || told.id;
        END IF;
    END LOOP;
    FOR job IN SELECT * FROM hot WHERE state = 'running' AND worker = q->>'worker'
        AND started + (q->'lease')::bigint <= moment
        AND NOT (q->'running' @> jsonb_build_array(jsonb_build_object('id', id))) ORDER BY id FOR UPDATE
    LOOP
        PERFORM recover_job(job, '"The claim was lost on its way to the worker."', moment);
    END LOOP;
    RETURN jsonb_build_object('cancelled', cancelled, 'lost', lost)::text;
END $$;

CREATE OR REPLACE FUNCTION step_register(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM meet(q->>'worker', (q->'now')::bigint);
    UPDATE workers SET introduction = q->>'introduction' WHERE id = q->>'worker';
    RETURN '{}';
END $$;

CREATE OR REPLACE FUNCTION step_leave(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    woken text[];
BEGIN
    WITH left_behind AS (
        UPDATE hot SET state = 'ready', worker = NULL, fence = fence + 1, attempt = attempt - 1
        WHERE state = 'running' AND worker = q->>'worker' RETURNING hot.wake
    )
    SELECT array_agg(left_behind.wake) INTO woken FROM left_behind;
    DELETE FROM workers WHERE id = q->>'worker';
    PERFORM wake(woken);
    RETURN '{}';
END $$;
