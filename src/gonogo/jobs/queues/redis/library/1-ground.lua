#!lua name=gonogo
-- The queue's steps, each indivisible. Every key that a function touches is among its declared ones, all under one
-- hash tag. A question and its answer are JSON; what the queue only carries (bodies, values, errors) stays text.
-- The semantics are those of gonogo.jobs.model; gonogo.jobs.queues.library is the other side.

local NAMES = {
  'bodies', 'rows', 'tales', 'lines', 'index', 'ready', 'ages', 'waiting', 'held', 'deadlines', 'ended', 'dead',
  'unique', 'lanes', 'workers', 'introductions', 'batches', 'counters', 'notes', 'pools', 'paused', 'version',
  'limits', 'debts', 'busy', 'timers', 'firings', 'epoch', 'unsettled',
}
local LIVE = { scheduled = true, failed = true, ready = true, running = true }
local WAITING = { scheduled = true, failed = true }
local CHUNK = 2000 -- arguments of one command; Lua's stack holds 8,000
local OFFSET = 4503599627370496 -- makes ranks positive, so that their digits sort
local FORGET_WORKER_MS = 3600000
local SCANNED = 2000

local function open(keys, args)
  local q = cjson.decode(args[1])
  q.key, q.known, q.changed, q.counts, q.woken, q.settling, q.marked = {}, {}, {}, {}, {}, {}, {}
  q.queued = { ZREM = {}, HDEL = {}, ZADD = {}, HSET = {} }
  for i, name in ipairs(NAMES) do q.key[name] = keys[i] end
  local mark = redis.call('GET', q.key.epoch)
  if q.epoch and mark ~= q.epoch then
    return nil, redis.error_reply('EPOCH the queue was lost or rebuilt since')
  end
  q.ledger = mark and true or nil
  return q
end

local function later(q, command, key, first, second)
  local list = q.queued[command][key]
  if not list then
    list = {}
    q.queued[command][key] = list
  end
  list[#list + 1] = first
  if second then list[#list + 1] = second end
end

local function run_chunks(command, key, list)
  for from = 1, #list, CHUNK do
    redis.call(command, key, unpack(list, from, math.min(from + CHUNK - 1, #list)))
  end
end

local function read_many(command, key, fields)
  local found = {}
  for from = 1, #fields, CHUNK do
    local to = math.min(from + CHUNK - 1, #fields)
    local part = redis.call(command, key, unpack(fields, from, to))
    for i = 1, to - from + 1 do found[fields[from + i - 1]] = part[i] end
  end
  return found
end

-- Each row is read once a question: whoever asks again is given the same table, with whatever was changed in it.
local function load_rows(q, ids)
  local wanted, rows = {}, {}
  for _, id in ipairs(ids) do
    if not q.known[id] then wanted[#wanted + 1] = id end
  end
  for id, packed in pairs(read_many('HMGET', q.key.rows, wanted)) do
    if packed then q.known[id] = cmsgpack.unpack(packed) end
  end
  for _, id in ipairs(ids) do
    local row = q.known[id]
    if row and not row.gone then rows[id] = row end
  end
  return rows
end

local function load_tale(q, id, row)
  if not row.tale then
    local packed = row.told and redis.call('HGET', q.key.tales, id)
    row.tale = packed and cmsgpack.unpack(packed) or {}
  end
  return row.tale
end

local function count(q, name, by)
  q.counts[name] = (q.counts[name] or 0) + by
end

local function place(row, id)
  return string.format('%s%016.0f%s', row.pool, row.due - row.ahead + OFFSET, id)
end

local function list_prefix(key, prefix, most)
  return redis.call('ZRANGEBYLEX', key, '[' .. prefix, '(' .. prefix .. '\255', 'LIMIT', 0, most)
end

local function in_order(ids)
  table.sort(ids)
  return ipairs(ids)
end

local function join_list(list)
  return '[' .. table.concat(list, ',') .. ']'
end

local function write_row(q, id, row)
  if row.gone then
    for _, name in ipairs({ 'rows', 'bodies', 'tales', 'lines' }) do later(q, 'HDEL', q.key[name], id) end
    later(q, 'ZREM', q.key.index, id)
    return
  end
  if row.tale then
    row.told = next(row.tale) ~= nil or nil
    if row.told then
      later(q, 'HSET', q.key.tales, id, cmsgpack.pack(row.tale))
    else
      later(q, 'HDEL', q.key.tales, id)
    end
    row.tale = nil
  end
  later(q, 'HSET', q.key.rows, id, cmsgpack.pack(row))
end

local function settle_lane(q, lane)
  -- Of a lane only the first live job may stand among the ready ones.
  local prefix = lane .. '\0'
  local head = list_prefix(q.key.lanes, prefix, 1)[1]
  if not head then return end
  local id = head:sub(#prefix + 18)
  local row = load_rows(q, { id })[id]
  if row and row.state == 'ready' then
    redis.call('ZADD', q.key.ready, 0, place(row, id))
    q.woken[row.wake] = true
  end
end

local function flush(q)
  for id, row in pairs(q.changed) do write_row(q, id, row) end
  q.changed = {}
  for _, command in ipairs({ 'ZREM', 'HDEL', 'ZADD', 'HSET' }) do
    for key, list in pairs(q.queued[command]) do run_chunks(command, key, list) end
    q.queued[command] = {}
  end
  for lane in pairs(q.settling) do settle_lane(q, lane) end
  q.settling = {}
  for name, by in pairs(q.counts) do
    if by ~= 0 then redis.call('HINCRBY', q.key.counters, name, by) end
  end
  q.counts = {}
end

local function list_woken(q)
  local woken = {}
  for key in pairs(q.woken) do woken[#woken + 1] = cjson.encode(key) end
  return join_list(woken)
end
