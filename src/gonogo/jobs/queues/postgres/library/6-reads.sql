-- Reads.

CREATE OR REPLACE FUNCTION show_job(job jobs, live hot) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT format(
        '{"body":%s,"state":"%s","due":%s,"at":%s,"attempt":%s,"fence":%s,"worker":%s,"started":%s,"ended":%s,'
        '"fraction":%s,"message":%s,"value":%s,"error":%s}',
        job.body, coalesce(live.state, job.state), coalesce(live.due, job.due), job.at,
        coalesce(live.attempt, job.attempt), coalesce(live.fence, job.fence),
        coalesce(to_json(live.worker)::text, 'null'), coalesce(coalesce(live.started, job.started)::text, 'null'),
        coalesce(job.ended::text, 'null'), coalesce(live.fraction, job.fraction, 'null'),
        coalesce(live.message, job.message, '""'), coalesce(job.value, 'null'), coalesce(live.error, job.error, '""')
    )
$$;

CREATE OR REPLACE FUNCTION step_find(q jsonb) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce('[' || min(show_job(jobs, hot)) || ']', '[]')
    FROM jobs LEFT JOIN hot ON hot.id = jobs.id WHERE jobs.id = q->>'id'
$$;

CREATE OR REPLACE FUNCTION step_list(q jsonb) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce('{"rows":[' || string_agg(shown, ',' ORDER BY id DESC) || ']}', '{}') FROM (
        SELECT jobs.id, show_job(jobs, hot) AS shown FROM jobs LEFT JOIN hot ON hot.id = jobs.id
        WHERE (q->>'before' IS NULL OR jobs.id < q->>'before')
            AND (q->>'type' IS NULL OR jobs.type = q->>'type')
            AND (q->>'parent' IS NULL OR jobs.parent = q->>'parent')
            AND (q->>'state' IS NULL OR coalesce(hot.state, jobs.state) = q->>'state')
        ORDER BY jobs.id DESC LIMIT (q->'limit')::bigint
    ) AS page
$$;

CREATE OR REPLACE FUNCTION step_lines(q jsonb) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce('[' || string_agg(line, ',' ORDER BY n) || ']', '[]') FROM lines WHERE id = q->>'id'
$$;

CREATE OR REPLACE FUNCTION step_stats(q jsonb) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'counts', (
            SELECT coalesce(jsonb_object_agg(name, count), '{}') FROM (
                SELECT state || ' ' || type AS name, count(*) FROM hot GROUP BY state, type
                UNION ALL SELECT 'total ' || name, sum(count) FROM totals GROUP BY name
            ) AS counted
        ),
        'oldest', coalesce((SELECT min(due) FROM hot WHERE state = 'ready'), (q->'now')::bigint),
        'workers', (SELECT count(*) FROM workers WHERE seen > (q->'now')::bigint - (q->'lease')::bigint),
        'paused', (SELECT coalesce(jsonb_agg(type), '[]') FROM paused)
    )::text
$$;

CREATE OR REPLACE FUNCTION step_workers(q jsonb) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce('[' || string_agg(format('{"worker":%s,"seen":%s,"running":%s}',
        coalesce(introduction, jsonb_build_object('id', id)::text), seen,
        (SELECT count(*) FROM hot WHERE state = 'running' AND worker = workers.id)
    ), ',') || ']', '[]') FROM workers
$$;

CREATE OR REPLACE FUNCTION step_limits(q jsonb) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce('[' || string_agg(text, ',') || ']', '[]') FROM limits
$$;

CREATE OR REPLACE FUNCTION step_pools(q jsonb) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'version', (SELECT value FROM facts WHERE name = 'version'),
        'names', (SELECT coalesce(jsonb_agg(name), '[]') FROM pools),
        'paused', (SELECT coalesce(jsonb_agg(type), '[]') FROM paused)
    )::text
$$;

CREATE OR REPLACE FUNCTION step_timers(q jsonb) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce('[' || string_agg(show_timer(timers), ',') || ']', '[]') FROM timers
$$;

CREATE OR REPLACE FUNCTION step_firings(q jsonb) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce('[' || string_agg(format('[%s,%s]', at, to_json(job)), ',' ORDER BY at DESC) || ']', '[]')
    FROM (SELECT * FROM firings WHERE name = q->>'name' ORDER BY at DESC LIMIT (q->'limit')::bigint) AS newest
$$;
