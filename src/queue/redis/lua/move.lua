-- Moves jobs here from another store, and away from here. During and after a move no service works on what was left behind.

-- Closes what is here to all but the mover, for jobs that come 'here' or go 'away'. Returns 'full' where a move would
-- mix the jobs of two stores, else 'closed'. Only an unfinished move to here is resumed: jobs that were moved away have
-- continued elsewhere, and their copies here are old.
function operations.close_for_move(why, where_to)
  local closed = key('closed')
  if where_to == 'here' and redis.call('HGET', closed, 'jobs') ~= 'here' and redis.call('EXISTS', key('jobs')) == 1 then
    return 'full'
  end
  redis.call('HSET', closed, 'why', why, 'jobs', where_to)
  return 'closed'
end

function operations.open_after_move() return redis.call('DEL', key('closed')) end

-- The pause of the store that the jobs come from; without a time the queue is not paused.
function operations.store_pause(since, by)
  redis.call('DEL', key('paused'))
  if since then redis.call('HSET', key('paused'), 'since', since, 'by', by) end
  return 1
end

-- Releases the jobs that hosts had leased when the store was closed to them.
function operations.release_all()
  local released = 0
  for _, id in ipairs(redis.call('ZRANGE', key('jobs:running'), 0, -1)) do
    local job = read(id)
    released = released + operations.release(id, job.lease_token, 'stopping')
  end
  return released
end

local function put_hash(name, flat)
  for index = 1, #flat, 2 do redis.call('HSET', name, flat[index], flat[index + 1]) end
end

-- Stores one job with all that belongs to it, as JSON of texts and flat lists, unless it is here in the same state. An
-- interrupted move may have stored it, and the service may then have continued it where it comes from.
function operations.put(text)
  local new = cjson.decode(text)
  local id = new.id
  local old = read(id)
  if old then
    if redis.call('LINDEX', key('history:' .. id), -1) == (new.history[#new.history] or false) then return 0 end
    if old.queue ~= '' then engine.remove(old.queue, id) end
    if old.status == 'queued' then leave_lane(old) end
    if OPEN[old.status] then add_open(old.client, -1) end
    forget(id)
  end
  put_hash(key('job:' .. id), new.fields)
  local job = read(id)
  local created = job.created_ms
  redis.call('ZADD', key('jobs'), created, id)
  redis.call('ZADD', key('ids'), 0, id)
  redis.call('ZADD', key('jobs:' .. job.status), created, id)
  redis.call('ZADD', key('client:' .. job.client), created, id)
  for dependency in string.gmatch(job.waits_for, '[^,]+') do redis.call('ZADD', waits_key(dependency), created, id) end
  if new.data then redis.call('SET', key('data:' .. id), new.data) end
  if OPEN[job.status] then add_open(job.client, 1) end
  put_hash(key('attempts:' .. id), new.attempts)
  put_hash(key('deliveries:' .. id), new.deliveries)
  for _, line in ipairs(new.history) do redis.call('RPUSH', key('history:' .. id), line) end
  if tonumber(new.last_event) > tonumber(redis.call('GET', key('last-event')) or '0') then
    redis.call('SET', key('last-event'), new.last_event)
  end
  for _, each in ipairs(new.keys) do
    local name = key('idempotency:' .. each.name)
    put_hash(name, { 'job', id, 'fingerprint', each.fingerprint, 'expires_ms', each.expires_ms })
    redis.call('PEXPIRE', name, math.max(1000, tonumber(each.expires_ms) - now + 3600000))
  end
  for _, callback in ipairs(new.callbacks) do
    put_hash(key('callback:' .. callback.id), callback.fields)
    redis.call('RPUSH', key('job-callbacks:' .. id), callback.id)
    for _, attempt in ipairs(callback.attempt_log) do
      redis.call('RPUSH', key('callback-attempts:' .. callback.id), attempt)
    end
    if callback.status == 'pending' then
      make_due(callback.id, callback.next_ms)
      if callback.failing then redis.call('ZADD', key('callbacks:failing'), now, callback.id) end
    end
    if callback.status == 'failed' then redis.call('SADD', key('callbacks:failed'), callback.id) end
  end
  if job.status == 'queued' then
    write(job, { queue = enqueue(job) })
  elseif job.status == 'waiting' then
    local queue = lane_of(job)
    engine.delay(queue, id, 1, math.max(0, tonumber(new.run_ms) - now))
    write(job, { queue = queue })
  else
    redis.call('ZADD', key('ended'), job.ended_ms, id)
    redis.call('ZADD', key('durations'), job.ran_ms == '' and 0 or job.ran_ms, id)
  end
  return 1
end
