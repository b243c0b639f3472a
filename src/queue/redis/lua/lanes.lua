-- Which job is next. All queued jobs of a lane are in BullMQ's queue; the order in which they are taken is stored beside it:
--   lane:LANE          clients with queued jobs there, by the attempt that was given to them there last: the least is next
--   lane:LANE:CLIENT   the client's queued jobs there, by priority, then by age
--   served:LANE        the same attempts, also of clients that have none there now
--   arrivals:LANE      which client came first: it goes first among those with the same attempt; last-arrival:LANE the last
--   open               how many jobs of each client have not ended
local LATEST_MS = 0x40000000000 -- the year 2109

local function lane_of(job) return job.isolated == '1' and job.stage == 'rendering' and 'isolated' or job.stage end

local function client_queue(lane, client) return key('lane:' .. lane .. ':' .. client) end

local function rank_of(job) return (9 - tonumber(job.priority)) * LATEST_MS + tonumber(job.created_ms) end

local function client_in_lane(lane, client)
  local arrival = redis.call('HGET', key('arrivals:' .. lane), client)
  if not arrival then
    arrival = redis.call('INCR', key('last-arrival:' .. lane))
    redis.call('HSET', key('arrivals:' .. lane), client, arrival)
  end
  return string.format('%012.0f:%s', tonumber(arrival), client)
end

local function client_of(member) return string.sub(member, 14) end

-- A client that is new in a lane goes behind its head; one that was there before retains its position in the fair order.
local function fair_order_of(lane, client)
  local served = redis.call('HGET', key('served:' .. lane), client)
  if served then return tonumber(served) end
  local head = redis.call('ZRANGE', key('lane:' .. lane), 0, 0, 'WITHSCORES')
  local fair_order = head[2] and tonumber(head[2]) or 0
  redis.call('HSET', key('served:' .. lane), client, string.format('%.0f', fair_order))
  return fair_order
end

local function add_to_lane(job, lane)
  redis.call('ZADD', client_queue(lane, job.client), string.format('%.0f', rank_of(job)), job.id)
  redis.call('ZADD', key('lane:' .. lane), 'NX', fair_order_of(lane, job.client), client_in_lane(lane, job.client))
end

-- Takes a job out of the fair order, not out of BullMQ's queue.
local function leave_lane(job)
  local lane, queue = job.queue, client_queue(job.queue, job.client)
  redis.call('ZREM', queue, job.id)
  if redis.call('EXISTS', queue) == 0 then redis.call('ZREM', key('lane:' .. lane), client_in_lane(lane, job.client)) end
end

-- Puts a job into its lane; `enter` adds it to BullMQ's queue. Returns the lane, for the job's record.
local function enter_lane(job, enter)
  local lane = lane_of(job)
  add_to_lane(job, lane)
  enter(lane)
  return lane
end

local function enqueue(job)
  return enter_lane(job, function(lane) engine.add(lane, job.id, 1) end)
end

-- The job that is next in a lane; nil when it is empty.
local function next_in(lane)
  while true do
    local member = redis.call('ZRANGE', key('lane:' .. lane), 0, 0)[1]
    if not member then return nil end
    local queue = client_queue(lane, client_of(member))
    local id = redis.call('ZRANGE', queue, 0, 0)[1]
    if not id then
      redis.call('ZREM', key('lane:' .. lane), member)
    elseif redis.call('ZSCORE', engine.prioritized(lane), id) then
      return read(id)
    else
      redis.call('ZREM', queue, id)
    end
  end
end

local function served(lane, client, attempt)
  redis.call('HSET', key('served:' .. lane), client, attempt)
  redis.call('ZADD', key('lane:' .. lane), 'XX', attempt, client_in_lane(lane, client))
end

-- A client that returns goes behind the head of its lane, so an earlier attempt that it was given no longer matters.
local function forget_idle(lane)
  local head = redis.call('ZRANGE', key('lane:' .. lane), 0, 0, 'WITHSCORES')
  local below = head[2] and tonumber(head[2]) or math.huge
  local flat = redis.call('HGETALL', key('served:' .. lane))
  for index = 1, #flat, 2 do
    local client = flat[index]
    if tonumber(flat[index + 1]) < below and redis.call('EXISTS', client_queue(lane, client)) == 0 then
      redis.call('HDEL', key('served:' .. lane), client)
      redis.call('HDEL', key('arrivals:' .. lane), client)
    end
  end
end

-- How many jobs of its lane are claimed before a queued one; '' if the job is not queued. Each other client is served as
-- often before it as its own client, and once more if that client comes earlier in the round.
function operations.position(id, most)
  local job = read(id)
  if not job or job.status ~= 'queued' then return '' end
  local lane = job.queue
  local own = redis.call('ZRANK', client_queue(lane, job.client), id)
  if not own then return '' end
  local ahead, before, most = own, 1, tonumber(most)
  for _, member in ipairs(redis.call('ZRANGE', key('lane:' .. lane), 0, -1)) do
    local client = client_of(member)
    if client == job.client then
      before = 0
    else
      ahead = ahead + math.min(redis.call('ZCARD', client_queue(lane, client)), own + before)
    end
    if ahead >= most then return tostring(most) end
  end
  return tostring(ahead)
end

-- What programs without lanes left: jobs only in BullMQ's queues, in an order that is no longer used; isolated jobs that are
-- not to be rendered; and no count of the open jobs of each client.
local function adopt()
  redis.call('DEL', key('open'), key('reservations'))
  for _, stage in ipairs({ 'gathering', 'rendering', 'delivering' }) do
    for priority = 0, 9 do
      local line = key('line:' .. stage .. ':' .. priority)
      redis.call('DEL', line .. ':turns', line .. ':jobs')
    end
  end
  for status in pairs(OPEN) do
    for _, id in ipairs(redis.call('ZRANGE', key('jobs:' .. status), 0, -1)) do
      local job = read(id)
      add_open(job.client, 1)
      if status == 'queued' then
        local lane = lane_of(job)
        if lane ~= job.queue then
          engine.remove(job.queue, id)
          engine.add(lane, id, 1)
          write(job, { queue = lane })
        end
        add_to_lane(job, lane)
      end
    end
  end
end
