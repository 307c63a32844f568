-- What the steps stand on. Every function is replaced as a whole whenever its text changes.

CREATE OR REPLACE FUNCTION add_total(what text, many bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF many > 0 THEN
        INSERT INTO totals AS t VALUES (what, pg_backend_pid() % 16, many)
        ON CONFLICT (name, shard) DO UPDATE SET count = t.count + many;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION wake(keys text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify(current_schema(), key) FROM (SELECT DISTINCT unnest(keys) AS key) AS woken WHERE key IS NOT NULL;
END $$;

CREATE OR REPLACE FUNCTION step_ring(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM wake(ARRAY(SELECT jsonb_array_elements_text(q->'keys')));
    RETURN '{}';
END $$;

CREATE OR REPLACE FUNCTION is_live(state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT state IN ('scheduled', 'failed', 'ready', 'running')
$$;

-- Whoever changes who is in a lane holds it; rows are locked before lanes.
CREATE OR REPLACE FUNCTION hold_lanes(names text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext(current_schema()), key)
    FROM (SELECT DISTINCT hashtext(unnest(names)) AS key ORDER BY key) AS held WHERE key IS NOT NULL;
END $$;

CREATE OR REPLACE FUNCTION settle_lanes(names text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    head record;
    name text;
BEGIN
    FOREACH name IN ARRAY names LOOP
        SELECT id, seated, state, hot.wake AS bell INTO head FROM hot
        WHERE lane = name AND hot.state IN ('scheduled', 'failed', 'ready', 'running') ORDER BY seat LIMIT 1;
        IF FOUND AND NOT head.seated THEN
            UPDATE hot SET seated = true WHERE id = head.id;
            IF head.state = 'ready' THEN PERFORM wake(ARRAY[head.bell]); END IF;
        END IF;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION leave_lane(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF name IS NOT NULL THEN
        PERFORM hold_lanes(ARRAY[name]);
        PERFORM settle_lanes(ARRAY[name]);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION meet(name text, moment bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO workers AS w (id, seen) VALUES (name, moment) ON CONFLICT (id) DO UPDATE SET seen = moment;
END $$;

CREATE OR REPLACE FUNCTION add_note(job hot, what text, moment bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    number bigint := nextval('notes_seq_seq');
BEGIN
    INSERT INTO notes VALUES (number, format(
        '{"seq":%s,"id":%s,"type":%s,"what":"%s","attempt":%s,"error":%s,"at":%s}', number, to_json(job.id),
        to_json(job.type), what, job.attempt, coalesce(job.error, '""'), moment
    ));
END $$;

CREATE OR REPLACE FUNCTION find_pause(job hot) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN cardinality(job.backoff) > 0 THEN job.backoff[least(job.attempt, cardinality(job.backoff))]
        ELSE (least(power(2, least(job.attempt - 1, 30)), 300) * 1000)::bigint END
$$;

-- Ends a job for good, but not as done. What is to change with it (fence, error) is already in "job".
CREATE OR REPLACE FUNCTION end_job(job hot, outcome text, moment bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE hot SET state = outcome, worker = NULL, fence = job.fence, error = job.error WHERE id = job.id;
    UPDATE jobs SET ended = moment, forget_at = CASE outcome WHEN 'cancelled' THEN moment + job.keep END
    WHERE id = job.id;
    PERFORM leave_lane(job.lane);
    PERFORM add_total(outcome, 1);
END $$;

CREATE OR REPLACE FUNCTION fail_job(job hot, for_good boolean, after bigint, moment bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM add_total('failed', 1);
    IF for_good OR job.attempt >= job.most THEN
        PERFORM end_job(job, 'dead', moment);
        PERFORM add_note(job, 'dead', moment);
    ELSE
        job.due := moment + coalesce(after, find_pause(job));
        UPDATE hot SET state = 'failed', worker = NULL, fence = job.fence, error = job.error, due = job.due,
            rank = job.due - ahead WHERE id = job.id;
        PERFORM add_note(job, 'failed', moment);
    END IF;
    PERFORM wake(ARRAY[job.wake]);
END $$;

CREATE OR REPLACE FUNCTION recover_job(job hot, why text, moment bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    job.fence := job.fence + 1;
    job.error := why;
    PERFORM add_total('recovered', 1);
    IF job.attempt >= job.most THEN
        PERFORM fail_job(job, true, NULL, moment);
    ELSE
        UPDATE hot SET state = 'ready', worker = NULL, fence = job.fence, error = why WHERE id = job.id;
        PERFORM wake(ARRAY[job.wake]);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION promote(moment bigint, bound bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    woken text[];
BEGIN
    WITH due AS MATERIALIZED (
        SELECT id FROM hot WHERE state IN ('scheduled', 'failed') AND due <= moment
        ORDER BY due LIMIT bound FOR UPDATE SKIP LOCKED
    ), moved AS (
        UPDATE hot SET state = 'ready' FROM due WHERE hot.id = due.id RETURNING hot.wake
    )
    SELECT array_agg(moved.wake) INTO woken FROM moved;
    PERFORM wake(woken);
    RETURN coalesce(cardinality(woken), 0);
END $$;
