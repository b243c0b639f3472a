/**
 * The sentences of the queue that a person reads, of both backends: what happened, then what to do. A change of wording is
 * a change here.
 */
export const messages = {
  // quota
  requestAtMost: (left: number, next: string) => `Request at most ${left}, or wait until ${next}`,
  quota: (limit: number, window: string, used: number, when: string, requested: number, advice: string) =>
    `The key has a quota of ${limit} a ${window}; ${used} were requested ${when}, and this request needs ${requested} more. ${advice}, or ask an admin for a higher quota.`,

  // bullmq
  bullmqKeys: (name: string, keys: number, expected: number) =>
    `BullMQ's ${name} takes ${keys} keys, not ${expected}: see lua/engine.lua`,

  // durability
  notSynced: "did not sync it to disk",
  notReplicated: (copies: number, replicas: number) => `replicated it to only ${copies} of ${replicas} replicas`,
  notDurable: (missing: string, seconds: number) =>
    `the job was stored, but Redis ${missing} within ${seconds} seconds: send the request again with the same Idempotency-Key`,

  // listing
  cursor: "the cursor is not valid: use next_cursor of the previous page, or omit it to start with the newest",

  // mover
  prefixInUse: (base: string) =>
    `${base} already contains other jobs, or remains of jobs that were moved away: use another AGENTLINK_REDIS_PREFIX`,

  // queue
  redisEmptied:
    "Redis was emptied while this host was running: its jobs are lost, and their results cannot be reported. If this was not intended, stop all hosts, restore Redis from its own backup (docs/several-hosts.md), and start the hosts again",
  closed: "the queue is closed: the service is stopping",

  // submit
  idempotencyKey: (key: string) => `the idempotency key ${key} was used with another request: use a new key`,

  // retries
  retriedTooOften: (id: string, most: number) =>
    `Job ${id} was retried ${most} times, which is the limit. Request a new report instead.`,

  // share
  queueFull: (open: number, limit: number) => `${open} jobs are open, and the limit is ${limit}`,
  shareUsed: (open: number, own: number, limit: number, share: number) =>
    `${open} jobs are open, ${own} of them yours; a part of the limit of ${limit} is reserved for clients with fewer than ${share}`,
  batchTooLarge: (most: number) => `send at most ${most} at once`,

  // backup
  noDatabase: (path: string) => `there is no database at ${path}: name the data folder with --data-dir`,
  copyDamaged: (found: string) =>
    `the database is damaged (${found}), so the copy was deleted: restore an older backup`,
  backupExists: (file: string) => `${file} already exists, and a backup never overwrites: use a new name`,

  // copied
  originalExists: (path: string) => `the original still exists at ${path}`,
  otherMachine: (path: string, host: string) => `it was last used on another machine, as ${path} on ${host}`,
  otherFile: (path: string, host: string) => `the database that was last used is another file, ${path} on ${host}`,
  mayBeCopy: (how: string) =>
    `the data folder may be a copy, so no job starts, and no report or callback is sent: ${how}. Two services would deliver the same jobs and send the same callbacks: stop the other one permanently, then run \`agentlink queue resume\` here, or stop this one`,

  // database
  oldSqlite: (version: string) =>
    `SQLite ${version} can corrupt a database that two programs write: build agentlink with SQLite 3.51.3 or newer`,
  inUse: (path: string) => `another agentlink already uses ${path}: stop it, or use another data folder`,
  foreignDatabase: (path: string) => `${path} is a database of another program: use another data folder`,
  newerDatabase: (path: string, schema: number, known: number) =>
    `${path} was written by a newer agentlink (schema ${schema}; this version supports up to ${known}): use the newer version`,
  damaged: (path: string, how: string) => `${path} is damaged (${how}): restore a backup`,

  // ending
  crashes: (attempts: number, reason: string) =>
    `${attempts} attempts crashed the process that ran them; the last error: ${reason}`,

  // examination
  partMissing: (part: string) => `its ${part} is missing or was changed`,

  // holders
  endedProgram: "a program that has ended",

  // recovery
  endedWhileRendering: "the process ended while it rendered this report",
  endedBeside: "the process ended while this attempt was not rendering: the attempt does not count",
  endedTooOften: (times: number) =>
    `the process ended ${times} times while it rendered this report: its data may be too large for this machine`,
} as const;
