-- Which job is next, and which host gets it.
local DUE_AT_ONCE = 256

-- Queues a job that waits in one of BullMQ's queues for its time.
local function queue_waiting(job, queue)
  local lane = enter_lane(job, function(lane)
    if lane == queue then return engine.promote(queue, job.id) end
    engine.remove(queue, job.id)
    engine.add(lane, job.id, 1)
  end)
  set_status(job, 'queued', { run_at = '', queue = lane })
end

-- Queues the waiting jobs whose time has come.
local function queue_due()
  for _, queue in ipairs(engine.queues) do
    for _, id in ipairs(engine.due(queue, DUE_AT_ONCE)) do queue_waiting(read(id), queue) end
  end
end

-- Queues the jobs that wait for this dependency. The first change notifies the other hosts that it works again.
function operations.wake(dependency, limit)
  local ids = redis.call('ZRANGE', waits_key(dependency), 0, tonumber(limit) - 1)
  for index, id in ipairs(ids) do
    local job = read(id)
    reached = index == 1 and dependency or ''
    if job and job.status == 'waiting' and string.find(',' .. job.waits_for .. ',', ',' .. dependency .. ',', 1, true) then
      queue_waiting(job, job.queue)
    else
      redis.call('ZREM', waits_key(dependency), id)
    end
  end
  reached = ''
  return #ids
end

-- BullMQ takes the job with the lowest score, so the next one gets score 0.
local function begin_attempt(lane, holder, lease_ms)
  local job = next_in(lane)
  if not job then return nil end
  redis.call('ZADD', engine.prioritized(lane), 'XX', 0, job.id)
  local token = tostring(redis.call('INCR', key('last-token')))
  local id = engine.take(lane, token, lease_ms, holder)
  if id ~= job.id then return nil end
  leave_lane(job)
  served(lane, job.client, token)
  local total_attempts = tonumber(job.total_attempts) + 1
  if job.started_ms == '' then write(job, { started_at = at, started_ms = now }) end
  set_status(job, 'running', {
    lease_token = token, holder = holder, attempt_ms = now, attempts = tonumber(job.attempts) + 1, total_attempts = total_attempts,
  })
  note_attempt(job, { started_at = at })
  redis.call('HSET', key('holder:' .. holder), id, token)
  return { token, id, redis.call('HGETALL', key('job:' .. id)), redis.call('GET', key('last-event')) }
end

-- How many more jobs of each lane the holder has room for: gathering, rendering, delivering, isolated.
function operations.claim(holder, lease_ms, ...)
  check_name()
  queue_due()
  if redis.call('EXISTS', key('paused')) == 1 then return {} end
  local claims = {}
  for index, lane in ipairs(engine.queues) do
    for _ = 1, tonumber((select(index, ...))) do
      local claim = begin_attempt(lane, holder, tonumber(lease_ms))
      if not claim then break end
      claims[#claims + 1] = claim
    end
  end
  return claims
end

-- Queues what is due. Returns in how many milliseconds the next will be, '' when none waits; and the id and the stage of
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
