-- All hosts use the clock of Redis. It may step, too: an operator sets it, or a failover leads to a machine with another time.
local CLOCK_STEP_MS = 60000

local function move_scores(name, by)
  local all = redis.call('ZRANGE', name, 0, -1, 'WITHSCORES')
  for index = 1, #all, 2 do redis.call('ZADD', name, 'XX', tonumber(all[index + 1]) + by, all[index]) end
  return all
end

-- After a step back, everything that waits for a time would wait longer by the step, so the times move back with the clock.
local function move_back(step_ms, lease_ms)
  for _, queue in ipairs(engine.queues) do
    -- BullMQ's score of a delayed job is its time, times 0x1000, and a counter.
    local all = move_scores(engine.delayed(queue), step_ms * 0x1000)
    for index = 1, #all, 2 do
      redis.call('HSET', key('job:' .. all[index]), 'run_at', iso(math.floor(tonumber(all[index + 1]) / 0x1000) + step_ms))
    end
  end
  for _, host in ipairs(redis.call('ZRANGE', key('callbacks:addresses'), 0, -1)) do
    local all = move_scores(key('callbacks:due:' .. host), step_ms)
    for index = 1, #all, 2 do
      redis.call('HSET', key('callback:' .. all[index]), 'next_attempt_ms', tonumber(all[index + 1]) + step_ms)
    end
  end
  move_scores(key('callbacks:next'), step_ms)
  move_scores(key('callbacks:leases'), step_ms)
  -- An expiry is a time, too: without this, a dead host would retain its leases longer by the step.
  for _, id in ipairs(redis.call('ZRANGE', key('jobs:running'), 0, -1)) do
    local queue = redis.call('HGET', key('job:' .. id), 'queue')
    if queue then redis.call('PEXPIRE', engine.lock_name(queue, id), lease_ms) end
  end
  redis.call('DEL', key('reservations'))
end

-- Called by each host every few seconds: what lies between two calls, on any host, is time that passed, or a step. After
-- a step forward all leases expire at once: no job is recovered until every host has had time to renew its leases.
local function watch_clock(lease_ms)
  local last = tonumber(redis.call('GET', key('clock')) or now)
  redis.call('SET', key('clock'), string.format('%.0f', now))
  if math.abs(now - last) < CLOCK_STEP_MS then return end
  redis.call('SET', key('clock-stepped'), string.format('%.0f', now - last), 'PX', lease_ms)
  if now < last then move_back(now - last, lease_ms) end
end

local function is_clock_settled() return redis.call('EXISTS', key('clock-stepped')) == 0 end
