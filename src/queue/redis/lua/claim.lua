-- Which job is next, and for whom.
local DUE_AT_ONCE = 256

-- Queues the waiting jobs whose time has come.
local function queue_due()
  for _, queue in ipairs(engine.queues) do
    for _, id in ipairs(engine.due(queue, DUE_AT_ONCE)) do
      local job = read(id)
      local place = take_place(job, true, function(line)
        if line == queue then return engine.promote(queue, id) end
        engine.remove(queue, id)
        engine.add(line, id, priority_in_bullmq(job))
      end)
      set_status(job, 'queued', { run_at = '', queue = place })
    end
  end
end

local function begin_attempt(queue, holder, lease_ms)
  local token = tostring(redis.call('INCR', key('last-token')))
  local id = engine.take(queue, token, lease_ms, holder)
  if not id then return nil end
  local job = read(id)
  leave_line(job)
  local attempts_ever = tonumber(job.attempts_ever) + 1
  if job.started_ms == '' then write(job, { started_at = at, started_ms = now }) end
  set_status(job, 'running', {
    token = token, holder = holder, attempt_ms = now, attempts = tonumber(job.attempts) + 1, attempts_ever = attempts_ever,
  })
  note_attempt(job, { started_at = at })
  redis.call('HSET', key('holder:' .. holder), id, token)
  return { token, id, redis.call('HGETALL', key('job:' .. id)) }
end

-- A job that runs alone has no neighbour on its host; the other hosts go on. Who says first that it will take one is
-- given nothing else until it has: as many hosts as there are such jobs, at most.
local function is_to_run_alone(holder, lease_ms)
  local real_now = tonumber(redis.call('TIME')[1]) * 1000
  local reservations = key('reservations')
  redis.call('ZREMRANGEBYSCORE', reservations, '-inf', real_now)
  local waiting = redis.call('ZCARD', engine.line('quarantine'))
  if waiting == 0 then return false end
  if not redis.call('ZSCORE', reservations, holder) and redis.call('ZCARD', reservations) >= waiting then return false end
  redis.call('ZADD', reservations, real_now + lease_ms, holder)
  return true
end

function operations.claim(holder, lease_ms, gathering, rendering, delivering)
  check_name()
  lease_ms = tonumber(lease_ms)
  queue_due()
  if redis.call('EXISTS', key('paused')) == 1 or redis.call('EXISTS', key('alone:' .. holder)) == 1 then return {} end
  local room = { gathering = tonumber(gathering), rendering = tonumber(rendering), delivering = tonumber(delivering) }

  if is_to_run_alone(holder, lease_ms) then
    if redis.call('HLEN', key('holder:' .. holder)) > 0 then return {} end
    local next_alone = redis.call('ZRANGE', engine.line('quarantine'), 0, 0)[1]
    if room[redis.call('HGET', key('job:' .. next_alone), 'stage')] < 1 then return {} end
    redis.call('SET', key('alone:' .. holder), next_alone)
    redis.call('ZREM', key('reservations'), holder)
    return { begin_attempt('quarantine', holder, lease_ms) }
  end

  local claims = {}
  for _, stage in ipairs({ 'gathering', 'rendering', 'delivering' }) do
    for _ = 1, room[stage] do
      local claim = begin_attempt(stage, holder, lease_ms)
      if not claim then break end
      claims[#claims + 1] = claim
    end
  end
  return claims
end

-- Queues what is due. Answers in how many milliseconds the next will be, '' when none waits; and the id and the stage of
-- a job that is queued, where one is.
function operations.due(lease_ms)
  watch_clock(lease_ms)
  queue_due()
  local earliest
  for _, queue in ipairs(engine.queues) do
    local due = engine.next_due(queue)
    if due and (not earliest or due < earliest) then earliest = due end
  end
  local queued = redis.call('ZRANGE', key('jobs:queued'), 0, 0)[1]
  local stage = queued and redis.call('HGET', key('job:' .. queued), 'stage')
  return { earliest and string.format('%.0f', earliest - now) or '', queued or '', stage or '' }
end
