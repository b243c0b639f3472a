-- The records of the jobs, beside BullMQ's queues. Fields that may be null are '' then. Scripts are short and whole:
-- what one of them changes is there together or not at all.
local FIELDS = { 'status', 'stage', 'priority', 'client', 'attempts', 'total_attempts', 'crashes', 'lease_token', 'holder',
  'cancel_requested', 'isolated', 'rendering', 'queue', 'created_ms', 'callback_url', 'started_ms',
  'ended_ms', 'ran_ms', 'attempt_ms', 'requested_by', 'waits_for', 'draft' }
local MAX_EVENTS = 100000
local MINUTE_MS = 60000
local STATISTICS_S = 26 * 3600
local CRASHES_OF_A_POISONOUS_JOB = 3
local OPEN = { queued = true, running = true, waiting = true }

local changes = {}
-- '1' while a job is retried or sent manually.
local manual = '0'
-- The dependency that works again, while a job that waited for it is woken.
local reached = ''

local function key(name) return base .. ':' .. name end

local function read(id)
  local values = redis.call('HMGET', key('job:' .. id), unpack(FIELDS))
  if not values[1] then return nil end
  local job = { id = id }
  for index, field in ipairs(FIELDS) do
    job[field] = values[index] or ''
  end
  return job
end

local function write(job, fields)
  local flat = {}
  for field, value in pairs(fields) do
    flat[#flat + 1] = field
    flat[#flat + 1] = value
    job[field] = tostring(value)
  end
  redis.call('HSET', key('job:' .. job.id), unpack(flat))
end

-- Publishes a change to all hosts, and appends it to the job's history. A cancel request changes neither status nor stage:
-- it is published, but not part of the history.
local function notify(job, from, from_stage)
  -- Only a person cancels or sends a job, or retries it after its end.
  local actor = ''
  if from == '' then
    actor = job.client
  elseif job.status == 'cancelled' or (job.status == 'queued' and (from == 'failed' or from == 'cancelled' or from == 'completed')) then
    actor = job.requested_by or ''
  end
  local number = redis.call('INCR', key('last-event'))
  local cancel = job.cancel_requested == '1' and '1' or '0'
  local changed = from ~= job.status or from_stage ~= job.stage
  redis.call('XADD', key('events'), 'MAXLEN', '~', MAX_EVENTS, number .. '-0', 'job', job.id, 'at', at, 'from', from,
    'from_stage', from_stage, 'to', job.status, 'stage', job.stage, 'cancel', cancel,
    'origin', origin, 'actor', actor, 'manual', manual, 'reached', reached)
  if changed then
    redis.call('ZADD', key('client-changes:' .. job.client), number, job.id)
    redis.call('RPUSH', key('history:' .. job.id),
      table.concat({ number, at, from, from_stage, job.status, job.stage, actor }, '|'))
  end
  for _, value in ipairs({ number, job.id, from, job.status, job.stage, cancel, manual }) do
    changes[#changes + 1] = tostring(value)
  end
end

local function waits_key(dependency) return key('waits-for:' .. dependency) end

-- A job that leaves `waiting` no longer waits for any dependency.
local function end_waiting(job, fields)
  if job.waits_for == '' then return end
  for dependency in string.gmatch(job.waits_for, '[^,]+') do redis.call('ZREM', waits_key(dependency), job.id) end
  fields.waits_for = ''
end

local function add_open(client, jobs)
  if redis.call('HINCRBY', key('open'), client, jobs) == 0 then redis.call('HDEL', key('open'), client) end
end

local function set_status(job, to, fields, from_stage)
  local from = job.status
  if OPEN[from] ~= OPEN[to] then add_open(job.client, OPEN[to] and 1 or -1) end
  fields = fields or {}
  if from == 'waiting' then end_waiting(job, fields) end
  fields.status = to
  write(job, fields)
  redis.call('ZREM', key('jobs:' .. from), job.id)
  redis.call('ZADD', key('jobs:' .. to), job.created_ms, job.id)
  notify(job, from, from_stage or job.stage)
end

-- The job, if this attempt holds its lease; nil if the attempt has ended or another one replaced it.
local function leased(id, token)
  local job = read(id)
  return job and job.status == 'running' and job.lease_token == token and job or nil
end

local function note_attempt(job, fields)
  for field, value in pairs(fields) do
    redis.call('HSET', key('attempts:' .. job.id), job.total_attempts .. ':' .. field, value)
  end
end

local function end_lease(job)
  redis.call('HDEL', key('holder:' .. job.holder), job.id)
  -- The duration of the attempt is added to the run time of the job.
  local took = tonumber(job.attempt_ms) and math.max(0, now - tonumber(job.attempt_ms)) or 0
  return { lease_token = '', holder = '', queue = '', rendering = '', attempt_ms = '',
    ran_ms = string.format('%.0f', (tonumber(job.ran_ms) or 0) + took) }
end

local function with(fields, more)
  for field, value in pairs(more) do fields[field] = value end
  return fields
end

-- Whether an upload of the job may still complete: reporting it as cancelled would be wrong.
local function in_flight(id)
  local ledger = redis.call('HGETALL', key('deliveries:' .. id))
  for index = 1, #ledger, 2 do
    if string.match(ledger[index], ':in_flight_since$') and ledger[index + 1] ~= '' then return true end
  end
  return false
end

-- Whether one target has the report: then it is too late to cancel.
local function some_delivered(id)
  for _, field in ipairs(redis.call('HKEYS', key('deliveries:' .. id))) do
    if string.match(field, ':delivered_at$') then return true end
  end
  return false
end

-- Due callbacks are stored by address; earlier programs stored them by host.
local function no_longer_due(id)
  for _, by in ipairs(redis.call('HMGET', key('callback:' .. id), 'url', 'host')) do
    if by then
      redis.call('ZREM', key('callbacks:due:' .. by), id)
      if redis.call('EXISTS', key('callbacks:due:' .. by)) == 0 then redis.call('ZREM', key('callbacks:addresses'), by) end
    end
  end
  redis.call('ZREM', key('callbacks:next'), id)
end

-- Part of the script that ends the job. The id is made from the job and its end, so a script that a replica or an
-- append-only file runs again makes the same id, and so does a job that is repeated after a restore.
local function call_back(job)
  if job.callback_url == '' or job.draft == '1' then return end
  local number = redis.call('HINCRBY', key('job:' .. job.id), 'ends_' .. job.status, 1)
  local id = 'msg_' .. string.gsub(job.id, '-', '') .. '_' .. job.status .. '_' .. number
  local host = string.match(job.callback_url, '^[^:]+://([^/]*)')
  local flat = { 'id', id, 'job_id', job.id, 'status', 'pending', 'url', job.callback_url, 'host', host, 'attempts', 0,
    'created_at', at, 'since', at, 'next_attempt_ms', now, 'ended_at', '' }
  local whole = redis.call('HGETALL', key('job:' .. job.id))
  for index = 1, #whole, 2 do
    if whole[index] ~= 'request' then
      flat[#flat + 1] = whole[index] == 'callback_request' and 'job.request' or 'job.' .. whole[index]
      flat[#flat + 1] = whole[index + 1]
    end
  end
  redis.call('HSET', key('callback:' .. id), unpack(flat))
  redis.call('RPUSH', key('job-callbacks:' .. job.id), id)
  redis.call('ZADD', key('callbacks:due:' .. job.callback_url), now, id)
  redis.call('ZADD', key('callbacks:addresses'), 0, job.callback_url)
  redis.call('ZADD', key('callbacks:next'), now, id)
end

-- What ended in a minute, for the statistics: how, and how many milliseconds its attempts ran.
local function minute_of(ms) return key('ended-in:' .. string.format('%.0f', ms - ms % MINUTE_MS)) end

local function end_job(job, to, fields)
  redis.call('ZADD', key('ended'), now, job.id)
  set_status(job, to, with(fields, { ended_at = at, ended_ms = now }))
  redis.call('ZADD', key('durations'), job.ran_ms == '' and 0 or job.ran_ms, job.id)
  redis.call('HSET', minute_of(now), job.id, to .. ' ' .. (job.ran_ms == '' and '0' or job.ran_ms))
  redis.call('EXPIRE', minute_of(now), STATISTICS_S)
  if to == 'completed' and job.draft ~= '1' then redis.call('DEL', key('data:' .. job.id)) end
  call_back(job)
end

local USAGE_DAY_S = 31 * 24 * 3600

-- What a client requested and received, by month (2026-11) and, for quotas, by day (2026-11-24).
local function count_usage(month, client, counts)
  for what, count in pairs(counts) do redis.call('HINCRBY', key('usage:' .. month), what .. ':' .. client, count) end
end

local function count_accepted(day, client, jobs)
  count_usage(string.sub(day, 1, 7), client, { accepted = jobs })
  redis.call('HINCRBY', key('usage-day:' .. day), client, jobs)
  redis.call('EXPIRE', key('usage-day:' .. day), USAGE_DAY_S)
end
