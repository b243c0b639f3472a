local IDEMPOTENCY_MS = 24 * 3600000

local function insert(new)
  local job = { id = new.id, status = '', stage = new.stage, priority = new.priority, client = new.client, alone = '0', rendering = '',
    created_ms = tostring(now), queue = '', callback_url = new.callback_url }
  local stored = { v = 1, stage = new.stage, client = new.client, priority = new.priority, suburb = new.suburb,
    state = new.state, postcode = new.postcode, request = new.request, created_at = at, created_ms = now,
    callback_url = new.callback_url, callback_request = new.callback_request, idempotency_key = new.idempotency_key, attempts = 0, attempts_ever = 0,
    crashes = 0, cancel_requested = 0, alone = 0, warnings = new.warnings, ran_ms = 0, attempt_ms = '', requested_by = '', error_code = '', error = '', started_at = '', started_ms = '', ended_at = '', ended_ms = '',
    run_at = '', token = '', holder = '', status = 'queued', queue = enqueue(job) }
  write(job, stored)
  add_open(job.client, 1)
  redis.call('ZADD', key('jobs'), now, job.id)
  redis.call('ZADD', key('ids'), 0, job.id)
  redis.call('ZADD', key('jobs:queued'), now, job.id)
  redis.call('ZADD', key('client:' .. job.client), now, job.id)
  if new.has_data then redis.call('SET', key('data:' .. job.id), new.data) end
  if new.idempotency ~= '' then
    local name = key('idempotency:' .. new.idempotency)
    redis.call('HSET', name, 'job', job.id, 'fingerprint', new.fingerprint, 'expires_ms', now + IDEMPOTENCY_MS)
    redis.call('PEXPIRE', name, IDEMPOTENCY_MS + 3600000)
  end
  tell(job, '', '')
end

local function count_open()
  local open = 0
  for _, status in ipairs({ 'queued', 'running', 'waiting' }) do
    open = open + redis.call('ZCARD', key('jobs:' .. status))
  end
  return open
end

-- How many are not done yet. Like every script it is refused where this program may not work any more.
function operations.open_jobs()
  check_name()
  return count_open()
end

-- What each client with open jobs has, and each that asks asks for.
local function loads_of(asked)
  local loads = {}
  local flat = redis.call('HGETALL', key('open'))
  for index = 1, #flat, 2 do
    local client, count = flat[index], tonumber(flat[index + 1])
    if count > 0 or asked[client] then
      loads[#loads + 1] = { open = count, asked = asked[client] or 0 }
      asked[client] = nil
    end
  end
  for _, count in pairs(asked) do loads[#loads + 1] = { open = 0, asked = count } end
  return loads
end

-- As share.ts, where the rule is explained.
local function too_many(limit, clients, loads)
  local known = math.max(clients, #loads)
  local share = math.max(1, math.floor(limit / (2 * math.max(1, known))))
  local past, most = (known - #loads) * share - limit, 0
  for _, load in ipairs(loads) do
    past = past + math.max(load.open + load.asked, share)
    if load.asked > 0 then most = math.max(most, load.open + load.asked - share) end
  end
  return math.max(0, math.min(past, most))
end

-- Accepts all of the jobs or none: what can be refused is looked at before the first is written.
-- The limit, how many clients there are, then for each job 16 values: see submit.ts. Who asks for too many is answered
-- what share.ts needs to say so: of all, and of each client its open jobs and those it asks for.
function operations.submit(limit, clients)
  local jobs, seen, fresh, asked = {}, {}, 0, {}
  for index = 8, #ARGV, 16 do
    local job = {
      id = ARGV[index], stage = ARGV[index + 1], client = ARGV[index + 2], priority = ARGV[index + 3],
      suburb = ARGV[index + 4], state = ARGV[index + 5], postcode = ARGV[index + 6], request = ARGV[index + 7],
      callback_url = ARGV[index + 8], callback_request = ARGV[index + 9], has_data = ARGV[index + 10] == '1',
      data = ARGV[index + 11], idempotency = ARGV[index + 12], fingerprint = ARGV[index + 13],
      idempotency_key = ARGV[index + 14], warnings = ARGV[index + 15],
    }
    if job.idempotency ~= '' then
      local earlier = seen[job.idempotency]
      if earlier then
        if earlier.fingerprint ~= job.fingerprint then return { 'conflict', job.idempotency } end
        job.same_as = earlier
      else
        seen[job.idempotency] = job
        local kept = redis.call('HMGET', key('idempotency:' .. job.idempotency), 'job', 'fingerprint', 'expires_ms')
        if kept[1] and tonumber(kept[3]) > now and redis.call('EXISTS', key('job:' .. kept[1])) == 1 then
          if kept[2] ~= job.fingerprint then return { 'conflict', job.idempotency } end
          job.there = kept[1]
        end
      end
    end
    if not job.there and not job.same_as then
      fresh = fresh + 1
      asked[job.client] = (asked[job.client] or 0) + 1
    end
    jobs[#jobs + 1] = job
  end

  local open = count_open()
  local loads = fresh > 0 and 2 * (open + fresh) > tonumber(limit) and loads_of(asked)
  if loads and too_many(tonumber(limit), tonumber(clients), loads) > 0 then
    return { 'full', tostring(open), cjson.encode(loads) }
  end

  local answer = { 'accepted', at }
  for _, job in ipairs(jobs) do
    if job.same_as then job.there = job.same_as.there or job.same_as.id end
    answer[#answer + 1] = job.there or ''
    if not job.there then insert(job) end
  end
  return answer
end
