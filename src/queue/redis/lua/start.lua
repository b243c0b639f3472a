-- The scripts that Redis runs: each operation reads and changes jobs without another between.
-- script.ts joins the files into one text; start.lua is its beginning, finish.lua its end.
-- Not here: other names in Redis than those of keys.ts.

-- KEYS: the format's key, which locates all others. ARGV: operation, time in milliseconds or '', the host's name,
-- the process that calls, the format this program knows; then the operation's own.
local base = string.sub(KEYS[1], 1, -#':format' - 1)
local holder_name, origin = ARGV[3], ARGV[4]
local operations = {}
local bullmq = {}

-- The oldest format whose programs may still work here was raised by a newer program: this one would do damage.
if tonumber(redis.call('HGET', KEYS[1], 'compatible') or '0') > tonumber(ARGV[5]) then
  return redis.error_reply('AGENTLINK_NEWER the jobs are in a newer format than this program knows')
end

-- Jobs are being moved here, or were moved away: only the mover may work on them.
local closed = redis.call('HGET', base .. ':closed', 'why')
if closed and origin ~= 'mover' then return redis.error_reply('AGENTLINK_CLOSED ' .. closed) end

-- A time as text, in UTC: the days since 1970 as year, month and day (Howard Hinnant, "chrono-compatible low-level date
-- algorithms", civil_from_days).
local function iso(ms)
  local days, rest = math.floor(ms / 86400000) + 719468, ms % 86400000
  local era = math.floor(days / 146097)
  local of_era = days - era * 146097
  local year_of_era = math.floor(
    (of_era - math.floor(of_era / 1460) + math.floor(of_era / 36524) - math.floor(of_era / 146096)) / 365)
  local of_year = of_era - (365 * year_of_era + math.floor(year_of_era / 4) - math.floor(year_of_era / 100))
  local from_march = math.floor((5 * of_year + 2) / 153)
  local day = of_year - math.floor((153 * from_march + 2) / 5) + 1
  local month = from_march < 10 and from_march + 3 or from_march - 9
  local year = year_of_era + era * 400 + (month <= 2 and 1 or 0)
  return string.format('%04d-%02d-%02dT%02d:%02d:%02d.%03dZ', year, month, day, math.floor(rest / 3600000),
    math.floor(rest / 60000) % 60, math.floor(rest / 1000) % 60, rest % 1000)
end

-- One clock for all hosts: that of Redis. The hosts' own may differ, and may be set while they work.
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local at = iso(now)
