-- Who is to be told of the jobs' ends. One host tells: what it was given is kept from the others for a time.
local ADDRESSES_AT_ONCE = 64
-- So few are looked at one by one, however many addresses something is pending for.
local FEW = 128
-- Of a callback that somebody has sent again and again.
local KEPT_ATTEMPTS = 200
local LEASE_MS = 5 * 60000

local function make_due(id, at_ms)
  no_longer_due(id)
  local url = redis.call('HGET', key('callback:' .. id), 'url')
  redis.call('SREM', key('callbacks:failed'), id)
  redis.call('ZREM', key('callbacks:leases'), id)
  redis.call('HDEL', key('callback:' .. id), 'leased_by')
  redis.call('ZADD', key('callbacks:due:' .. url), at_ms, id)
  redis.call('ZADD', key('callbacks:hosts'), 0, url)
  redis.call('ZADD', key('callbacks:next'), at_ms, id)
end

local function callback_as_kept(id) return redis.call('HGETALL', key('callback:' .. id)) end

-- Returns what is due: first what this holder was given and has not tried, then more of each address, in turn. Those
-- that are to be paused (a JSON list) get nothing.
function operations.callbacks_due(holder, per_address, after, left_alone)
  check_name()
  per_address = tonumber(per_address)
  local found, of_address, addresses, last = {}, {}, 0, after
  for _, address in ipairs(cjson.decode(left_alone)) do of_address[address] = per_address end
  local leases, mine = key('callbacks:leases'), key('callbacks:leased:' .. holder)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now)) do
    if redis.call('EXISTS', key('callback:' .. id)) == 1 then make_due(id, now) else redis.call('ZREM', leases, id) end
  end
  local function has_room(address) return (of_address[address] or 0) < per_address end
  local function add(id, address)
    of_address[address] = (of_address[address] or 0) + 1
    found[#found + 1] = callback_as_kept(id)
  end
  local function lease(id, address)
    no_longer_due(id)
    redis.call('HSET', key('callback:' .. id), 'leased_by', holder)
    redis.call('ZADD', leases, now + LEASE_MS, id)
    redis.call('SADD', mine, id)
    add(id, address)
  end
  for _, id in ipairs(redis.call('SMEMBERS', mine)) do
    local address, holder_now = unpack(redis.call('HMGET', key('callback:' .. id), 'url', 'leased_by'))
    if holder_now ~= holder then
      redis.call('SREM', mine, id)
    elseif has_room(address) then
      add(id, address)
    end
  end
  if redis.call('ZCOUNT', key('callbacks:next'), '-inf', now) <= FEW then
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('callbacks:next'), '-inf', now)) do
      local address = redis.call('HGET', key('callback:' .. id), 'url')
      if address and has_room(address) then lease(id, address) end
    end
    return { last, found }
  end
  local turn = redis.call('ZRANGEBYLEX', key('callbacks:hosts'), '(' .. after, '+')
  for _, member in ipairs(redis.call('ZRANGEBYLEX', key('callbacks:hosts'), '-', '[' .. after)) do
    turn[#turn + 1] = member
  end
  for _, member in ipairs(turn) do
    local due = has_room(member)
      and redis.call('ZRANGEBYSCORE', key('callbacks:due:' .. member), '-inf', now, 'LIMIT', 0, per_address) or {}
    local leased = false
    for _, id in ipairs(due) do
      local address = redis.call('HGET', key('callback:' .. id), 'url')
      if address and has_room(address) then
        lease(id, address)
        leased = true
      end
    end
    if leased then
      last, addresses = member, addresses + 1
      if addresses == ADDRESSES_AT_ONCE then break end
    end
  end
  return { last, found }
end

-- In how many milliseconds to look again: the next one that is not due yet, or that another host may never try.
function operations.callbacks_next(holder)
  local next_one = redis.call('ZRANGEBYSCORE', key('callbacks:next'), '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  local at_ms = next_one[2] and tonumber(next_one[2])
  for index, id in ipairs(redis.call('ZRANGE', key('callbacks:leases'), 0, 99)) do
    if redis.call('SISMEMBER', key('callbacks:leased:' .. holder), id) == 0 then
      local expires = tonumber(redis.call('ZSCORE', key('callbacks:leases'), id))
      if not at_ms or expires < at_ms then at_ms = expires end
      break
    end
  end
  return at_ms and string.format('%.0f', at_ms - now) or ''
end

function operations.callback_tried(id, try, outcome, again_in_ms)
  local url, leased_by = unpack(redis.call('HMGET', key('callback:' .. id), 'url', 'leased_by'))
  if not url then return 0 end
  redis.call('RPUSH', key('tries:' .. id), try)
  redis.call('LTRIM', key('tries:' .. id), -KEPT_ATTEMPTS, -1)
  redis.call('HINCRBY', key('callback:' .. id), 'attempts', 1)
  redis.call('ZREM', key('callbacks:leases'), id)
  if outcome == 'again' then
    redis.call('ZADD', key('callbacks:failing'), 'NX', now, id)
  else
    redis.call('ZREM', key('callbacks:failing'), id)
  end
  if leased_by then redis.call('SREM', key('callbacks:leased:' .. leased_by), id) end
  if outcome == 'again' then
    local again_ms = now + tonumber(again_in_ms)
    redis.call('HSET', key('callback:' .. id), 'status', 'pending', 'next_attempt_ms', again_ms, 'ended_at', '')
    make_due(id, again_ms)
  else
    redis.call('HSET', key('callback:' .. id), 'status', outcome, 'next_attempt_ms', '', 'ended_at', at)
    redis.call('HDEL', key('callback:' .. id), 'leased_by')
    no_longer_due(id)
    if outcome == 'failed' then redis.call('SADD', key('callbacks:failed'), id) end
  end
  return 1
end

function operations.callback_resend(job_id)
  local id = redis.call('LINDEX', key('told:' .. job_id), -1)
  if not id then return {} end
  redis.call('HSET', key('callback:' .. id), 'status', 'pending', 'since', at, 'next_attempt_ms', now, 'ended_at', '')
  redis.call('ZREM', key('callbacks:failing'), id)
  make_due(id, now)
  return callback_as_kept(id)
end

function operations.callback_counts()
  local oldest = redis.call('ZRANGE', key('callbacks:failing'), 0, 0)[1]
  local since, attempts = '', '0'
  if oldest then since, attempts = unpack(redis.call('HMGET', key('callback:' .. oldest), 'since', 'attempts')) end
  return { redis.call('ZCARD', key('callbacks:next')) + redis.call('ZCARD', key('callbacks:leases')),
    redis.call('ZCARD', key('callbacks:failing')), redis.call('SCARD', key('callbacks:failed')),
    since or '', tonumber(attempts) or 0, oldest and redis.call('LINDEX', key('tries:' .. oldest), -1) or '' }
end
