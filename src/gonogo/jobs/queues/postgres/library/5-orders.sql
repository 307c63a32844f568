-- Orders, upkeep, schedules.

CREATE OR REPLACE FUNCTION step_cancel(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    name text;
    job hot;
    cancelled text[] := '{}';
BEGIN
    PERFORM FROM hot WHERE id IN (SELECT jsonb_array_elements_text(q->'ids')) ORDER BY id FOR UPDATE;
    FOR name IN SELECT jsonb_array_elements_text(q->'ids') LOOP
        SELECT * INTO job FROM hot WHERE id = name AND is_live(state);
        IF FOUND THEN
            job.fence := job.fence + 1;
            job.error := q->>'why';
            PERFORM end_job(job, 'cancelled', (q->'now')::bigint);
            PERFORM wake(ARRAY[job.wake]);
            cancelled := cancelled || name;
        END IF;
    END LOOP;
    RETURN jsonb_build_object('ids', cancelled)::text;
END $$;

CREATE OR REPLACE FUNCTION try_again(job hot, moment bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    head boolean := job.seated;
    place bigint := job.seat;
BEGIN
    IF job.state NOT IN ('dead', 'cancelled', 'scheduled', 'failed') THEN RETURN false; END IF;
    IF job.state IN ('dead', 'cancelled') THEN
        IF EXISTS (SELECT FROM hot WHERE unique_key = job.unique_key
            AND state IN ('scheduled', 'failed', 'ready', 'running')) THEN RETURN false; END IF;
        IF job.lane IS NOT NULL THEN
            PERFORM hold_lanes(ARRAY[job.lane]);
            place := nextval('seats');
            head := NOT EXISTS (
                SELECT FROM hot WHERE lane = job.lane AND state IN ('scheduled', 'failed', 'ready', 'running')
            );
        END IF;
        UPDATE jobs SET ended = NULL, forget_at = NULL WHERE id = job.id;
    END IF;
    UPDATE hot SET state = 'ready', due = moment, rank = moment - ahead, attempt = 0, fence = fence + 1, seat = place,
        seated = head WHERE id = job.id;
    PERFORM wake(ARRAY[job.wake]);
    RETURN true;
END $$;

CREATE OR REPLACE FUNCTION step_retry(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    name text;
    job hot;
    retried text[] := '{}';
BEGIN
    PERFORM FROM hot WHERE id IN (SELECT jsonb_array_elements_text(q->'ids')) ORDER BY id FOR UPDATE;
    FOR name IN SELECT jsonb_array_elements_text(q->'ids') LOOP
        SELECT * INTO job FROM hot WHERE id = name;
        IF FOUND AND try_again(job, (q->'now')::bigint) THEN retried := retried || name; END IF;
    END LOOP;
    RETURN jsonb_build_object('ids', retried)::text;
END $$;

CREATE OR REPLACE FUNCTION step_pause(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    IF (q->'on')::boolean THEN
        INSERT INTO paused VALUES (q->>'type') ON CONFLICT DO NOTHING;
    ELSE
        DELETE FROM paused WHERE type = q->>'type';
    END IF;
    UPDATE facts SET value = q->>'token' WHERE name = 'version';
    RETURN '{}';
END $$;

-- A limit that is lifted leaves its row: what was started under it still counts when it comes back.
CREATE OR REPLACE FUNCTION step_set_limit(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    told jsonb := q->'limit';
BEGIN
    INSERT INTO limits AS kept (key, text, concurrency, gap, burst)
    VALUES (told->>'key', CASE WHEN told ?| '{concurrency,interval}' THEN told->>'text' END,
        (told->'concurrency')::int, (told->'interval')::bigint, (told->'burst')::int)
    ON CONFLICT (key) DO UPDATE SET text = excluded.text, concurrency = excluded.concurrency, gap = excluded.gap,
        burst = excluded.burst;
    RETURN '{}';
END $$;

CREATE OR REPLACE FUNCTION recover_lost(moment bigint, lease bigint, bound bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    job hot;
    recovered bigint := 0;
BEGIN
    FOR job IN SELECT hot.* FROM hot JOIN workers ON workers.id = hot.worker
        WHERE hot.state = 'running' AND workers.seen <= moment - lease
        ORDER BY hot.id LIMIT bound FOR UPDATE OF hot SKIP LOCKED
    LOOP
        recovered := recovered + 1;
        PERFORM recover_job(
            job, to_json(format('Worker %s was not heard of for %s s.', job.worker, lease / 1000))::text, moment
        );
    END LOOP;
    RETURN recovered;
END $$;

CREATE OR REPLACE FUNCTION end_overdue(moment bigint, bound bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    job hot;
    overdue bigint := 0;
BEGIN
    FOR job IN SELECT * FROM hot WHERE state = 'running' AND deadline <= moment
        ORDER BY id LIMIT bound FOR UPDATE SKIP LOCKED
    LOOP
        overdue := overdue + 1;
        job.fence := job.fence + 1;
        job.error := to_json(format('It ran for longer than %s s.', job.timeout))::text;
        PERFORM fail_job(job, false, NULL, moment);
    END LOOP;
    RETURN overdue;
END $$;

CREATE OR REPLACE FUNCTION forget_old(moment bigint, bound bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    old text[] := ARRAY(SELECT id FROM jobs WHERE forget_at <= moment ORDER BY forget_at LIMIT bound FOR UPDATE SKIP LOCKED);
BEGIN
    DELETE FROM lines WHERE id = ANY(old);
    DELETE FROM hot WHERE id = ANY(old);
    DELETE FROM jobs WHERE id = ANY(old);
    DELETE FROM workers WHERE seen <= moment - 3600000
        AND NOT EXISTS (SELECT FROM hot WHERE state = 'running' AND worker = workers.id);
    RETURN cardinality(old);
END $$;

CREATE OR REPLACE FUNCTION show_timer(timer timers) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format('{"schedule":%s,"next":%s,"last":%s,"job":%s}', timer.schedule, coalesce(timer.next::text, 'null'),
        coalesce(timer.last::text, 'null'), coalesce(to_json(timer.job)::text, 'null'))
$$;

CREATE OR REPLACE FUNCTION step_sweep(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    moment bigint := q->'now';
    bound bigint := q->'limit';
    promoted bigint;
    recovered bigint;
    overdue bigint;
    forgotten bigint;
BEGIN
    DELETE FROM notes WHERE seq <= (q->'acknowledged')::bigint;
    promoted := promote(moment, bound);
    recovered := recover_lost(moment, (q->'lease')::bigint, bound);
    overdue := end_overdue(moment, bound);
    forgotten := forget_old(moment, bound);
    RETURN format(
        '{"promoted":%s,"recovered":%s,"timed_out":%s,"forgotten":%s,"notes":%s,"timers":%s}',
        promoted, recovered, overdue, forgotten,
        (SELECT coalesce('[' || string_agg(note, ',' ORDER BY seq) || ']', '[]')
            FROM (SELECT * FROM notes ORDER BY seq LIMIT bound) AS told),
        (SELECT coalesce('[' || string_agg(show_timer(timers), ',') || ']', '[]') FROM timers WHERE next <= moment)
    );
END $$;

CREATE OR REPLACE FUNCTION step_put_timer(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    planned bigint := q->'next';
    told timers;
BEGIN
    INSERT INTO timers AS kept (name, schedule, cron, next)
    VALUES (q->>'name', q->>'schedule', q->>'cron', planned)
    ON CONFLICT (name) DO UPDATE SET schedule = excluded.schedule, cron = excluded.cron,
        next = CASE WHEN kept.cron = excluded.cron AND kept.next IS NOT NULL AND planned IS NOT NULL THEN kept.next
            ELSE planned END
    RETURNING * INTO told;
    RETURN show_timer(told);
END $$;

CREATE OR REPLACE FUNCTION step_fire(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    made text;
BEGIN
    UPDATE timers SET last = (q->'moment')::bigint, next = (q->'next')::bigint
    WHERE name = q->>'name' AND next = (q->'planned')::bigint;
    IF NOT FOUND THEN RETURN '{"fired":false}'; END IF;
    made := step_put(q)::jsonb #>> '{0,0}';
    UPDATE timers SET job = made WHERE name = q->>'name';
    INSERT INTO firings VALUES (q->>'name', (q->'moment')::bigint, made) ON CONFLICT DO NOTHING;
    RETURN '{"fired":true}';
END $$;

CREATE OR REPLACE FUNCTION step_drop_timer(q jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM timers WHERE name = q->>'name';
    RETURN CASE WHEN FOUND THEN 'true' ELSE 'false' END;
END $$;
