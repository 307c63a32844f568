-- Reads, and the names by which all is called.

local function show_row(q, id, row)
  local tale = load_tale(q, id, row)
  local parts = {
    '"body":' .. redis.call('HGET', q.key.bodies, id),
    string.format('"state":"%s","due":%.0f,"at":%.0f', row.state, row.due, row.at),
    string.format('"attempt":%d,"fence":%.0f', row.attempt, row.fence),
  }
  if row.worker then parts[#parts + 1] = '"worker":' .. cjson.encode(row.worker) end
  for _, field in ipairs({ 'started', 'ended' }) do
    if row[field] then parts[#parts + 1] = string.format('"%s":%.0f', field, row[field]) end
  end
  if row.state == 'done' then tale.fraction = '1.0' end
  for _, field in ipairs({ 'fraction', 'message', 'value', 'error' }) do
    if tale[field] then parts[#parts + 1] = '"' .. field .. '":' .. tale[field] end
  end
  return '{' .. table.concat(parts, ',') .. '}'
end

local function find(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  local row = load_rows(q, { q.id })[q.id]
  return row and '[' .. show_row(q, q.id, row) .. ']' or '[]'
end

local function look(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  local rows, shown = load_rows(q, q.ids), {}
  for _, id in ipairs(q.ids) do
    if rows[id] then shown[#shown + 1] = show_row(q, id, rows[id]) end
  end
  return join_list(shown)
end

local function unknown(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  local rows, missing = read_many('HMGET', q.key.rows, q.ids), {}
  for _, id in ipairs(q.ids) do
    if not rows[id] then missing[#missing + 1] = cjson.encode(id) end
  end
  return join_list(missing)
end

local function matches(q, row)
  return (not q.state or row.state == q.state)
    and (not q.type or row.type == q.type)
    and (not q.parent or row.parent == q.parent)
end

local function list(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  local from = q.before and '(' .. q.before or '+'
  local ids = redis.call('ZREVRANGEBYLEX', q.key.index, from, '-', 'LIMIT', 0, SCANNED)
  local rows, shown, last = load_rows(q, ids), {}, nil
  for _, id in ipairs(ids) do
    if #shown == q.limit then break end
    local row = rows[id]
    if row and matches(q, row) then shown[#shown + 1] = show_row(q, id, row) end
    last = id
  end
  local following = #ids == SCANNED and #shown < q.limit and ',"before":' .. cjson.encode(last) or ''
  return '{"rows":' .. join_list(shown) .. following .. '}'
end

local function lines(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  local packed = redis.call('HGET', q.key.lines, q.id)
  return join_list(packed and cmsgpack.unpack(packed) or {})
end

local function stats(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  local all, counts, paused = redis.call('HGETALL', q.key.counters), {}, {}
  for i = 1, #all, 2 do counts[#counts + 1] = cjson.encode(all[i]) .. ':' .. all[i + 1] end
  for i, type in ipairs(redis.call('SMEMBERS', q.key.paused)) do paused[i] = cjson.encode(type) end
  local oldest = redis.call('ZRANGE', q.key.ages, 0, 0, 'WITHSCORES')[2]
  return string.format(
    '{"counts":{%s},"oldest":%.0f,"workers":%d,"paused":%s}',
    table.concat(counts, ','), oldest or q.now,
    redis.call('ZCOUNT', q.key.workers, '(' .. string.format('%.0f', q.now - q.lease), '+inf'), join_list(paused)
  )
end

local function workers(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  local all, shown = redis.call('ZRANGE', q.key.workers, 0, -1, 'WITHSCORES'), {}
  for i = 1, #all, 2 do
    local id = all[i]
    local introduction = redis.call('HGET', q.key.introductions, id)
    shown[#shown + 1] = string.format(
      '{"worker":%s,"seen":%.0f,"running":%d}',
      introduction or '{"id":' .. cjson.encode(id) .. '}', all[i + 1], #list_held(q, id)
    )
  end
  return join_list(shown)
end

local function limits(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  local shown = {}
  for i, packed in ipairs(redis.call('HVALS', q.key.limits)) do shown[i] = cmsgpack.unpack(packed).text end
  return join_list(shown)
end

local function pools(keys, args)
  local q, lost = open(keys, args)
  if lost then return lost end
  local names, paused = {}, {}
  for i, name in ipairs(redis.call('HVALS', q.key.pools)) do names[i] = cjson.encode(name) end
  for i, type in ipairs(redis.call('SMEMBERS', q.key.paused)) do paused[i] = cjson.encode(type) end
  return string.format(
    '{"version":%s,"names":%s,"paused":%s}',
    cjson.encode(redis.call('GET', q.key.version) or ''), join_list(names), join_list(paused)
  )
end

redis.register_function('gonogo_put', put)
redis.register_function('gonogo_take', take)
redis.register_function('gonogo_finish', finish)
redis.register_function('gonogo_beat', beat)
redis.register_function('gonogo_register', register)
redis.register_function('gonogo_leave', leave)
redis.register_function('gonogo_cancel', cancel)
redis.register_function('gonogo_retry', retry)
redis.register_function('gonogo_pause', pause)
redis.register_function('gonogo_set_limit', set_limit)
redis.register_function('gonogo_sweep', sweep)
redis.register_function('gonogo_put_timer', put_timer)
redis.register_function('gonogo_fire', fire)
redis.register_function('gonogo_drop_timer', drop_timer)
redis.register_function('gonogo_timers', timers)
redis.register_function('gonogo_firings', firings)
redis.register_function('gonogo_find', find)
redis.register_function('gonogo_look', look)
redis.register_function('gonogo_unknown', unknown)
redis.register_function('gonogo_list', list)
redis.register_function('gonogo_lines', lines)
redis.register_function('gonogo_stats', stats)
redis.register_function('gonogo_workers', workers)
redis.register_function('gonogo_limits', limits)
redis.register_function('gonogo_pools', pools)
