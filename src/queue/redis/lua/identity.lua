-- Each host has a name of its own, under which it holds jobs. A data folder that was copied to a second machine has the
-- same: both would put back, and take back, what the other has in hand. So a name belongs to one process at a time.

local function identity() return key('host:' .. holder_name) end

local function beat(lease_ms)
  redis.call('HINCRBY', identity(), 'beat', 1)
  redis.call('PEXPIRE', identity(), lease_ms)
end

-- Takes the name, where it is free, or where it is the same folder of the same running machine: its lock says that the
-- earlier process is gone. Else answers who has it, and how often that one was heard: one that is heard again lives.
function operations.take_name(place, label, lease_ms, by_force)
  local there, where, who, heard = unpack(redis.call('HMGET', identity(), 'origin', 'place', 'label', 'beat'))
  if there and there ~= origin and where ~= place and by_force ~= '1' then return { 'taken', who, heard } end
  redis.call('HSET', identity(), 'origin', origin, 'place', place, 'label', label)
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
