-- A program comes in: its format is remembered, and where the older ones would do damage from now on, they are shut out.
function operations.open(holder, compatible)
  local newest = tonumber(redis.call('HGET', KEYS[1], 'newest') or '0')
  local oldest = tonumber(redis.call('HGET', KEYS[1], 'compatible') or '0')
  redis.call('HSET', KEYS[1], 'newest', math.max(newest, tonumber(ARGV[5])), 'compatible',
    math.max(oldest, tonumber(compatible)))
  -- Earlier changes are in the stream of all alone.
  redis.call('SETNX', base .. ':client-changes-since', redis.call('GET', base .. ':last-event') or '0')
  if redis.call('SETNX', key('lanes'), 1) == 1 then adopt() end
  return 1
end
