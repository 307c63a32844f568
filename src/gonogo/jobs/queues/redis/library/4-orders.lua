-- Orders, upkeep, schedules.

local function cancel(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  local rows, done = load_rows(q, q.ids), {}
  for _, id in ipairs(q.ids) do
    local row = rows[id]
    if row and LIVE[row.state] then
      row.fence = row.fence + 1
      set_error(q, id, row, q.why)
      end_row(q, id, row, 'cancelled')
      done[#done + 1] = cjson.encode(id)
    end
  end
  flush(q)
  return '{"ids":' .. join_list(done) .. close_answer(q)
end

local function try_again(q, id, row)
  local over = row.state == 'dead' or row.state == 'cancelled'
  if not over and not WAITING[row.state] then return false end
  if over and row.unique and redis.call('HEXISTS', q.key.unique, row.unique) == 1 then return false end
  if over then take_seat(q, id, row) end
  row.attempt, row.fence = 0, row.fence + 1
  move(q, id, row, 'ready', q.now)
  row.ended = nil
  return true
end

local function retry(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  local rows, done = load_rows(q, q.ids), {}
  for _, id in ipairs(q.ids) do
    if rows[id] and try_again(q, id, rows[id]) then done[#done + 1] = cjson.encode(id) end
  end
  flush(q)
  return '{"ids":' .. join_list(done) .. close_answer(q)
end

local function pause(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  redis.call(q.on and 'SADD' or 'SREM', q.key.paused, q.type)
  redis.call('SET', q.key.version, q.token)
  return '{}'
end

local function set_limit(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  local limit = q.limit
  if limit.concurrency or limit.interval then
    redis.call('HSET', q.key.limits, limit.key, cmsgpack.pack(limit))
  else
    redis.call('HDEL', q.key.limits, limit.key)
  end
  return '{}'
end

local function recover_lost(q, limit)
  local recovered = 0
  for _, worker in ipairs(redis.call('ZRANGEBYSCORE', q.key.workers, '-inf', q.now - q.lease)) do
    local ids = limit > recovered and list_held(q, worker, limit - recovered) or {}
    local error = cjson.encode(string.format('Worker %s was not heard of for %.0f s.', worker, q.lease / 1000))
    local rows = load_rows(q, ids)
    for _, id in in_order(ids) do recover_row(q, id, rows[id], error) end
    recovered = recovered + #ids
  end
  flush(q)
  return recovered
end

local function end_overdue(q, limit)
  local ids = redis.call('ZRANGEBYSCORE', q.key.deadlines, '-inf', q.now, 'LIMIT', 0, limit)
  local rows = load_rows(q, ids)
  for _, id in in_order(ids) do
    local row = rows[id]
    row.fence = row.fence + 1
    set_error(q, id, row, string.format('"It ran for longer than %g s."', row.timeout))
    fail_row(q, id, row, false)
  end
  flush(q)
  return #ids
end

local function forget_old(q, limit)
  local ids = redis.call('ZRANGEBYSCORE', q.key.ended, '-inf', q.now, 'LIMIT', 0, limit)
  for id, row in pairs(load_rows(q, ids)) do
    if not (q.ledger and redis.call('ZSCORE', q.key.unsettled, id)) then forget_row(q, id, row) end
  end
  flush(q)
  for _, worker in ipairs(redis.call('ZRANGEBYSCORE', q.key.workers, '-inf', q.now - FORGET_WORKER_MS)) do
    if #list_held(q, worker, 1) == 0 then
      redis.call('ZREM', q.key.workers, worker)
      redis.call('HDEL', q.key.introductions, worker)
      redis.call('HDEL', q.key.batches, worker)
    end
  end
  return #ids
end

local function show_timer(name, timer)
  local parts = { '"schedule":' .. timer.schedule }
  for _, field in ipairs({ 'next', 'last' }) do
    if timer[field] then parts[#parts + 1] = string.format('"%s":%.0f', field, timer[field]) end
  end
  if timer.job then parts[#parts + 1] = '"job":' .. cjson.encode(timer.job) end
  return '{' .. table.concat(parts, ',') .. '}'
end

local function list_timers(q, before)
  local all, shown = redis.call('HGETALL', q.key.timers), {}
  for i = 1, #all, 2 do
    local timer = cmsgpack.unpack(all[i + 1])
    if not before or (timer.next and timer.next <= before) then shown[#shown + 1] = show_timer(all[i], timer) end
  end
  return join_list(shown)
end

local function sweep(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  redis.call('ZREMRANGEBYSCORE', q.key.notes, '-inf', q.acknowledged)
  take_acks(q)
  -- What a process left behind that died before it told the ledger.
  if q.ledger then q.marked = redis.call('ZRANGE', q.key.unsettled, 0, q.limit - 1) end
  local promoted = promote(q, q.limit)
  local recovered, overdue = recover_lost(q, q.limit), end_overdue(q, q.limit)
  local forgotten = forget_old(q, q.limit)
  return string.format(
    '{"promoted":%d,"recovered":%d,"timed_out":%d,"forgotten":%d,"notes":%s,"timers":%s%s',
    promoted, recovered, overdue, forgotten,
    join_list(redis.call('ZRANGE', q.key.notes, 0, q.limit - 1)), list_timers(q, q.now), close_answer(q)
  )
end

local function put_timer(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  local packed = redis.call('HGET', q.key.timers, q.name)
  local timer = packed and cmsgpack.unpack(packed) or {}
  if not (timer.cron == q.cron and timer.next and q.next) then timer.next = q.next end
  timer.schedule, timer.cron = q.schedule, q.cron
  redis.call('HSET', q.key.timers, q.name, cmsgpack.pack(timer))
  return show_timer(q.name, timer)
end

local function fire(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  local packed = redis.call('HGET', q.key.timers, q.name)
  local timer = packed and cmsgpack.unpack(packed)
  if not timer or timer.next ~= q.planned then return '{"fired":false}' end
  timer.job = put_jobs(q, q.jobs)[1][1]
  timer.last, timer.next = q.moment, q.next
  redis.call('HSET', q.key.timers, q.name, cmsgpack.pack(timer))
  redis.call('ZADD', q.key.firings, 0, string.format('%s\0%016.0f%s', q.name, q.moment, timer.job))
  return '{"fired":true' .. close_answer(q)
end

local function drop_timer(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  return redis.call('HDEL', q.key.timers, q.name) == 1 and 'true' or 'false'
end

local function timers(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  return list_timers(q)
end

local function firings(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  local prefix, shown = q.name .. '\0', {}
  local members = redis.call('ZREVRANGEBYLEX', q.key.firings, '(' .. prefix .. '\255', '[' .. prefix, 'LIMIT', 0, q.limit)
  for i, member in ipairs(members) do
    local rest = member:sub(#prefix + 1)
    shown[i] = string.format('[%.0f,%s]', tonumber(rest:sub(1, 16)), cjson.encode(rest:sub(17)))
  end
  return join_list(shown)
end
