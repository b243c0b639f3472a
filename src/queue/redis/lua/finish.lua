local first = 6
local result = operations[ARGV[1]](unpack(ARGV, first, math.min(#ARGV, first + 20)))
return { result, changes, string.format('%.0f', now) }
