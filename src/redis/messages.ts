/** The sentences about Redis and its settings: what happened, then what to do. A change of wording is a change here. */
export const messages = {
  // address
  addressShape:
    "must be redis://user:password@host:6379/0, rediss://…, redis+sentinel://host:26379,host:26379/master or redis+cluster://host:6379,host:6379",
  oneHost: "must name one host: for several, use redis+sentinel:// or redis+cluster://",
  master: "must name the master: redis+sentinel://host:26379/master",
  databaseNumber: "must end with the number of a database",
  clusterDatabase: "must not name a database: a cluster has only 0",
  cluster: (where: string) => `the Redis cluster at ${where}`,
  sentinels: (master: null | string, where: string) => `Redis ${master} via the sentinels at ${where}`,
  hosts: "must name hosts as host:port",

  // clock
  clockAway: (seconds: number, direction: string) =>
    `this host's clock is ${seconds} s ${direction} the clock of Redis: set both by NTP (timedatectl set-ntp true). Jobs use the clock of Redis; signed callbacks and uploads may be refused until then`,

  // failures
  newerFormat: "the jobs in Redis have a newer format than this version supports: upgrade this host, too",
  closed: (reason: string) => `Redis has no jobs to work on: ${reason}`,
  full: "Redis is full: give it more memory (maxmemory) or disk space",
  noResponse: (reason: string) => `Redis does not respond (${reason})`,
  nameTaken: (owner: string) =>
    `the process at ${owner} uses this host's name in Redis, because one data folder is a copy of the other. This host starts no jobs. Restart it, so that it takes a new name`,

  // redis
  timeout: (seconds: number) => `no response within ${seconds} seconds`,
  unreachable: (reason: string) => `cannot be reached: ${reason}. Check AGENTLINK_REDIS_URL`,

  // server
  oldVersion: (version: string, oldest: string) =>
    `is version ${version}: it must be Redis ${oldest} or newer, or Valkey`,
  evicts: (policy: string) =>
    `deletes keys when it is full (maxmemory-policy ${policy}), and jobs with them: set noeviction`,
  snapshotsOnly: (where: string) =>
    `${where} has no append-only file, so a crash loses everything since its last snapshot: set appendonly yes`,
  notAppendOnly: "has no append-only file, and AGENTLINK_REDIS_DURABLE requires one: set appendonly yes",
  noWaitaof: (version: string) =>
    `is version ${version}, which has no WAITAOF, and its configuration does not sync each write: for AGENTLINK_REDIS_DURABLE, set appendfsync always and no-appendfsync-on-rewrite no (and allow CONFIG GET), or use Redis 7.2`,
} as const;
