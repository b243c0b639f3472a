-- The records of the jobs, beside BullMQ's queues. Fields that may be null are '' then. Scripts are short and whole:
-- what one of them changes is there together or not at all.
local FIELDS = { 'status', 'stage', 'priority', 'client', 'attempts', 'attempts_ever', 'crashes', 'token', 'holder',
  'cancel_requested', 'alone', 'queue', 'created_ms', 'callback_url', 'started_ms',
  'ended_ms', 'ran_ms', 'attempt_ms', 'requested_by' }
local KEPT_EVENTS = 100000
local MINUTE_MS = 60000
local STATISTICS_S = 26 * 3600
local CRASHES_OF_A_POISONOUS_JOB = 3
-- BullMQ's score of a waiting job is its priority, 1 the first, times this, and its place among those.
local BAND = 0x100000000

local changes = {}
-- '1' while somebody wants a job tried at once.
local by_hand = '0'

local function key(name) return base .. ':' .. name end

local function read(id)
  local values = redis.call('HMGET', key('job:' .. id), unpack(FIELDS))
  if not values[1] then return nil end
  local job = { id = id }
  for index, field in ipairs(FIELDS) do job[field] = values[index] or '' end
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

-- Writes a change down for those who watch, on any host, and for the job's history. A wish to cancel is no change of
-- status or stage: it is told, and not kept.
local function tell(job, from, from_stage)
  -- A job is cancelled, and tried again after its end, only because somebody wants it.
  local actor = ''
  if from == '' then
    actor = job.client
  elseif job.status == 'cancelled' or (job.status == 'queued' and (from == 'failed' or from == 'cancelled')) then
    actor = job.requested_by or ''
  end
  local number = redis.call('INCR', key('last-event'))
  local cancel = job.cancel_requested == '1' and '1' or '0'
  local kept = from ~= job.status or from_stage ~= job.stage
  redis.call('XADD', key('events'), 'MAXLEN', '~', KEPT_EVENTS, number .. '-0', 'job', job.id, 'at', at, 'from', from,
    'from_stage', from_stage, 'to', job.status, 'stage', job.stage, 'cancel', cancel, 'kept', kept and '1' or '0',
    'origin', origin, 'actor', actor, 'by_hand', by_hand)
  if kept then
    redis.call('ZADD', key('client-changes:' .. job.client), number, job.id)
    redis.call('RPUSH', key('history:' .. job.id),
      table.concat({ number, at, from, from_stage, job.status, job.stage, actor }, '|'))
  end
  for _, value in ipairs({ job.id, from, job.status, job.stage, cancel, by_hand }) do changes[#changes + 1] = value end
end

local function set_status(job, to, fields)
  local from = job.status
  fields = fields or {}
  fields.status = to
  write(job, fields)
  redis.call('ZREM', key('jobs:' .. from), job.id)
  redis.call('ZADD', key('jobs:' .. to), job.created_ms, job.id)
  tell(job, from, job.stage)
end

local function priority_in_bullmq(job) return 10 - tonumber(job.priority) end

local function line_of(job) return key('line:' .. job.stage .. ':' .. job.priority) end

-- The turn of the head of the job's line; nil when it is empty.
local function head_of_line(job)
  local first = priority_in_bullmq(job) * BAND
  local head = redis.call('ZRANGEBYSCORE', engine.line(job.stage), first, '(' .. (first + BAND), 'WITHSCORES',
    'LIMIT', 0, 1)
  return head[2] and tonumber(head[2]) - first
end

-- Gives a job its place, `enter` being what brings it into BullMQ's line. The fair turn (start-time fair queueing) is
-- after the client's own last job, but never before the head of the line, so that one client's thousands stand behind
-- each other and another's first job stands beside the head. What comes back goes to the head, and not before it.
local function take_place(job, to_head, enter)
  local queue = job.alone == '1' and 'quarantine' or job.stage
  local score = tonumber(job.created_ms)
  if job.alone ~= '1' then
    local line = line_of(job)
    local turn = head_of_line(job) or 0
    local last = tonumber(redis.call('HGET', line .. ':turns', job.client) or '-1')
    if not to_head then turn = math.max(turn, last + 1) end
    redis.call('HSET', line .. ':turns', job.client, math.max(turn, last))
    redis.call('HINCRBY', line .. ':jobs', job.client, 1)
    score = priority_in_bullmq(job) * BAND + turn
  end
  enter(queue)
  redis.call('ZADD', engine.line(queue), 'XX', score, job.id)
  return queue
end

local function leave_line(job)
  if job.queue == 'quarantine' then return end
  local line = line_of(job)
  if redis.call('HINCRBY', line .. ':jobs', job.client, -1) <= 0 then
    redis.call('HDEL', line .. ':jobs', job.client)
    redis.call('HDEL', line .. ':turns', job.client)
  end
end

local function enqueue(job, to_head)
  return take_place(job, to_head, function(queue) engine.add(queue, job.id, priority_in_bullmq(job)) end)
end

-- Who holds the job, as this very attempt; nil for one that was ended or replaced.
local function held(id, token)
  local job = read(id)
  return job and job.status == 'running' and job.token == token and job or nil
end

local function note_attempt(job, fields)
  for field, value in pairs(fields) do
    redis.call('HSET', key('attempts:' .. job.id), job.attempts_ever .. ':' .. field, value)
  end
end

local function let_go(job)
  redis.call('HDEL', key('holder:' .. job.holder), job.id)
  if redis.call('GET', key('alone:' .. job.holder)) == job.id then redis.call('DEL', key('alone:' .. job.holder)) end
  -- What the attempt took is added to what the job ran.
  local took = tonumber(job.attempt_ms) and math.max(0, now - tonumber(job.attempt_ms)) or 0
  return { token = '', holder = '', queue = '', attempt_ms = '',
    ran_ms = string.format('%.0f', (tonumber(job.ran_ms) or 0) + took) }
end

local function with(fields, more)
  for field, value in pairs(more) do fields[field] = value end
  return fields
end

-- Part of the script that ends the job. Its id is made of the job's, so that a script that is run again by a replica
-- or an append-only file makes the same.
local function call_back(job)
  if job.callback_url == '' then return end
  local number = redis.call('HINCRBY', key('job:' .. job.id), 'ends', 1)
  local id = 'msg_' .. string.sub(redis.sha1hex(job.id .. ':' .. number), 1, 32)
  local host = string.match(job.callback_url, '^[^:]+://([^/]*)')
  local flat = { 'id', id, 'job_id', job.id, 'status', 'pending', 'url', job.callback_url, 'host', host, 'attempts', 0,
    'created_at', at, 'since', at, 'next_try_ms', now, 'ended_at', '' }
  local whole = redis.call('HGETALL', key('job:' .. job.id))
  for index = 1, #whole, 2 do
    if whole[index] ~= 'request' then
      flat[#flat + 1] = whole[index] == 'callback_request' and 'job.request' or 'job.' .. whole[index]
      flat[#flat + 1] = whole[index + 1]
    end
  end
  redis.call('HSET', key('callback:' .. id), unpack(flat))
  redis.call('RPUSH', key('told:' .. job.id), id)
  redis.call('ZADD', key('callbacks:due:' .. host), now, id)
  redis.call('ZADD', key('callbacks:hosts'), 0, host)
  redis.call('ZADD', key('callbacks:next'), now, id)
end

-- What ended in a minute, for the statistics: how, and how many milliseconds its attempts ran.
local function minute_of(ms) return key('ended-in:' .. string.format('%.0f', ms - ms % MINUTE_MS)) end

local function end_job(job, to, fields)
  redis.call('ZADD', key('ended'), now, job.id)
  set_status(job, to, with(fields, { ended_at = at, ended_ms = now }))
  redis.call('HSET', minute_of(now), job.id, to .. ' ' .. (job.ran_ms == '' and '0' or job.ran_ms))
  redis.call('EXPIRE', minute_of(now), STATISTICS_S)
  if to == 'completed' then redis.call('DEL', key('data:' .. job.id)) end
  call_back(job)
end
