-- Formats 6 and 7 renamed what earlier formats stored, after docs/glossary.md: keys, fields and a lane. This renames it in
-- place, so many jobs a script that Redis is never blocked for long. Earlier programs are refused from the first script on.
local RENAMED_FORMAT = 7
local RENAMED_AT_ONCE = 500
local RENAMED_LANE = { from = 'quarantine', to = 'isolated' }
local JOB_FIELDS = { token = 'lease_token', alone = 'isolated', attempts_ever = 'total_attempts' }
local CALLBACK_FIELDS = { next_try_ms = 'next_attempt_ms', ['job.token'] = 'job.lease_token', ['job.alone'] = 'job.isolated',
  ['job.attempts_ever'] = 'job.total_attempts' }
local ATTEMPT_FIELDS = { answer = 'response', tookMs = 'durationMs' }

-- Notes the newest format, and from now on refuses programs whose format is older than `compatible`.
local function admit(compatible)
  local newest = tonumber(redis.call('HGET', KEYS[1], 'newest') or '0')
  local oldest = tonumber(redis.call('HGET', KEYS[1], 'compatible') or '0')
  redis.call('HSET', KEYS[1], 'newest', math.max(newest, tonumber(ARGV[5])), 'compatible',
    math.max(oldest, tonumber(compatible)))
end

local function rename_key(from, to)
  if redis.call('EXISTS', key(from)) == 1 then redis.call('RENAME', key(from), key(to)) end
end

local function rename_fields(name, fields)
  for from, to in pairs(fields) do
    local value = redis.call('HGET', name, from)
    if value then
      redis.call('HSETNX', name, to, value)
      redis.call('HDEL', name, from)
    end
  end
end

-- Every key of the lane's BullMQ queue, with its jobs and their locks, and of the fair order.
local function rename_lane(from, to)
  local ids = {}
  for _, name in ipairs({ 'prioritized', 'delayed' }) do
    for _, id in ipairs(redis.call('ZRANGE', key(from .. ':' .. name), 0, -1)) do ids[#ids + 1] = id end
  end
  for _, name in ipairs({ 'wait', 'active', 'paused' }) do
    for _, id in ipairs(redis.call('LRANGE', key(from .. ':' .. name), 0, -1)) do ids[#ids + 1] = id end
  end
  for _, id in ipairs(ids) do
    rename_key(from .. ':' .. id, to .. ':' .. id)
    rename_key(from .. ':' .. id .. ':lock', to .. ':' .. id .. ':lock')
    if redis.call('HGET', key('job:' .. id), 'queue') == from then redis.call('HSET', key('job:' .. id), 'queue', to) end
  end
  for _, name in ipairs({ 'wait', 'active', 'paused', 'prioritized', 'delayed', 'completed', 'failed', 'stalled',
    'stalled-check', 'limiter', 'repeat', 'meta', 'id', 'pc', 'marker', 'events' }) do
    rename_key(from .. ':' .. name, to .. ':' .. name)
  end
  for _, member in ipairs(redis.call('ZRANGE', key('lane:' .. from), 0, -1)) do
    rename_key('lane:' .. from .. ':' .. client_of(member), 'lane:' .. to .. ':' .. client_of(member))
  end
  for _, name in ipairs({ 'lane:', 'served:', 'came:', 'came-number:' }) do rename_key(name .. from, name .. to) end
end

local function rename_attempts(id)
  rename_key('tries:' .. id, 'callback-attempts:' .. id)
  local attempts = key('callback-attempts:' .. id)
  for index, text in ipairs(redis.call('LRANGE', attempts, 0, -1)) do
    local attempt, renamed = cjson.decode(text), false
    for from, to in pairs(ATTEMPT_FIELDS) do
      if attempt[from] ~= nil then
        if attempt[to] == nil then attempt[to] = attempt[from] end
        attempt[from], renamed = nil, true
      end
    end
    if renamed then redis.call('LSET', attempts, index - 1, cjson.encode(attempt)) end
  end
end

local function rename_deliveries(name)
  for _, field in ipairs(redis.call('HKEYS', name)) do
    local target = string.match(field, '^(.*):under_way_since$')
    if target then rename_fields(name, { [field] = target .. ':in_flight_since' }) end
  end
end

local function rename_job(id)
  rename_fields(key('job:' .. id), JOB_FIELDS)
  rename_deliveries(key('deliveries:' .. id))
  rename_key('told:' .. id, 'job-callbacks:' .. id)
  for _, callback in ipairs(redis.call('LRANGE', key('job-callbacks:' .. id), 0, -1)) do
    rename_fields(key('callback:' .. callback), CALLBACK_FIELDS)
    rename_attempts(callback)
  end
end

-- Renames what belongs to the jobs from the number `first` on. Returns the number to continue with; '' when all is renamed.
-- An interrupted upgrade starts again at 0: what is renamed already stays as it is.
function operations.upgrade(first, compatible)
  if tonumber(redis.call('HGET', KEYS[1], 'renamed') or '0') >= RENAMED_FORMAT then return '' end
  admit(compatible)
  if first == '0' then
    rename_lane(RENAMED_LANE.from, RENAMED_LANE.to)
    rename_key('callbacks:hosts', 'callbacks:addresses')
    for _, lane in ipairs(engine.queues) do
      rename_key('came:' .. lane, 'arrivals:' .. lane)
      rename_key('came-number:' .. lane, 'last-arrival:' .. lane)
    end
    redis.call('DEL', key('alone:' .. holder_name))
  end
  local ids = redis.call('ZRANGE', key('jobs'), first, first + RENAMED_AT_ONCE - 1)
  for _, id in ipairs(ids) do rename_job(id) end
  if #ids == RENAMED_AT_ONCE then return tostring(first + RENAMED_AT_ONCE) end
  redis.call('HSET', KEYS[1], 'renamed', RENAMED_FORMAT)
  return ''
end
