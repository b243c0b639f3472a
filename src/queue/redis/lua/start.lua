-- KEYS: the format's key, which says where the rest is. ARGV: operation, time as milliseconds and as text, who asks,
-- the format this program knows; then the operation's own.
local base = string.sub(KEYS[1], 1, -#':format' - 1)
local now, at, origin = tonumber(ARGV[2]), ARGV[3], ARGV[4]
local operations = {}
local bullmq = {}

-- The oldest format whose programs may still work here was raised by a newer program: this one would do damage.
if tonumber(redis.call('HGET', KEYS[1], 'compatible') or '0') > tonumber(ARGV[5]) then
  return redis.error_reply('AGENTLINK_NEWER the jobs are in a newer format than this program knows')
end

-- Jobs are moved here, or were moved away: nobody works on them but who moves them.
local closed = redis.call('HGET', base .. ':closed', 'why')
if closed and origin ~= 'mover' then return redis.error_reply('AGENTLINK_CLOSED ' .. closed) end
