-- The progress of an attempt, and how it ends. Each operation returns 0 and changes nothing if the attempt lost its lease or must stop.
local function continuing(id, token)
  local job = leased(id, token)
  return job and job.cancel_requested ~= '1' and job or nil
end

function operations.gathered(id, token, data)
  local job = continuing(id, token)
  if not job then return 0 end
  local before = job.stage
  write(job, { stage = 'rendering' })
  note_attempt(job, { gathered_at = at })
  redis.call('SET', key('data:' .. id), data)
  if before ~= 'rendering' then notify(job, 'running', before) end
  return 1
end

-- From here on, the job may be the cause if its host dies.
function operations.rendering(id, token)
  local job = continuing(id, token)
  if not job or job.stage ~= 'rendering' then return 0 end
  write(job, { rendering = 1 })
  note_attempt(job, { render_started_at = at })
  return 1
end

-- The documents of a job as a JSON list, in the order in which they were rendered; '' if there are none.
local function documents_of(id)
  local stored = redis.call('HGET', key('job:' .. id), 'documents')
  return stored and stored ~= '' and cjson.decode(stored) or {}
end

local function without(documents, kinds)
  local left = {}
  for _, document in ipairs(documents) do
    if not kinds[document.kind] then left[#left + 1] = document end
  end
  return left
end

-- The warnings of a job and the new ones, each once, as JSON.
local function with_warnings(id, more)
  local stored = redis.call('HGET', key('job:' .. id), 'warnings')
  local all, seen = stored and stored ~= '' and cjson.decode(stored) or {}, {}
  for _, warning in ipairs(all) do seen[warning] = true end
  for _, warning in ipairs(more) do
    if not seen[warning] then all[#all + 1] = warning end
    seen[warning] = true
  end
  return cjson.encode(all)
end

local function encode_documents(documents) return #documents > 0 and cjson.encode(documents) or '' end

-- Once all documents are rendered, the job is no longer isolated. The report is '' if the document is not the main one.
function operations.rendered(id, token, document, report, more, warnings)
  local job = continuing(id, token)
  if not job then return 0 end
  local before = job.stage
  local rendered = cjson.decode(document)
  local documents = without(documents_of(id), { [rendered.kind] = true })
  documents[#documents + 1] = rendered
  local fields = { documents = encode_documents(documents) }
  if report ~= '' then fields.report = report end
  if warnings ~= '[]' then fields.warnings = with_warnings(id, cjson.decode(warnings)) end
  if more == '1' then
    write(job, fields)
    return 1
  end
  write(job, with(fields, { stage = 'delivering', rendering = '', isolated = 0 }))
  note_attempt(job, { rendered_at = at })
  if before ~= 'delivering' then notify(job, 'running', before) end
  return 1
end

function operations.delivering(id, token, target, path)
  local job = leased(id, token)
  if not job or (job.cancel_requested == '1' and not some_delivered(id)) then return 0 end
  local ledger = key('deliveries:' .. id)
  redis.call('HSETNX', ledger, target .. ':created_at', at)
  redis.call('HSET', ledger, target .. ':path', path, target .. ':in_flight_since', at)
  redis.call('HDEL', ledger, target .. ':to', target .. ':url', target .. ':delivered_at')
  return 1
end

function operations.delivered(id, token, target, to, url)
  local ledger = key('deliveries:' .. id)
  if not leased(id, token) or redis.call('HEXISTS', ledger, target .. ':path') == 0 then return 0 end
  redis.call('HSET', ledger, target .. ':to', to, target .. ':url', url, target .. ':delivered_at', at)
  redis.call('HDEL', ledger, target .. ':in_flight_since')
  return 1
end

function operations.withdrawn(id, token, target)
  local ledger = key('deliveries:' .. id)
  if not leased(id, token) or redis.call('HEXISTS', ledger, target .. ':path') == 0 then return 0 end
  redis.call('HDEL', ledger, target .. ':in_flight_since')
  return 1
end

local function end_attempt(job, target, outcome, code, message, reason)
  engine.finish(job.queue, job.id, job.lease_token, target)
  note_attempt(job, { ended_at = at, outcome = outcome, error_code = code or '', error = message or '',
    release_reason = reason or '' })
  return end_lease(job)
end

-- Where each document was delivered, by its kind, as JSON; without that only the main one is noted.
local function note_delivered(job, delivered, by_kind)
  local documents = documents_of(job.id)
  local report = redis.call('HGET', key('job:' .. job.id), 'report')
  local main = report and report ~= '' and cjson.decode(report).path
  local of_kind = by_kind ~= '' and cjson.decode(by_kind) or nil
  for _, document in ipairs(documents) do
    local sent = of_kind and of_kind[document.kind]
    if not of_kind and document.path == main then sent = cjson.decode(delivered) end
    if sent then
      document.delivered = { to = sent.to, url = sent.url }
      if type(sent.filename) == 'string' then document.filename = sent.filename end
    end
  end
  return encode_documents(documents)
end

-- A job of a version with one document has only a report.
local function count_completed(job, stored, month)
  local report = redis.call('HGET', key('job:' .. job.id), 'report')
  local only = { report and report ~= '' and cjson.decode(report) or { pages = 0 } }
  local documents = stored ~= '' and cjson.decode(stored) or only
  local pages = 0
  for _, document in ipairs(documents) do pages = pages + document.pages end
  count_usage(month, job.client, { reports = 1, documents = #documents, pages = pages })
end

-- If the last delivery is named, it is stored in the same step.
function operations.complete(id, token, delivered, by_kind, month, target, to, url)
  local job = leased(id, token)
  if not job then return 0 end
  if target then operations.delivered(id, token, target, to, url) end
  -- A draft: nothing was delivered, and it counts when it is sent.
  if delivered == '' then
    end_job(job, 'completed', with(end_attempt(job, 'completed', 'completed'), { error_code = '', error = '', cancel_requested = 0 }))
    return 1
  end
  local documents = note_delivered(job, delivered, by_kind)
  local fields = end_attempt(job, 'completed', 'completed')
  count_completed(job, documents, month)
  end_job(job, 'completed', with(fields, { delivered = delivered, documents = documents, error_code = '', error = '', cancel_requested = 0 }))
  return 1
end

local function release(job, reason)
  local fields = end_attempt(job, 'failed', 'released', nil, nil, reason)
  set_status(job, 'queued', with(fields, { attempts = tonumber(job.attempts) - 1, queue = enqueue(job) }))
  return 1
end

-- PDFs of the job are missing: those of these kinds (a JSON list; '' for all) are rendered again, if the data set is stored.
function operations.render_again(id, token, kinds)
  local job = continuing(id, token)
  if not job or redis.call('EXISTS', key('data:' .. id)) == 0 then return 0 end
  local fields = end_attempt(job, 'failed', 'released', nil, nil, 'report_gone')
  local before = job.stage
  local gone = {}
  for _, kind in ipairs(kinds ~= '' and cjson.decode(kinds) or {}) do gone[kind] = true end
  local left = kinds ~= '' and without(documents_of(id), gone) or {}
  write(job, { stage = 'rendering', isolated = 0, documents = encode_documents(left) })
  fields.queue = enqueue(job)
  set_status(job, 'queued', with(fields, { attempts = tonumber(job.attempts) - 1 }), before)
  return 1
end

-- If an upload is in progress, the next attempt checks its outcome.
local function end_cancelled(job)
  if in_flight(job.id) then return release(job, 'cancelling') end
  end_job(job, 'cancelled', with(end_attempt(job, 'failed', 'cancelled'), { cancel_requested = 0 }))
  return 1
end

-- Returns 'continues' if the job is not cancelled: the attempt continues.
function operations.cancelled(id, token)
  local job = leased(id, token)
  if not job then return 0 end
  return job.cancel_requested == '1' and end_cancelled(job) or 'continues'
end

-- A job that was cancelled during the attempt is not retried, unless an upload is in progress. A job that crashed its
-- renderer is isolated, and after the third crash not retried; one that failed in isolation for another reason is no
-- longer isolated.
function operations.fail(id, token, code, message, retry_ms, crashed, uncounted, waits_for)
  local job = leased(id, token)
  if not job then return 0 end
  local blamed = crashed == '1' and uncounted ~= '1'
  local crashes = tonumber(job.crashes) + (blamed and 1 or 0)
  local poisonous = blamed and crashes >= CRASHES_OF_A_POISONOUS_JOB
  if retry_ms == '' or poisonous then
    local fields = end_attempt(job, 'failed', 'failed', code, message)
    if poisonous then
      code, message = 'poisonous', CRASHES_OF_A_POISONOUS_JOB .. ' attempts crashed the process that ran them; the last error: ' .. message
    end
    end_job(job, 'failed', with(fields, { error_code = code, error = message }))
    return 1
  end
  if job.cancel_requested == '1' and not in_flight(id) then return end_cancelled(job) end
  local fields = end_attempt(job, 'failed', 'failed', code, message)
  write(job, { isolated = job.stage == 'rendering' and crashed or 0 })
  local queue = lane_of(job)
  engine.delay(queue, id, 1, tonumber(retry_ms))
  set_status(job, 'waiting', with(fields, {
    run_at = iso(now + tonumber(retry_ms)), error_code = code, error = message, queue = queue,
    crashes = crashes, waits_for = waits_for or '',
    attempts = uncounted == '1' and tonumber(job.attempts) - 1 or job.attempts,
  }))
  for dependency in string.gmatch(job.waits_for, '[^,]+') do
    redis.call('ZADD', waits_key(dependency), job.created_ms, id)
  end
  return 1
end

function operations.release(id, token, reason)
  local job = leased(id, token)
  if not job then return 0 end
  return job.cancel_requested == '1' and end_cancelled(job) or release(job, reason)
end
