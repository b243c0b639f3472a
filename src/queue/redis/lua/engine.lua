-- The jobs in BullMQ's queues: one for each stage, and "isolated" for renders in a process of their own. Each of its
-- commands gets its keys and arguments as BullMQ's own classes would send them.
local engine = {}

local function at_queue(queue, ...)
  local keys = {}
  for index, name in ipairs({...}) do keys[index] = base .. ':' .. queue .. ':' .. name end
  return keys
end

local function prefix_of(queue) return base .. ':' .. queue .. ':' end

engine.queues = { 'gathering', 'rendering', 'delivering', 'isolated' }

function engine.prioritized(queue) return prefix_of(queue) .. 'prioritized' end

function engine.add(queue, id, priority)
  bullmq.addPrioritizedJob(
    at_queue(queue, 'marker', 'meta', 'id', 'prioritized', 'delayed', 'completed', 'active', 'events', 'pc'),
    { cmsgpack.pack({ prefix_of(queue), id, 'report', now }), '{}', cmsgpack.pack({ priority = priority }) })
end

function engine.delay(queue, id, priority, delay_ms)
  bullmq.addDelayedJob(
    at_queue(queue, 'marker', 'meta', 'id', 'delayed', 'completed', 'events'),
    { cmsgpack.pack({ prefix_of(queue), id, 'report', now }), '{}',
      cmsgpack.pack({ priority = priority, delay = delay_ms }) })
end

function engine.delayed(queue) return prefix_of(queue) .. 'delayed' end

function engine.lock_name(queue, id) return prefix_of(queue) .. id .. ':lock' end

-- The ids of delayed jobs whose time has come, the longest due first.
function engine.due(queue, limit)
  return redis.call('ZRANGEBYSCORE', engine.delayed(queue), 0, (now + 1) * 0x1000 - 1, 'LIMIT', 0, limit)
end

-- When the next delayed job is due, in milliseconds; nil when there is none.
function engine.next_due(queue)
  local first = redis.call('ZRANGE', engine.delayed(queue), 0, 0, 'WITHSCORES')
  return first[2] and math.floor(tonumber(first[2]) / 0x1000)
end

function engine.promote(queue, id)
  bullmq.promote(
    at_queue(queue, 'delayed', 'wait', 'paused', 'meta', 'prioritized', 'active', 'pc', 'events', 'marker'),
    { prefix_of(queue), id })
end

-- Locks the first job of the queue for the token. Returns its id; nil when the queue is empty. Given an earlier time, BullMQ
-- queues no due jobs by itself: that would change them without their records.
function engine.take(queue, token, lease_ms, holder)
  local taken = bullmq.moveToActive(
    at_queue(queue, 'wait', 'active', 'prioritized', 'events', 'stalled', 'limiter', 'delayed', 'paused', 'meta', 'pc',
      'marker'),
    { prefix_of(queue), #engine.due(queue, 1) > 0 and 0 or now,
      cmsgpack.pack({ token = token, lockDuration = lease_ms, name = holder }) })
  return type(taken[1]) == 'table' and taken[2] or nil
end

local function lock(queue, id, token, lease_ms)
  redis.call('SET', engine.lock_name(queue, id), token, 'PX', lease_ms)
end

-- Ends an attempt. The record names the lease holder; a lock that expired while no other host took the job is restored first.
function engine.finish(queue, id, token, target)
  lock(queue, id, token, 1000)
  local result = bullmq.moveToFinished(
    { base .. ':' .. queue .. ':wait', unpack(at_queue(queue, 'active', 'prioritized', 'events', 'stalled', 'limiter',
      'delayed', 'paused', 'meta', 'pc', target, id, 'metrics:' .. target, 'marker')) },
    { id, now, target == 'completed' and 'returnvalue' or 'failedReason', 'null', target, '0', prefix_of(queue),
      cmsgpack.pack({ token = token, keepJobs = { count = 0 }, attempts = 1, maxMetricsSize = '' }) })
  if result ~= 0 then engine.remove(queue, id) end
end

-- Takes a job out of the queue, at any position.
function engine.remove(queue, id)
  redis.call('DEL', engine.lock_name(queue, id))
  bullmq.removeJob(at_queue(queue, id, 'repeat'), { id, '0', prefix_of(queue) })
end

-- Extends the locks of jobs whose tokens were found right.
function engine.extend(queue, ids, tokens, lease_ms)
  for index, id in ipairs(ids) do lock(queue, id, tokens[index], lease_ms) end
  bullmq.extendLocks(at_queue(queue, 'stalled'),
    { prefix_of(queue), cmsgpack.pack(tokens), cmsgpack.pack(ids), lease_ms })
end

-- The jobs whose lock ran out and was not extended since the check before; all hosts together check once in the interval.
function engine.stalled(queue, interval_ms)
  return bullmq.moveStalledJobsToWait(
    at_queue(queue, 'stalled', 'wait', 'active', 'stalled-check', 'meta', 'paused', 'marker', 'events', 'repeat'),
    { 1000000, prefix_of(queue), now, interval_ms })
end
