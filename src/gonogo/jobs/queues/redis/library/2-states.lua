-- From one state to the next.

local function leave_state(q, id, row)
  local state = row.state
  count(q, state .. ' ' .. row.type, -1)
  if state == 'ready' then
    later(q, 'ZREM', q.key.ready, place(row, id))
    later(q, 'ZREM', q.key.ages, id)
  elseif state == 'running' then
    later(q, 'ZREM', q.key.held, row.worker .. '\0' .. id)
    later(q, 'ZREM', q.key.deadlines, id)
    if row.limit then
      redis.call('HINCRBY', q.key.busy, row.limit, -1)
      q.woken[row.wake] = true
    end
    row.worker = nil
  elseif WAITING[state] then
    later(q, 'ZREM', q.key.waiting, id)
  else
    later(q, 'ZREM', state == 'dead' and q.key.dead or q.key.ended, id)
  end
end

local function enter_state(q, id, row)
  local state = row.state
  count(q, state .. ' ' .. row.type, 1)
  if state == 'ready' then
    later(q, 'ZADD', q.key.ages, math.max(row.due, row.at), id)
    if row.lane then
      q.settling[row.lane] = true
    else
      later(q, 'ZADD', q.key.ready, 0, place(row, id))
      q.woken[row.wake] = true
    end
  elseif state == 'running' then
    later(q, 'ZADD', q.key.held, 0, row.worker .. '\0' .. id)
    later(q, 'ZADD', q.key.deadlines, row.started + row.span, id)
    if row.limit then redis.call('HINCRBY', q.key.busy, row.limit, 1) end
  elseif WAITING[state] then
    later(q, 'ZADD', q.key.waiting, row.due, id)
  elseif state == 'dead' then
    later(q, 'ZADD', q.key.dead, row.ended, id)
  elseif state ~= 'done' or not q.ledger then -- with a ledger, what is done goes once the ledger knows
    later(q, 'ZADD', q.key.ended, row.ended + row.keep, id)
  end
end

local function name_seat(row, id)
  return string.format('%s\0%016.0f\0%s', row.lane, row.seq, id)
end

local function take_seat(q, id, row)
  if row.unique then redis.call('HSET', q.key.unique, row.unique, id) end
  if row.lane then
    row.seq = redis.call('HINCRBY', q.key.counters, 'seats', 1)
    redis.call('ZADD', q.key.lanes, 0, name_seat(row, id))
  end
end

local function give_seat(q, id, row)
  if row.unique then redis.call('HDEL', q.key.unique, row.unique) end
  if row.lane then
    redis.call('ZREM', q.key.lanes, name_seat(row, id))
    q.settling[row.lane] = true
  end
end

local function move(q, id, row, state, due)
  leave_state(q, id, row)
  row.state, row.due = state, due or row.due
  enter_state(q, id, row)
  q.changed[id] = row
  if q.ledger then
    later(q, 'ZADD', q.key.unsettled, row.fence, id)
    q.marked[#q.marked + 1] = id
  end
end

local function forget_row(q, id, row)
  leave_state(q, id, row)
  row.gone = true
  q.changed[id] = row
end

local function end_row(q, id, row, state)
  count(q, 'total ' .. state, 1)
  row.ended = q.now
  give_seat(q, id, row)
  if state == 'done' and row.keep == 0 and not q.ledger then
    forget_row(q, id, row)
  else
    move(q, id, row, state)
  end
end

local function add_note(q, id, row)
  local seq = redis.call('HINCRBY', q.key.counters, 'notes', 1)
  local what = row.state == 'dead' and 'dead' or 'failed'
  local note = string.format(
    '{"seq":%d,"id":%s,"type":%s,"what":"%s","attempt":%d,"error":%s,"at":%d}',
    seq, cjson.encode(id), cjson.encode(row.type), what, row.attempt, load_tale(q, id, row).error or '""', q.now
  )
  redis.call('ZADD', q.key.notes, seq, note)
end

local function find_pause(row)
  local steps = row.backoff
  if steps and #steps > 0 then return steps[math.min(row.attempt, #steps)] end
  return math.min(2 ^ math.min(row.attempt - 1, 30), 300) * 1000
end

local function fail_row(q, id, row, for_good, after)
  count(q, 'total failed', 1)
  if for_good or row.attempt >= row.most then
    end_row(q, id, row, 'dead')
  else
    move(q, id, row, 'failed', q.now + (after or find_pause(row)))
  end
  add_note(q, id, row)
end

local function set_error(q, id, row, error)
  local tale = load_tale(q, id, row)
  tale.error = error ~= '""' and error or nil
end

local function recover_row(q, id, row, error)
  row.fence = row.fence + 1
  set_error(q, id, row, error)
  count(q, 'total recovered', 1)
  if row.attempt >= row.most then
    fail_row(q, id, row, true)
  else
    move(q, id, row, 'ready')
  end
end

local function meet(q, worker)
  redis.call('ZADD', q.key.workers, q.now, worker)
end

local function list_held(q, worker, most)
  local ids = {}
  for _, member in ipairs(list_prefix(q.key.held, worker .. '\0', most or -1)) do ids[#ids + 1] = member:sub(#worker + 2) end
  return ids
end

local function promote(q, limit)
  local ids = redis.call('ZRANGEBYSCORE', q.key.waiting, '-inf', q.now, 'LIMIT', 0, limit)
  if #ids == 0 then return 0 end
  local unsettling = q.ledger
  q.ledger = nil -- nothing that the ledger does not know
  for id, row in pairs(load_rows(q, ids)) do move(q, id, row, 'ready') end
  flush(q)
  q.ledger = unsettling
  return #ids
end

-- With a ledger.

local function show_outcome(q, id, row, lines)
  local tale = load_tale(q, id, row)
  local parts = {
    string.format('"id":%s,"state":"%s","due":%.0f', cjson.encode(id), row.state, row.due),
    string.format('"attempt":%d,"fence":%.0f', row.attempt, row.fence),
  }
  for _, field in ipairs({ 'started', 'ended' }) do
    if row[field] then parts[#parts + 1] = string.format('"%s":%.0f', field, row[field]) end
  end
  for _, field in ipairs({ 'message', 'value', 'error' }) do
    if tale[field] then parts[#parts + 1] = '"' .. field .. '":' .. tale[field] end
  end
  if row.ended and lines then parts[#parts + 1] = '"lines":' .. join_list(cmsgpack.unpack(lines)) end
  return '{' .. table.concat(parts, ',') .. '}'
end

-- What the ledger must be told before the asker is: the marked jobs that it was not told of yet.
local function list_unsettled(q)
  if not q.ledger or #q.marked == 0 then return '[]' end
  local rows, shown, seen = load_rows(q, q.marked), {}, {}
  local untold = read_many('ZMSCORE', q.key.unsettled, q.marked)
  local lines = read_many('HMGET', q.key.lines, q.marked)
  for _, id in ipairs(q.marked) do
    if rows[id] and untold[id] and not seen[id] then shown[#shown + 1] = show_outcome(q, id, rows[id], lines[id]) end
    seen[id] = true
  end
  return join_list(shown)
end

-- The ledger was told: done jobs go, and so do those that it refused.
local function take_acks(q)
  if not q.acks then return end
  local ids = {}
  for i, ack in ipairs(q.acks) do ids[i] = ack.id end
  local rows = load_rows(q, ids)
  for _, ack in ipairs(q.acks) do
    local id, row = ack.id, rows[ack.id]
    if row and not row.gone and row.state == ack.state and row.fence == ack.fence then
      later(q, 'ZREM', q.key.unsettled, id)
      if ack.refused and LIVE[row.state] then give_seat(q, id, row) end
      if ack.refused or row.state == 'done' then forget_row(q, id, row) end
    end
  end
  flush(q)
end

-- The end of every answer: whom to wake, what to tell the ledger.
local function close_answer(q)
  return ',"woken":' .. list_woken(q) .. ',"unsettled":' .. list_unsettled(q) .. '}'
end
