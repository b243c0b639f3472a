-- Each host has a name of its own, under which it leases jobs. A copy of its data folder on a second machine has the same
-- name, and both would release and recover the jobs of the other. So a name belongs to one process at a time.

local function identity() return key('host:' .. holder_name) end

local function beat(lease_ms)
  redis.call('HINCRBY', identity(), 'beat', 1)
  redis.call('PEXPIRE', identity(), lease_ms)
end

-- Takes the name if it is free, or if its owner ran in the same folder of the same running machine: the lock of the folder
-- shows that the earlier process has ended. Otherwise returns the owner and its heartbeats: one whose count grows is alive.
-- Programs before called the location `place`. The key expires with the lease, so it needs no format of its own.
function operations.take_name(location, label, lease_ms, force)
  local there, where, former, who, beats =
    unpack(redis.call('HMGET', identity(), 'origin', 'location', 'place', 'label', 'beat'))
  local same = (where or former) == location
  if there and there ~= origin and not same and force ~= '1' then return { 'taken', who, beats } end
  redis.call('HSET', identity(), 'origin', origin, 'location', location, 'label', label)
  redis.call('HDEL', identity(), 'place')
  beat(lease_ms)
  return { 'yours' }
end

-- Refuses what only the owner of the name may do.
local function check_name()
  local owner, who = unpack(redis.call('HMGET', identity(), 'origin', 'label'))
  if owner and owner ~= origin then error({ err = 'AGENTLINK_IDENTITY ' .. who }) end
end

function operations.leave()
  if redis.call('HGET', identity(), 'origin') == origin then redis.call('DEL', identity()) end
  return 1
end
