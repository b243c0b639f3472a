-- What people request: cancel a job, retry it, delete old ones.
function operations.cancel(id, by)
  local job = read(id)
  if not job then return 0 end
  local idle = job.status == 'queued' or job.status == 'waiting'
  if idle and in_flight(id) then
    -- An earlier attempt started an upload whose outcome is unknown: the next attempt checks it, and starts now.
    if job.cancel_requested ~= '1' then
      engine.remove(job.queue, id)
      if job.status == 'queued' then leave_lane(job) end
      write(job, { cancel_requested = 1, requested_by = by })
      set_status(job, 'queued', { run_at = '', queue = enqueue(job) })
    end
  elseif idle then
    engine.remove(job.queue, id)
    if job.status == 'queued' then leave_lane(job) end
    write(job, { requested_by = by })
    end_job(job, 'cancelled', { run_at = '', queue = '' })
  elseif job.status == 'running' and job.cancel_requested ~= '1' then
    write(job, { cancel_requested = 1, requested_by = by })
    notify(job, 'running', job.stage)
  end
  return 1
end

-- -1: it was retried too often.
local function retry(job, by, most)
  if not job or (job.status ~= 'failed' and job.status ~= 'cancelled' and job.status ~= 'waiting') then return 0 end
  if redis.call('HINCRBY', key('job:' .. job.id), 'retries', 1) > tonumber(most) then
    redis.call('HINCRBY', key('job:' .. job.id), 'retries', -1)
    return -1
  end
  if job.status == 'waiting' then engine.remove(job.queue, job.id) end
  redis.call('ZREM', key('ended'), job.id)
  redis.call('ZREM', key('durations'), job.id)
  write(job, { requested_by = by })
  if job.ended_ms ~= '' then redis.call('HDEL', minute_of(tonumber(job.ended_ms)), job.id) end
  manual = '1'
  set_status(job, 'queued', { attempts = 0, crashes = 0, error_code = '', error = '', ended_at = '', ended_ms = '',
    run_at = '', cancel_requested = 0, ran_ms = 0, queue = enqueue(job) })
  manual = '0'
  return 1
end

function operations.retry(id, by, most) return retry(read(id), by, most) end

-- A completed draft is delivered as it is, and is no longer a draft.
function operations.send(id, by)
  local job = read(id)
  if not job or job.status ~= 'completed' or job.draft ~= '1' then return 0 end
  redis.call('ZREM', key('ended'), id)
  redis.call('ZREM', key('durations'), id)
  write(job, { requested_by = by, draft = 0 })
  redis.call('HDEL', minute_of(tonumber(job.ended_ms)), id)
  manual = '1'
  set_status(job, 'queued', { attempts = 0, crashes = 0, ended_at = '', ended_ms = '', queue = enqueue(job) })
  manual = '0'
  return 1
end

-- What submit stores beside a request since later programs of format 1; a record of an earlier program gets it when it is
-- first read.
function operations.store_metadata(id, request)
  if redis.call('EXISTS', key('job:' .. id)) == 0 then return 0 end
  return redis.call('HSET', key('job:' .. id), 'callback_request', request)
end

-- The actor, the limit of retries, then in ARGV the ids. Returns how many of them are queued now.
function operations.retry_each(by, most)
  local retried = 0
  for index = 8, #ARGV do retried = retried + math.max(0, retry(read(ARGV[index]), by, most)) end
  return retried
end

local MAX_ACTIONS = 1000

local function note_action(action, actor)
  redis.call('LPUSH', key('actions'), cjson.encode({ at = at, action = action, actor = actor }))
  redis.call('LTRIM', key('actions'), 0, MAX_ACTIONS - 1)
end

-- The name of the first actor stays: others need to know that person before they resume.
function operations.pause(by)
  if redis.call('EXISTS', key('paused')) == 0 then
    redis.call('HSET', key('paused'), 'since', at, 'by', by)
    note_action('paused', by)
  end
  return 1
end

function operations.resume(by)
  if redis.call('DEL', key('paused')) == 1 then note_action('resumed', by) end
  return 1
end

local function forget_callbacks(id)
  for _, callback in ipairs(redis.call('LRANGE', key('job-callbacks:' .. id), 0, -1)) do
    no_longer_due(callback)
    redis.call('ZREM', key('callbacks:leases'), callback)
    redis.call('SREM', key('callbacks:failed'), callback)
    redis.call('ZREM', key('callbacks:failing'), callback)
    redis.call('DEL', key('callback:' .. callback), key('callback-attempts:' .. callback))
  end
end

-- Removes a job that is in no queue with all that belongs to it; returns the paths of the PDFs it had.
local function forget(id)
  local status, client, report, documents =
    unpack(redis.call('HMGET', key('job:' .. id), 'status', 'client', 'report', 'documents'))
  local paths = {}
  for _, document in ipairs(documents and documents ~= '' and cjson.decode(documents) or {}) do
    paths[#paths + 1] = document.path
  end
  if report and report ~= '' then paths[#paths + 1] = cjson.decode(report).path end
  forget_callbacks(id)
  redis.call('ZREM', key('ended'), id)
  redis.call('ZREM', key('durations'), id)
  redis.call('ZREM', key('jobs'), id)
  redis.call('ZREM', key('ids'), id)
  for _, event in ipairs(redis.call('LRANGE', key('history:' .. id), 0, -1)) do
    redis.call('XDEL', key('events'), string.match(event, '^%d+') .. '-0')
  end
  if status then redis.call('ZREM', key('jobs:' .. status), id) end
  if client then
    redis.call('ZREM', key('client:' .. client), id)
    redis.call('ZREM', key('client-changes:' .. client), id)
  end
  redis.call('UNLINK', key('job:' .. id), key('data:' .. id), key('attempts:' .. id), key('deliveries:' .. id),
    key('job-callbacks:' .. id), key('history:' .. id))
  return paths
end

-- Whether something still needs the job: a callback that is not delivered, or an idempotency key that names it. A draft was
-- not delivered, so the same request may make another.
local function is_promised(id)
  local idempotency, created_ms, draft =
    unpack(redis.call('HMGET', key('job:' .. id), 'idempotency_key', 'created_ms', 'draft'))
  if draft ~= '1' and idempotency and idempotency ~= '' and now - tonumber(created_ms) < IDEMPOTENCY_MS then return true end
  for _, callback in ipairs(redis.call('LRANGE', key('job-callbacks:' .. id), 0, -1)) do
    if redis.call('HGET', key('callback:' .. callback), 'status') == 'pending' then return true end
  end
  return false
end

-- Removes an ended job; its PDFs are noted until they are deleted, too. Returns false if something still needs the job.
local function remove_ended(id)
  if is_promised(id) then return false end
  local created_at = redis.call('HGET', key('job:' .. id), 'created_at') or ''
  local paths = forget(id)
  if #paths == 0 then paths[1] = 'reports/' .. string.sub(created_at, 1, 10) .. '/' .. id .. '.pdf' end
  for _, path in ipairs(paths) do redis.call('ZADD', key('removals'), 0, path) end
  return true
end

-- Removes jobs that ended before the time, of `limit` after the first `skip`. Returns how many it removed, and how many
-- are still needed.
function operations.prune(before_ms, limit, skip)
  local removed, needed = 0, 0
  for _, lane in ipairs({ 'gathering', 'rendering', 'delivering', 'isolated' }) do forget_idle(lane) end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('ended'), '-inf', '(' .. before_ms, 'LIMIT', skip, limit)) do
    if remove_ended(id) then removed = removed + 1 else needed = needed + 1 end
  end
  return { removed, needed }
end

-- In ARGV the ids. Returns how many it removed, how many are still needed, and how many have not ended.
function operations.remove_each()
  local removed, needed, open = 0, 0, 0
  for index = 6, #ARGV do
    local status = redis.call('HGET', key('job:' .. ARGV[index]), 'status')
    if status and OPEN[status] then
      open = open + 1
    elseif status then
      if remove_ended(ARGV[index]) then removed = removed + 1 else needed = needed + 1 end
    end
  end
  return { removed, needed, open }
end
