-- A program comes in: its format is remembered, and where the older ones would do damage from now on, they are shut out.
function operations.open(holder, compatible)
  local newest = tonumber(redis.call('HGET', KEYS[1], 'newest') or '0')
  local oldest = tonumber(redis.call('HGET', KEYS[1], 'compatible') or '0')
  redis.call('HSET', KEYS[1], 'newest', math.max(newest, tonumber(ARGV[5])), 'compatible',
    math.max(oldest, tonumber(compatible)))
  return 1
end
