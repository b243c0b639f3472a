-- Those that ended before this was kept, the latest of them, are found by how long they ran, too.
local DURATIONS_AT_ONCE = 20000

local function note_durations()
  for _, id in ipairs(redis.call('ZREVRANGE', key('ended'), 0, DURATIONS_AT_ONCE - 1)) do
    local ran = redis.call('HGET', key('job:' .. id), 'ran_ms')
    redis.call('ZADD', key('durations'), ran and ran ~= '' and ran or 0, id)
  end
end

-- A program comes in: its format is remembered, and where the older ones would do damage from now on, they are shut out.
function operations.open(holder, compatible)
  local newest = tonumber(redis.call('HGET', KEYS[1], 'newest') or '0')
  local oldest = tonumber(redis.call('HGET', KEYS[1], 'compatible') or '0')
  redis.call('HSET', KEYS[1], 'newest', math.max(newest, tonumber(ARGV[5])), 'compatible',
    math.max(oldest, tonumber(compatible)))
  -- Earlier changes are in the stream of all alone.
  redis.call('SETNX', base .. ':client-changes-since', redis.call('GET', base .. ':last-event') or '0')
  if redis.call('SETNX', key('lanes'), 1) == 1 then adopt() end
  if redis.call('SETNX', key('durations-since'), at) == 1 then note_durations() end
  return 1
end
