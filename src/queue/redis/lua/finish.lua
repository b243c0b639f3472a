local first = 6
local answer = operations[ARGV[1]](unpack(ARGV, first, math.min(#ARGV, first + 20)))
return { answer, changes, string.format('%.0f', now) }
