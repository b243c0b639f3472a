import type { Config } from "./config.ts";
import {
  auto,
  clientKey,
  duration,
  httpUrl,
  integer,
  keyRate,
  nonEmpty,
  oneOf,
  optional,
  path,
  redisPrefix,
  redisUrl,
  type Setting,
  setting,
  size,
  timeZoneChoice,
  yesNo,
} from "./setting.ts";

type Settings = { readonly [K in keyof Config]?: Setting<Config[K]> };

/** The service. */
export const SERVICE = {
  host: setting("HOST", "address", "127.0.0.1", "Address to listen on.", nonEmpty),
  port: setting("PORT", "number", "8080", "Port to listen on; 0 takes a free one.", integer(0, 65_535)),
  publicUrl: setting(
    "PUBLIC_URL",
    "url",
    "",
    "Address clients reach the service at, such as https://reports.example.com; used in links.",
    optional(httpUrl),
  ),
  dataDir: setting("DATA_DIR", "folder", "./data", "Folder of the database and the PDFs.", path),
  renderThreads: setting(
    "RENDER_THREADS",
    "number",
    "auto",
    "Reports rendered at once; auto is min(cores, (memory - 400 MB) / 200 MB).",
    auto(integer(1, 256)),
  ),
  memoryLimit: setting(
    "MEMORY_LIMIT",
    "size",
    "auto",
    "Memory the process may use, such as 3GB; auto is the cgroup's limit or the machine's memory.",
    auto(size(256_000_000)),
  ),
  queueLimit: setting(
    "QUEUE_LIMIT",
    "number",
    "100000",
    "Limit of open jobs; above it new requests get 429.",
    integer(1, 10_000_000),
  ),
  keyRate: setting(
    "KEY_RATE",
    "rate",
    "6000/min",
    "Most requests a key may send that was made without --rate, such as 600/min; off for any number.",
    keyRate,
  ),
  maxAttempts: setting("MAX_ATTEMPTS", "number", "5", "Attempts a job has before it fails.", integer(1, 100)),
  jobTimeoutMs: setting(
    "JOB_TIMEOUT",
    "duration",
    "10m",
    "Longest a render may take, such as 90s or 10m; then its thread is ended and the job gets its next attempt.",
    duration(1_000),
  ),
  stopGraceMs: setting(
    "STOP_GRACE",
    "duration",
    "25s",
    "How long running jobs may continue after SIGTERM before they are put back into the queue.",
    duration(0),
  ),
  retentionMs: setting(
    "RETENTION",
    "duration",
    "90d",
    "How long ended jobs and their PDFs are stored; delivered files stay.",
    duration(60_000),
  ),
  timeZone: setting(
    "TIME_ZONE",
    "zone",
    "",
    "Time zone of days, and of times on the command line, such as Australia/Sydney or UTC; empty or local is the machine's; suburb shows a report's times by its suburb's clocks.",
    timeZoneChoice,
  ),
  statusContract: setting(
    "STATUS_CONTRACT",
    "v1|v2",
    "v2",
    "Words of a job's status: v2 has processing until it ends; v1 has those of the old service (fetching_agents_data, generating_pdf …), failed for a cancelled job, and a page that says so where there is no data.",
    oneOf("v1", "v2"),
  ),
  logLevel: setting(
    "LOG_LEVEL",
    "level",
    "info",
    "Least serious log line written: trace, debug, info, warn or error.",
    oneOf("trace", "debug", "info", "warn", "error"),
  ),
  logFormat: setting(
    "LOG_FORMAT",
    "format",
    "auto",
    "How log lines are written: json, pretty, or auto, which is pretty on a terminal and json off one.",
    oneOf("auto", "json", "pretty"),
  ),
} satisfies Settings;

/** Several hosts. */
export const HOSTS = {
  redisUrl: setting(
    "REDIS_URL",
    "url",
    "",
    "Keeps the jobs in Redis, for several hosts: redis://, rediss://, redis+sentinel://…/master or redis+cluster://, with user:password@; empty is the data folder.",
    optional(redisUrl),
    true,
  ),
  redisPrefix: setting(
    "REDIS_PREFIX",
    "name",
    "agentlink",
    "What the names of all keys in Redis begin with; one for each installation.",
    redisPrefix,
  ),
  redisDurable: setting(
    "REDIS_DURABLE",
    "yes|no",
    "no",
    "Accept a request only when Redis has it on disk; a Redis that cannot guarantee that is refused.",
    yesNo,
  ),
  redisReplicas: setting(
    "REDIS_REPLICAS",
    "number",
    "0",
    "Accept a request only when this many replicas of Redis have it, too: then a failover loses none.",
    integer(0, 10),
  ),
  redisLeaseMs: setting(
    "REDIS_LEASE",
    "duration",
    "30s",
    "How long a host that is dead or cut off keeps its jobs before the others take them up.",
    duration(1_500),
  ),
  reports: setting(
    "REPORTS",
    "folder|s3",
    "",
    "Where the PDFs are stored: a folder that all hosts share, or s3 (the AGENTLINK_S3_* bucket); empty is the data folder.",
    (text) => (text === "" || text === "s3" ? text || null : path(text)),
  ),
} satisfies Settings;

/** Commands that call a running service. */
export const CLIENT = {
  url: setting(
    "URL",
    "url",
    "",
    "Address the commands that ask the service find it at, such as https://reports.example.com; empty is its host and port.",
    optional(httpUrl),
  ),
  key: setting("KEY", "key", "", "Key those commands show: al_…", optional(clientKey), true),
} satisfies Settings;
