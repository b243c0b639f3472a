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
    "Public address of the service, such as https://reports.example.com; used in links.",
    optional(httpUrl),
  ),
  dataDir: setting("DATA_DIR", "folder", "./data", "Folder of the database and the PDFs.", path),
  renderThreads: setting(
    "RENDER_THREADS",
    "number",
    "auto",
    "Number of reports rendered at once; auto is min(cores, (memory - 400 MB) / 200 MB).",
    auto(integer(1, 256)),
  ),
  memoryLimit: setting(
    "MEMORY_LIMIT",
    "size",
    "auto",
    "Memory limit of the process, such as 3GB; auto is the limit of the cgroup, or the machine's memory.",
    auto(size(256_000_000)),
  ),
  queueLimit: setting(
    "QUEUE_LIMIT",
    "number",
    "100000",
    "Maximum number of open jobs; above it, new requests get 429.",
    integer(1, 10_000_000),
  ),
  keyRate: setting(
    "KEY_RATE",
    "rate",
    "6000/min",
    "Request limit of keys that were created without --rate, such as 600/min; off for no limit.",
    keyRate,
  ),
  maxAttempts: setting("MAX_ATTEMPTS", "number", "5", "Number of attempts before a job fails.", integer(1, 100)),
  jobTimeoutMs: setting(
    "JOB_TIMEOUT",
    "duration",
    "10m",
    "Maximum duration of a render, such as 90s or 10m; after that its thread is ended, and the job gets another attempt.",
    duration(1_000),
  ),
  stopGraceMs: setting(
    "STOP_GRACE",
    "duration",
    "25s",
    "How long running jobs may continue after SIGTERM before they return to the queue.",
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
    "Time zone of daily counts and of times on the command line, such as Australia/Sydney or UTC; if empty or local, the machine's zone; suburb uses the zone of each report's suburb.",
    timeZoneChoice,
  ),
  statusContract: setting(
    "STATUS_CONTRACT",
    "v1|v2",
    "v2",
    "Status values of the API. v2: processing until the job ends. v1: the values of the old service (fetching_agents_data, generating_pdf …), failed for a cancelled job, and completed with a one-page report if there is no data.",
    oneOf("v1", "v2"),
  ),
  logLevel: setting(
    "LOG_LEVEL",
    "level",
    "info",
    "Minimum level of log lines: trace, debug, info, warn or error.",
    oneOf("trace", "debug", "info", "warn", "error"),
  ),
  logFormat: setting(
    "LOG_FORMAT",
    "format",
    "auto",
    "Format of log lines: json, pretty, or auto, which is pretty on a terminal and json otherwise.",
    oneOf("auto", "json", "pretty"),
  ),
} satisfies Settings;

/** Several hosts. */
export const HOSTS = {
  redisUrl: setting(
    "REDIS_URL",
    "url",
    "",
    "Redis server that stores the jobs of several hosts: redis://, rediss://, redis+sentinel://…/master or redis+cluster://, with user:password@; if empty, jobs are in the data folder.",
    optional(redisUrl),
    true,
  ),
  redisPrefix: setting(
    "REDIS_PREFIX",
    "name",
    "agentlink",
    "Prefix of all keys in Redis; use a different one for each installation.",
    redisPrefix,
  ),
  redisDurable: setting(
    "REDIS_DURABLE",
    "yes|no",
    "no",
    "Accept a request only after Redis has written it to disk; the service refuses a Redis that cannot guarantee that.",
    yesNo,
  ),
  redisReplicas: setting(
    "REDIS_REPLICAS",
    "number",
    "0",
    "Accept a request only after this number of Redis replicas has it, so that a failover loses nothing.",
    integer(0, 10),
  ),
  redisLeaseMs: setting(
    "REDIS_LEASE",
    "duration",
    "30s",
    "How long a host that is dead or cut off keeps its jobs before other hosts recover them.",
    duration(1_500),
  ),
  reports: setting(
    "REPORTS",
    "folder|s3",
    "",
    "Where PDFs are stored: a folder that all hosts share, or s3 (the AGENTLINK_S3_* bucket); if empty, the data folder.",
    (text) => (text === "" || text === "s3" ? text || null : path(text)),
  ),
} satisfies Settings;

/** Commands that call a running service. */
export const CLIENT = {
  url: setting(
    "URL",
    "url",
    "",
    "Address of the service for commands that call it, such as https://reports.example.com; if empty, its host and port.",
    optional(httpUrl),
  ),
  key: setting("KEY", "key", "", "Key that these commands send: al_…", optional(clientKey), true),
} satisfies Settings;
