-- Jobs come in, are handed out, and are done.

local function know_pools(q)
  for digest, name in pairs(q.pools or {}) do
    if redis.call('HSETNX', q.key.pools, digest, name) == 1 then redis.call('SET', q.key.version, q.token) end
  end
end

local function make_row(q, job)
  local row = job
  row.at, row.fence, row.attempt = job.at or q.now, job.fence or 0, job.attempt or 0
  if job.error then
    row.tale, row.error = { error = job.error }, nil
  end
  row.state = row.due <= q.now and 'ready' or (row.attempt > 0 and 'failed' or 'scheduled')
  return row
end

local function admit(q, job)
  local id, body = job.id, job.body
  if q.known[id] then return id, false end
  local holder = job.unique and redis.call('HGET', q.key.unique, job.unique)
  if holder then return holder, false end
  job.id, job.body = nil, nil
  local row = make_row(q, job)
  later(q, 'HSET', q.key.bodies, id, body)
  later(q, 'ZADD', q.key.index, 0, id)
  take_seat(q, id, row)
  enter_state(q, id, row)
  q.known[id], q.changed[id] = row, row
  if not q.restoring then count(q, 'total enqueued', 1) end
  return id, true
end

local function put_jobs(q, jobs)
  local ids, answers = {}, {}
  for i, job in ipairs(jobs) do ids[i] = job.id end
  load_rows(q, ids)
  for i, job in ipairs(jobs) do
    local id, created = admit(q, job)
    answers[i] = { id, created }
  end
  know_pools(q)
  flush(q)
  return answers
end

local function put(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  local written = {}
  for i, answer in ipairs(put_jobs(q, q.jobs)) do
    written[i] = string.format('[%s,%s]', cjson.encode(answer[1]), tostring(answer[2]))
  end
  return join_list(written)
end

local function write_claims(q, ids, rows)
  local bodies, written = read_many('HMGET', q.key.bodies, ids), {}
  for i, id in ipairs(ids) do
    written[i] = string.format('[%d,%d,%s]', rows[id].fence, rows[id].attempt, bodies[id])
  end
  return join_list(written)
end

local function repeat_batch(q, ask)
  local packed = ask.nonce ~= '' and redis.call('HGET', q.key.batches, q.worker)
  local batch = packed and cmsgpack.unpack(packed)
  if not batch or batch.nonce ~= ask.nonce then return nil end
  local rows, held = load_rows(q, batch.ids), {}
  for i, id in ipairs(batch.ids) do
    local row = rows[id]
    if row and row.state == 'running' and row.fence == batch.fences[i] then held[#held + 1] = id end
  end
  return write_claims(q, held, rows)
end

local function count_room(q, key)
  local packed = redis.call('HGET', q.key.limits, key)
  if not packed then return math.huge end
  local limit, room = cmsgpack.unpack(packed), math.huge
  if limit.concurrency then room = limit.concurrency - (tonumber(redis.call('HGET', q.key.busy, key)) or 0) end
  if limit.interval then
    local free_at, now = tonumber(redis.call('HGET', q.key.debts, key) or 0), q.now * 1000
    local starts = math.floor((now + limit.burst * limit.interval - math.max(free_at, now)) / limit.interval)
    room = math.min(room, starts)
  end
  return math.max(room, 0)
end

local function charge(q, key)
  local packed = redis.call('HGET', q.key.limits, key)
  local limit = packed and cmsgpack.unpack(packed)
  if not limit or not limit.interval then return end
  local free_at = tonumber(redis.call('HGET', q.key.debts, key) or 0)
  redis.call('HSET', q.key.debts, key, string.format('%.0f', math.max(free_at, q.now * 1000) + limit.interval))
end

local function list_heads(q, ask)
  local heads = {}
  for _, pool in ipairs(ask.pools) do
    local digest, limit = pool[1], pool[2]
    for _, member in ipairs(list_prefix(q.key.ready, digest, ask.n + 1)) do
      heads[#heads + 1] = { order = member:sub(#digest + 1), limit = limit }
    end
  end
  if #ask.pools > 1 then table.sort(heads, function(one, other) return one.order < other.order end) end
  return heads
end

local function choose_ids(q, ask)
  local rooms, ids = {}, {}
  for _, head in ipairs(list_heads(q, ask)) do
    local limit = head.limit
    if limit and not rooms[limit] then rooms[limit] = count_room(q, limit) end
    if #ids == ask.n then return ids, true end
    if not limit or rooms[limit] > 0 then
      ids[#ids + 1] = head.order:sub(17)
      if limit then rooms[limit] = rooms[limit] - 1 end
    end
  end
  return ids, false
end

local function start_row(q, id, row)
  if row.limit then charge(q, row.limit) end
  leave_state(q, id, row)
  row.state, row.worker, row.started = 'running', q.worker, q.now
  row.fence, row.attempt = row.fence + 1, row.attempt + 1
  if row.told then
    local tale = load_tale(q, id, row)
    tale.fraction, tale.message = nil, nil
  end
  enter_state(q, id, row)
  q.changed[id] = row
end

local function hand_out(q, ask)
  local again = repeat_batch(q, ask)
  if again then return '"claims":' .. again end
  if ask.version ~= (redis.call('GET', q.key.version) or '') then
    return '"claims":[],"outdated":true'
  end
  promote(q, 1000)
  local ids, more = choose_ids(q, ask)
  if #ids == 0 then
    local following = redis.call('ZRANGE', q.key.waiting, 0, 0, 'WITHSCORES')[2]
    return '"claims":[]' .. (following and string.format(',"next":%.0f', following) or '')
  end
  local rows, batch = load_rows(q, ids), { nonce = ask.nonce, ids = ids, fences = {} }
  for i, id in ipairs(ids) do
    start_row(q, id, rows[id])
    batch.fences[i] = rows[id].fence
    if more then q.woken[rows[id].wake] = true end
  end
  flush(q)
  redis.call('HSET', q.key.batches, q.worker, cmsgpack.pack(batch))
  return '"claims":' .. write_claims(q, ids, rows)
end

local function take(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  meet(q, q.worker)
  local handed = hand_out(q, q.take)
  return '{' .. handed .. close_answer(q)
end

local function add_lines(q, id, lines)
  if not lines or #lines == 0 then return end
  local packed = redis.call('HGET', q.key.lines, id)
  local kept = packed and cmsgpack.unpack(packed) or {}
  for _, line in ipairs(lines) do kept[#kept + 1] = line end
  local from = math.max(1, #kept - q.most_lines + 1)
  redis.call('HSET', q.key.lines, id, cmsgpack.pack({ unpack(kept, from) }))
end

local function record(q, row, result)
  if not row or row.fence ~= result.fence then return '"stale"' end
  if row.state ~= 'running' then return '"ok"' end
  local id = result.id
  add_lines(q, id, result.lines)
  if result.error or row.told then set_error(q, id, row, result.error) end
  if result.outcome == 'done' then
    if result.value or row.told then
      local tale = load_tale(q, id, row)
      tale.value, tale.fraction = result.value, '1.0'
    end
    end_row(q, id, row, 'done')
  elseif result.outcome == 'released' then
    row.attempt = row.attempt - 1
    move(q, id, row, 'ready')
  else
    fail_row(q, id, row, result.outcome == 'dead', result.after)
  end
  return '"ok"'
end

local function finish(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  meet(q, q.worker)
  local ids, verdicts = {}, {}
  take_acks(q)
  for i, result in ipairs(q.results) do
    ids[i], q.marked[i] = result.id, result.id
  end
  local rows = load_rows(q, ids)
  for i, result in ipairs(q.results) do
    local row = rows[result.id]
    verdicts[i] = record(q, row and not row.gone and row or nil, result)
  end
  flush(q)
  local handed = q.take and hand_out(q, q.take) or '"claims":[]'
  return '{"verdicts":' .. join_list(verdicts) .. ',' .. handed .. close_answer(q)
end

local function tell(q, row, progress)
  local id = progress.id
  add_lines(q, id, progress.lines)
  if not progress.fraction and not progress.message then return end
  local tale = load_tale(q, id, row)
  tale.fraction = progress.fraction or tale.fraction
  tale.message = progress.message or tale.message
  q.changed[id] = row
end

local function beat(keys, args)
  local q, lost_epoch = open(keys, args)
  if lost_epoch then return lost_epoch end
  meet(q, q.worker)
  local ids, told, cancelled, lost = list_held(q, q.worker), {}, {}, {}
  for _, progress in ipairs(q.running) do ids[#ids + 1] = progress.id end
  local rows = load_rows(q, ids)
  for _, progress in ipairs(q.running) do
    local row = rows[progress.id]
    told[progress.id] = true
    if row and row.state == 'running' and row.fence == progress.fence then
      tell(q, row, progress)
    elseif row and row.state == 'cancelled' then
      cancelled[#cancelled + 1] = cjson.encode(progress.id)
    else
      lost[#lost + 1] = cjson.encode(progress.id)
    end
  end
  for _, id in in_order(ids) do
    local row = rows[id]
    if row and row.state == 'running' and row.worker == q.worker and not told[id] and row.started + q.lease <= q.now then
      recover_row(q, id, row, '"The claim was lost on its way to the worker."')
    end
  end
  flush(q)
  return '{"cancelled":' .. join_list(cancelled) .. ',"lost":' .. join_list(lost) .. close_answer(q)
end

local function register(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  meet(q, q.worker)
  redis.call('HSET', q.key.introductions, q.worker, q.introduction)
  return '{}'
end

local function leave(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  for id, row in pairs(load_rows(q, list_held(q, q.worker))) do
    row.fence, row.attempt = row.fence + 1, row.attempt - 1
    move(q, id, row, 'ready')
  end
  flush(q)
  redis.call('ZREM', q.key.workers, q.worker)
  redis.call('HDEL', q.key.introductions, q.worker)
  redis.call('HDEL', q.key.batches, q.worker)
  return '{"ids":[]' .. close_answer(q)
end
