-- Callbacks that are due. One host sends each: a lease prevents the others from sending it at the same time.
local ADDRESSES_AT_ONCE = 64
-- Up to this many are read one by one, whatever the number of addresses.
local FEW = 128
-- A callback that is resent again and again stores only its latest attempts.
local MAX_CALLBACK_ATTEMPTS = 200
local LEASE_MS = 5 * 60000

local function make_due(id, at_ms)
  no_longer_due(id)
  local url = redis.call('HGET', key('callback:' .. id), 'url')
  redis.call('SREM', key('callbacks:failed'), id)
  redis.call('ZREM', key('callbacks:leases'), id)
  redis.call('HDEL', key('callback:' .. id), 'leased_by')
  redis.call('ZADD', key('callbacks:due:' .. url), at_ms, id)
  redis.call('ZADD', key('callbacks:addresses'), 0, url)
  redis.call('ZADD', key('callbacks:next'), at_ms, id)
end

local function read_callback(id) return redis.call('HGETALL', key('callback:' .. id)) end

-- Returns what is due: first the callbacks that this holder has leased and not yet sent, then more of each address, in
-- turn. The paused addresses (a JSON list) get nothing.
function operations.callbacks_due(holder, per_address, after, paused_addresses)
  check_name()
  per_address = tonumber(per_address)
  local found, of_address, addresses, last = {}, {}, 0, after
  for _, address in ipairs(cjson.decode(paused_addresses)) do of_address[address] = per_address end
  local leases, mine = key('callbacks:leases'), key('callbacks:leased:' .. holder)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now)) do
    if redis.call('EXISTS', key('callback:' .. id)) == 1 then make_due(id, now) else redis.call('ZREM', leases, id) end
  end
  local function has_room(address) return (of_address[address] or 0) < per_address end
  local function add(id, address)
    of_address[address] = (of_address[address] or 0) + 1
    found[#found + 1] = read_callback(id)
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
  local in_order = redis.call('ZRANGEBYLEX', key('callbacks:addresses'), '(' .. after, '+')
  for _, member in ipairs(redis.call('ZRANGEBYLEX', key('callbacks:addresses'), '-', '[' .. after)) do
    in_order[#in_order + 1] = member
  end
  for _, member in ipairs(in_order) do
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

-- After how many milliseconds to check again: when the next callback is due, or when the lease of another host expires.
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

function operations.record_callback_attempt(id, attempt, outcome, retry_in_ms)
  local url, leased_by = unpack(redis.call('HMGET', key('callback:' .. id), 'url', 'leased_by'))
  if not url then return 0 end
  redis.call('RPUSH', key('callback-attempts:' .. id), attempt)
  redis.call('LTRIM', key('callback-attempts:' .. id), -MAX_CALLBACK_ATTEMPTS, -1)
  redis.call('HINCRBY', key('callback:' .. id), 'attempts', 1)
  redis.call('ZREM', key('callbacks:leases'), id)
  if outcome == 'retry' then
    redis.call('ZADD', key('callbacks:failing'), 'NX', now, id)
  else
    redis.call('ZREM', key('callbacks:failing'), id)
  end
  if leased_by then redis.call('SREM', key('callbacks:leased:' .. leased_by), id) end
  if outcome == 'retry' then
    local retry_ms = now + tonumber(retry_in_ms)
    redis.call('HSET', key('callback:' .. id), 'status', 'pending', 'next_attempt_ms', retry_ms, 'ended_at', '')
    make_due(id, retry_ms)
  else
    redis.call('HSET', key('callback:' .. id), 'status', outcome, 'next_attempt_ms', '', 'ended_at', at)
    redis.call('HDEL', key('callback:' .. id), 'leased_by')
    no_longer_due(id)
    if outcome == 'failed' then redis.call('SADD', key('callbacks:failed'), id) end
  end
  return 1
end

function operations.callback_resend(job_id)
  local id = redis.call('LINDEX', key('job-callbacks:' .. job_id), -1)
  if not id then return {} end
  redis.call('HSET', key('callback:' .. id), 'status', 'pending', 'since', at, 'next_attempt_ms', now, 'ended_at', '')
  redis.call('ZREM', key('callbacks:failing'), id)
  make_due(id, now)
  return read_callback(id)
end

function operations.callback_counts()
  local oldest = redis.call('ZRANGE', key('callbacks:failing'), 0, 0)[1]
  local since, attempts = '', '0'
  if oldest then since, attempts = unpack(redis.call('HMGET', key('callback:' .. oldest), 'since', 'attempts')) end
  return { redis.call('ZCARD', key('callbacks:next')) + redis.call('ZCARD', key('callbacks:leases')),
    redis.call('ZCARD', key('callbacks:failing')), redis.call('SCARD', key('callbacks:failed')),
    since or '', tonumber(attempts) or 0, oldest and redis.call('LINDEX', key('callback-attempts:' .. oldest), -1) or '' }
end
