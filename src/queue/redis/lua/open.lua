-- Jobs that ended before durations were stored: the latest of them can be found by their duration, too.
local DURATIONS_AT_ONCE = 20000

local function note_durations()
  for _, id in ipairs(redis.call('ZREVRANGE', key('ended'), 0, DURATIONS_AT_ONCE - 1)) do
    local ran = redis.call('HGET', key('job:' .. id), 'ran_ms')
    redis.call('ZADD', key('durations'), ran and ran ~= '' and ran or 0, id)
  end
end

-- Opens the queue for a program, once operations.upgrade has renamed what earlier formats stored.
function operations.open(compatible)
  admit(compatible)
  redis.call('HSET', KEYS[1], 'renamed', RENAMED_FORMAT)
  -- Earlier changes are only in the stream of all clients.
  redis.call('SETNX', base .. ':client-changes-since', redis.call('GET', base .. ':last-event') or '0')
  if redis.call('SETNX', key('lanes'), 1) == 1 then adopt() end
  if redis.call('SETNX', key('durations-since'), at) == 1 then note_durations() end
  return 1
end
