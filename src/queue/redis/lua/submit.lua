local IDEMPOTENCY_MS = 24 * 3600000

local function insert(new)
  local job = { id = new.id, status = '', stage = new.stage, priority = new.priority, client = new.client, alone = '0',
    created_ms = tostring(now), queue = '', callback_url = new.callback_url }
  local stored = { v = 1, stage = new.stage, client = new.client, priority = new.priority, suburb = new.suburb,
    state = new.state, postcode = new.postcode, request = new.request, created_at = at, created_ms = now,
    callback_url = new.callback_url, callback_request = new.callback_request, idempotency_key = new.idempotency_key, attempts = 0, attempts_ever = 0,
    crashes = 0, cancel_requested = 0, alone = 0, warnings = new.warnings, ran_ms = 0, attempt_ms = '', requested_by = '', error_code = '', error = '', started_at = '', started_ms = '', ended_at = '', ended_ms = '',
    run_at = '', token = '', holder = '', status = 'queued', queue = enqueue(job, false) }
  write(job, stored)
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

-- Accepts all of the jobs or none: what can be refused is looked at before the first is written.
-- The limit, then for each job 16 values: see submit.ts.
function operations.submit(limit)
  local jobs, seen, fresh = {}, {}, 0
  for index = 7, #ARGV, 16 do
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
    if not job.there and not job.same_as then fresh = fresh + 1 end
    jobs[#jobs + 1] = job
  end

  local open = count_open()
  if fresh > 0 and open + fresh > tonumber(limit) then return { 'full', tostring(open), tostring(fresh) } end

  local answer = { 'accepted', at }
  for _, job in ipairs(jobs) do
    if job.same_as then job.there = job.same_as.there or job.same_as.id end
    answer[#answer + 1] = job.there or ''
    if not job.there then insert(job) end
  end
  return answer
end
