-- The leases of jobs, and what happens to a job whose lease holder has ended.

-- Recovers a job of a process that has ended. Only a job that was being rendered in that process may have crashed it:
-- its attempt counts, and its next render is isolated. A job that was isolated already had a process of its own, and one
-- that waited, gathered or delivered cannot crash a process: their attempts do not count. `errors` are those that
-- attempts and jobs get. Returns the id, whether it was being rendered, and whether it is blamed.
local function recover(job, errors)
  local rendering = job.rendering == '1' and job.stage == 'rendering'
  local blamed = rendering and job.isolated ~= '1'
  local reason = blamed and errors.blamed or errors.notBlamed
  local crashes = tonumber(job.crashes) + (blamed and 1 or 0)
  note_attempt(job, { ended_at = at, outcome = 'crashed', error_code = 'crashed', error = reason })
  engine.remove(job.queue, job.id)
  local cancelled = job.cancel_requested == '1' and not in_flight(job.id)
  local fields = with(end_lease(job), { crashes = crashes })
  if blamed and crashes >= CRASHES_OF_A_POISONOUS_JOB then
    end_job(job, 'failed', with(fields, { cancel_requested = 0, error_code = 'poisonous', error = errors.poisonous }))
  elseif cancelled then
    end_job(job, 'cancelled', with(fields, { cancel_requested = 0 }))
  elseif blamed then
    write(job, { isolated = 1 })
    set_status(job, 'queued', with(fields, { error_code = 'crashed', error = reason, queue = enqueue(job) }))
  else
    set_status(job, 'queued', with(fields, { attempts = tonumber(job.attempts) - 1, queue = enqueue(job) }))
  end
  return { job.id, rendering and '1' or '0', blamed and '1' or '0' }
end

-- The jobs that an earlier process of this host had leased, oldest first; no other host starts under its name.
function operations.recover_own(holder, errors)
  local jobs = {}
  for _, id in ipairs(redis.call('HKEYS', key('holder:' .. holder))) do
    local job = read(id)
    if job and job.holder == holder and job.status == 'running' then jobs[#jobs + 1] = job end
  end
  table.sort(jobs, function(a, b) return a.created_ms == b.created_ms and a.id < b.id or a.created_ms < b.created_ms end)
  local recovered = {}
  for _, job in ipairs(jobs) do recovered[#recovered + 1] = recover(job, cjson.decode(errors)) end
  redis.call('DEL', key('holder:' .. holder))
  return recovered
end

-- The jobs that dead or disconnected hosts had leased. Only a host that was connected long enough calls this, so that after
-- an outage of Redis all others have had time to extend their leases.
function operations.recover_stalled(interval_ms, lease_ms, errors)
  watch_clock(lease_ms)
  if not is_clock_settled() then return {} end
  local recovered = {}
  for _, queue in ipairs(engine.queues) do
    for _, id in ipairs(engine.stalled(queue, interval_ms)) do
      local job = read(id)
      if job and job.status == 'running' then
        recovered[#recovered + 1] = recover(job, cjson.decode(errors))
      else
        engine.remove(queue, id)
      end
    end
  end
  return recovered
end

-- Extends the leases of this process; the further ARGV are id, token, id, token. Returns the ids of lost leases. A lease
-- that the process has and does not name came with a response that was lost, or was given up during an outage of Redis:
-- it is released, if `complete` shows that no response is on its way.
function operations.renew(holder, lease_ms, compatible, complete)
  check_name()
  beat(lease_ms)
  watch_clock(lease_ms)
  local lost, ids, tokens, known = {}, {}, {}, {}
  -- The first host that opened the queue wrote it.
  if redis.call('EXISTS', key('lanes')) == 0 then
    redis.call('HSET', identity(), 'origin', origin)
    operations.open(compatible)
    lost[1] = 'emptied'
  end
  for index = 10, #ARGV, 2 do
    local id, token = ARGV[index], ARGV[index + 1]
    local job = leased(id, token)
    known[id] = true
    if job then
      ids[job.queue] = ids[job.queue] or {}
      tokens[job.queue] = tokens[job.queue] or {}
      table.insert(ids[job.queue], id)
      table.insert(tokens[job.queue], token)
    else
      lost[#lost + 1] = id
    end
  end
  for queue, jobs in pairs(ids) do engine.extend(queue, jobs, tokens[queue], tonumber(lease_ms)) end
  if complete ~= '1' then return lost end
  local all = redis.call('HGETALL', key('holder:' .. holder))
  for index = 1, #all, 2 do
    if not known[all[index]] then
      local job = leased(all[index], all[index + 1])
      if job then operations.release(job.id, job.lease_token, 'unclaimed') else redis.call('HDEL', key('holder:' .. holder), all[index]) end
    end
  end
  return lost
end
