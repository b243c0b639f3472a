local IDEMPOTENCY_MS = 24 * 3600000

local function insert(new)
  local fields = new.fields
  local job = { id = new.id, status = '', stage = fields.stage, priority = fields.priority, client = fields.client,
    isolated = '0', rendering = '', created_ms = tostring(now), queue = '', callback_url = new.callback_url }
  local stored = with(fields, { v = 1, request = new.request, created_at = at, created_ms = now,
    callback_url = new.callback_url, callback_request = new.callback_request, idempotency_key = new.idempotency_key,
    total_attempts = 0, crashes = 0, attempt_ms = '', requested_by = '', started_ms = '', ended_ms = '', lease_token = '',
    holder = '', queue = enqueue(job) })
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
  notify(job, '', '')
end

local function count_open()
  local open = 0
  for _, status in ipairs({ 'queued', 'running', 'waiting' }) do
    open = open + redis.call('ZCARD', key('jobs:' .. status))
  end
  return open
end

-- How many jobs have not ended. Like every script, it is refused once this program may no longer work here.
function operations.open_jobs()
  check_name()
  return count_open()
end

-- The open jobs of each client, and how many each client requests.
local function loads_of(requested)
  local loads = {}
  local flat = redis.call('HGETALL', key('open'))
  for index = 1, #flat, 2 do
    local client, count = flat[index], tonumber(flat[index + 1])
    if count > 0 or requested[client] then
      loads[#loads + 1] = { open = count, requested = requested[client] or 0 }
      requested[client] = nil
    end
  end
  for _, count in pairs(requested) do loads[#loads + 1] = { open = 0, requested = count } end
  return loads
end

-- As share.ts, where the rule is explained.
local function too_many(limit, clients, loads)
  local known = math.max(clients, #loads)
  local share = math.max(1, math.floor(limit / (2 * math.max(1, known))))
  local past, most = (known - #loads) * share - limit, 0
  for _, load in ipairs(loads) do
    past = past + math.max(load.open + load.requested, share)
    if load.requested > 0 then most = math.max(most, load.open + load.requested - share) end
  end
  return math.max(0, math.min(past, most))
end

-- Accepts all of the jobs or none: everything that can be refused is checked before the first is written.
-- Arguments: the limit, how many clients there are, the day, the client's quota of a day and of a month ('' for none), then
-- 10 values for each job: see submit.ts. If they are too many, it returns what share.ts needs for the refusal: the open jobs of
-- all clients, and for each client its open jobs and the requested ones.
function operations.submit(limit, clients, day, per_day, per_month)
  local jobs, seen, fresh, requested = {}, {}, 0, {}
  for index = 11, #ARGV, 10 do
    local job = {
      id = ARGV[index], fields = cjson.decode(ARGV[index + 1]), request = ARGV[index + 2],
      callback_url = ARGV[index + 3], callback_request = ARGV[index + 4], has_data = ARGV[index + 5] == '1',
      data = ARGV[index + 6], idempotency = ARGV[index + 7], fingerprint = ARGV[index + 8],
      idempotency_key = ARGV[index + 9],
    }
    job.client = job.fields.client
    if job.idempotency ~= '' then
      local earlier = seen[job.idempotency]
      if earlier then
        if earlier.fingerprint ~= job.fingerprint then return { 'conflict', job.idempotency } end
        job.same_as = earlier
      else
        seen[job.idempotency] = job
        local known = redis.call('HMGET', key('idempotency:' .. job.idempotency), 'job', 'fingerprint', 'expires_ms')
        if known[1] and tonumber(known[3]) > now and redis.call('EXISTS', key('job:' .. known[1])) == 1 then
          if known[2] ~= job.fingerprint then return { 'conflict', job.idempotency } end
          job.there = known[1]
        end
      end
    end
    if not job.there and not job.same_as then
      fresh = fresh + 1
      requested[job.client] = (requested[job.client] or 0) + 1
    end
    jobs[#jobs + 1] = job
  end

  for client, jobs in pairs(requested) do
    local used_day = tonumber(redis.call('HGET', key('usage-day:' .. day), client) or '0')
    local used_month = tonumber(redis.call('HGET', key('usage:' .. string.sub(day, 1, 7)), 'accepted:' .. client) or '0')
    if (per_day ~= '' and used_day + jobs > tonumber(per_day))
      or (per_month ~= '' and used_month + jobs > tonumber(per_month)) then
      return { 'quota', tostring(used_day), tostring(used_month), tostring(jobs) }
    end
  end

  local new = {}
  for client, jobs in pairs(requested) do new[client] = jobs end
  local open = count_open()
  local loads = fresh > 0 and 2 * (open + fresh) > tonumber(limit) and loads_of(requested)
  if loads and too_many(tonumber(limit), tonumber(clients), loads) > 0 then
    return { 'full', tostring(open), cjson.encode(loads) }
  end

  for client, jobs in pairs(new) do count_accepted(day, client, jobs) end
  local result = { 'accepted', at }
  for _, job in ipairs(jobs) do
    if job.same_as then job.there = job.same_as.there or job.same_as.id end
    result[#result + 1] = job.there or ''
    if not job.there then insert(job) end
  end
  return result
end
