-- Who is to be told of the jobs' ends. One host tells: what it was given is kept from the others for a time.
local HOSTS_AT_ONCE = 64
local LEASE_MS = 5 * 60000

local function make_due(id, host, at_ms)
  redis.call('SREM', key('callbacks:failed'), id)
  redis.call('ZREM', key('callbacks:leases'), id)
  redis.call('HDEL', key('callback:' .. id), 'leased_by')
  redis.call('ZADD', key('callbacks:due:' .. host), at_ms, id)
  redis.call('ZADD', key('callbacks:hosts'), 0, host)
  redis.call('ZADD', key('callbacks:next'), at_ms, id)
end

local function no_longer_due(id, host)
  redis.call('ZREM', key('callbacks:due:' .. host), id)
  redis.call('ZREM', key('callbacks:next'), id)
  if redis.call('EXISTS', key('callbacks:due:' .. host)) == 0 then redis.call('ZREM', key('callbacks:hosts'), host) end
end

local function callback_as_kept(id) return redis.call('HGETALL', key('callback:' .. id)) end

-- Answers what is due: first what this holder was given and has not tried, then more of each host, in turn.
function operations.callbacks_due(holder, per_host, after)
  check_name()
  per_host = tonumber(per_host)
  local found, of_host, hosts, last = {}, {}, 0, after
  local leases, mine = key('callbacks:leases'), key('callbacks:leased:' .. holder)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now)) do
    local host = redis.call('HGET', key('callback:' .. id), 'host')
    if host then make_due(id, host, now) else redis.call('ZREM', leases, id) end
  end
  for _, id in ipairs(redis.call('SMEMBERS', mine)) do
    local host, holder_now = unpack(redis.call('HMGET', key('callback:' .. id), 'host', 'leased_by'))
    if holder_now ~= holder then
      redis.call('SREM', mine, id)
    elseif (of_host[host] or 0) < per_host then
      of_host[host] = (of_host[host] or 0) + 1
      found[#found + 1] = callback_as_kept(id)
    end
  end
  local turn = redis.call('ZRANGEBYLEX', key('callbacks:hosts'), '(' .. after, '+')
  for _, host in ipairs(redis.call('ZRANGEBYLEX', key('callbacks:hosts'), '-', '[' .. after)) do
    turn[#turn + 1] = host
  end
  for _, host in ipairs(turn) do
    local room = per_host - (of_host[host] or 0)
    local due = room > 0 and redis.call('ZRANGEBYSCORE', key('callbacks:due:' .. host), '-inf', now, 'LIMIT', 0, room)
      or {}
    for _, id in ipairs(due) do
      no_longer_due(id, host)
      redis.call('HSET', key('callback:' .. id), 'leased_by', holder)
      redis.call('ZADD', leases, now + LEASE_MS, id)
      redis.call('SADD', mine, id)
      found[#found + 1] = callback_as_kept(id)
    end
    if #due > 0 then
      last, hosts = host, hosts + 1
      if hosts == HOSTS_AT_ONCE then break end
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
  local kept = redis.call('HMGET', key('callback:' .. id), 'host', 'leased_by')
  local host = kept[1]
  if not host then return 0 end
  redis.call('RPUSH', key('tries:' .. id), try)
  redis.call('HINCRBY', key('callback:' .. id), 'attempts', 1)
  redis.call('ZREM', key('callbacks:leases'), id)
  if outcome == 'again' then
    redis.call('ZADD', key('callbacks:failing'), 'NX', now, id)
  else
    redis.call('ZREM', key('callbacks:failing'), id)
  end
  if kept[2] then redis.call('SREM', key('callbacks:leased:' .. kept[2]), id) end
  if outcome == 'again' then
    local again_ms = now + tonumber(again_in_ms)
    redis.call('HSET', key('callback:' .. id), 'status', 'pending', 'next_try_ms', again_ms, 'ended_at', '')
    make_due(id, host, again_ms)
  else
    redis.call('HSET', key('callback:' .. id), 'status', outcome, 'next_try_ms', '', 'ended_at', at)
    redis.call('HDEL', key('callback:' .. id), 'leased_by')
    no_longer_due(id, host)
    if outcome == 'failed' then redis.call('SADD', key('callbacks:failed'), id) end
  end
  return 1
end

function operations.callback_resend(job_id)
  local id = redis.call('LINDEX', key('told:' .. job_id), -1)
  if not id then return {} end
  redis.call('HSET', key('callback:' .. id), 'status', 'pending', 'since', at, 'next_try_ms', now, 'ended_at', '')
  redis.call('ZREM', key('callbacks:failing'), id)
  make_due(id, redis.call('HGET', key('callback:' .. id), 'host'), now)
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
