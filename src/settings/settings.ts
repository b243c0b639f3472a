/*
 * The settings: each one's name, parser, default and sentence, from the environment, secret files and flags.
 * No other room reads the environment.
 * Not here: what a setting brings about.
 */

import { resolve } from "node:path";
import { distance } from "fastest-levenshtein";
import type { Rate } from "../access/rate.ts";
import { type FolderPatterns, type Patterns, readFileNames, readFolders } from "../delivery/path.ts";
import { Failure } from "../failure.ts";
import { machineTimeZone } from "../host/time-zone.ts";
import { missing } from "./requirement.ts";
import { fileVariable, readSecretFiles } from "./secret-files.ts";
import {
  absoluteUrl,
  auto,
  callbackSecret,
  clientKey,
  dropboxFolderPath,
  duration,
  folderPath,
  headers,
  hosts,
  httpUrl,
  integer,
  keyRate,
  listOf,
  namespace,
  nonEmpty,
  oneOf,
  optional,
  path,
  printable,
  redisPrefix,
  redisUrl,
  type Setting,
  s3Bucket,
  s3Region,
  serviceUrl,
  setting,
  size,
  sourceUrl,
  timeZone,
  yesNo,
} from "./setting.ts";

/** Everything that can be set, parsed and frozen. Nothing else in the program reads the environment. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
  readonly dataDir: string;
  /** null: from cores and memory. */
  readonly renderThreads: number | null;
  /** Bytes; null: the cgroup's limit, or the machine's memory. */
  readonly memoryLimit: number | null;
  readonly queueLimit: number;
  /** Of keys without one of their own; null: any number. */
  readonly keyRate: Rate | null;
  readonly maxAttempts: number;
  readonly jobTimeoutMs: number;
  readonly stopGraceMs: number;
  readonly retentionMs: number;
  /** In the order given, each once. */
  /** null: the jobs are in the data folder, for this host alone. */
  readonly redisUrl: string | null;
  readonly redisPrefix: string;
  readonly redisDurable: boolean;
  readonly redisReplicas: number;
  readonly redisLeaseMs: number;
  /** null: the data folder; "s3"; or a folder that all hosts share. */
  readonly reports: string | null;
  readonly delivery: readonly ("folder" | "dropbox" | "s3")[];
  /** Watched for files to import; empty for none. */
  readonly inbox: string;
  readonly deliveryFolder: string;
  readonly dropboxAppKey: string;
  readonly dropboxAppSecret: string | null;
  readonly dropboxRefreshToken: string;
  readonly dropboxFolder: string;
  /** null: the account's own space; "team", or a namespace id. */
  readonly dropboxPathRoot: string | null;
  readonly dropboxShare: boolean;
  readonly s3Endpoint: string | null;
  readonly s3Region: string;
  readonly s3Bucket: string;
  readonly s3AccessKeyId: string;
  readonly s3SecretAccessKey: string;
  readonly s3Prefix: string;
  /** Without a slash at its end; null: links into the bucket are not public. */
  readonly s3PublicUrl: string | null;
  /** The name of each kind of document. */
  readonly fileNames: Patterns;
  readonly folders: FolderPatterns;
  /** Asked which partners a suburb has, as the old service asked; null for nobody. */
  readonly partnersUrl: string | null;
  /** Of reports whose request names none. */
  readonly edition: "full" | "brief";
  /** Of a featured partner's discount: per cent of the commission, per cent of that, rounding, least and most dollars. */
  readonly discountShare: number;
  readonly discountPart: number;
  readonly discountStep: number;
  readonly discountMin: number;
  readonly discountMax: number;
  /** PDFs before and behind a job's other documents in its complete document; null for none. */
  readonly completeFront: string | null;
  readonly completeBack: string | null;
  /** "v1": a job's status has the words of the service that this one replaces. */
  readonly statusContract: "v2" | "v1";
  /** Who is told of the end of a job that names nobody. */
  readonly callbackUrl: string | null;
  /** null: the one in the data folder. */
  readonly callbackSecret: string | null;
  /** With {suburb}, {state} and {postcode}. */
  readonly sourceUrl: string | null;
  readonly sourceHeaders: Readonly<Record<string, string>>;
  readonly sourceCacheMs: number;
  /** Empty: not by a key. */
  readonly domainKey: string;
  readonly domainClientId: string;
  readonly domainClientSecret: string;
  readonly domainUrl: string;
  readonly domainTownhouses: "house" | "unit";
  readonly allowHosts: readonly string[];
  readonly allowHttp: boolean;
  /** The same for addresses that callers name. */
  readonly allowCallbackHosts: readonly string[];
  readonly allowCallbackHttp: boolean;
  readonly printEmails: boolean;
  /** null: the machine's. */
  readonly timeZone: string | null;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error";
  readonly logFormat: "auto" | "json" | "pretty";
  /** Where the command line finds the service; null: at host and port. */
  readonly url: string | null;
  /** What it shows there; null: nothing. */
  readonly key: string | null;
}

/** Stands for a secret wherever settings are shown. */
const MASK = "********";

type Environment = Readonly<Record<string, string | undefined>>;
const SETTINGS: { readonly [K in keyof Config]: Setting<Config[K]> } = {
  host: setting("HOST", "address", "127.0.0.1", "Address to listen on.", nonEmpty),
  port: setting("PORT", "number", "8080", "Port to listen on; 0 takes a free one.", integer(0, 65_535)),
  publicUrl: setting(
    "PUBLIC_URL",
    "url",
    "",
    "Address clients reach the service at, such as https://reports.example.com; used in the links of answers.",
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
    "Jobs not yet ended; past that a post is answered 429.",
    integer(1, 10_000_000),
  ),
  keyRate: setting(
    "KEY_RATE",
    "rate",
    "6000/min",
    "Most requests a key may send that was made without --rate, such as 600/min; off for any number.",
    keyRate,
  ),
  maxAttempts: setting("MAX_ATTEMPTS", "number", "5", "Tries a job has before it fails.", integer(1, 100)),
  jobTimeoutMs: setting(
    "JOB_TIMEOUT",
    "duration",
    "10m",
    "Longest a render may take, such as 90s or 10m; then its thread is ended and the job gets its next try.",
    duration(1_000),
  ),
  stopGraceMs: setting(
    "STOP_GRACE",
    "duration",
    "25s",
    "How long running jobs may go on after SIGTERM before they are put back.",
    duration(0),
  ),
  retentionMs: setting(
    "RETENTION",
    "duration",
    "90d",
    "How long ended jobs and their PDFs are kept; files already delivered stay.",
    duration(60_000),
  ),
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
    "Answer a post only when Redis has it on its disk; a Redis that cannot promise that is refused.",
    yesNo,
  ),
  redisReplicas: setting(
    "REDIS_REPLICAS",
    "number",
    "0",
    "Answer a post only when so many replicas of Redis have it, too: then a failover loses none.",
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
    "Where the PDFs are kept: a folder that all hosts share, or s3 (the AGENTLINK_S3_* bucket); empty is the data folder.",
    (text) => (text === "" || text === "s3" ? text || null : path(text)),
  ),
  inbox: setting(
    "INBOX",
    "folder",
    "",
    "Folder that is watched for files to import: REAXML of a CRM, or any table; empty watches none.",
    (text) => (text === "" ? "" : path(text)),
  ),
  delivery: setting(
    "DELIVERY",
    "list",
    "folder",
    "Where finished reports go: folder, dropbox, s3 or several, such as folder,dropbox.",
    listOf("folder", "dropbox", "s3"),
  ),
  deliveryFolder: setting(
    "DELIVERY_FOLDER",
    "folder",
    "",
    "Folder finished reports are put into; empty is delivered/ in the data folder.",
    (text) => (text === "" ? "" : path(text)),
  ),
  dropboxAppKey: setting("DROPBOX_APP_KEY", "key", "", "App key of your Dropbox app.", printable),
  dropboxAppSecret: setting(
    "DROPBOX_APP_SECRET",
    "secret",
    "",
    "App secret; empty where `agentlink dropbox login` made the refresh token.",
    optional(nonEmpty),
    true,
  ),
  dropboxRefreshToken: setting(
    "DROPBOX_REFRESH_TOKEN",
    "token",
    "",
    "Refresh token of the Dropbox account, as `agentlink dropbox login` prints it.",
    printable,
    true,
  ),
  dropboxFolder: setting(
    "DROPBOX_FOLDER",
    "path",
    "",
    "Dropbox folder reports go below; empty is the top.",
    dropboxFolderPath,
  ),
  dropboxPathRoot: setting(
    "DROPBOX_PATH_ROOT",
    "namespace",
    "",
    "Dropbox space paths are in: empty is the account's own, team is the team's, a number is that namespace.",
    optional(namespace),
  ),
  dropboxShare: setting("DROPBOX_SHARE", "yes|no", "no", "Put a Dropbox shared link into each result.", yesNo),
  s3Endpoint: setting(
    "S3_ENDPOINT",
    "url",
    "",
    "Address of the S3 service, such as https://fsn1.your-objectstorage.com; empty is AWS.",
    optional(serviceUrl),
  ),
  s3Region: setting("S3_REGION", "region", "us-east-1", "Region of the bucket; auto for Cloudflare R2.", s3Region),
  s3Bucket: setting("S3_BUCKET", "name", "", "Bucket reports go into.", s3Bucket),
  s3AccessKeyId: setting("S3_ACCESS_KEY_ID", "id", "", "Access key of the bucket.", printable),
  s3SecretAccessKey: setting("S3_SECRET_ACCESS_KEY", "secret", "", "Its secret.", printable, true),
  s3Prefix: setting("S3_PREFIX", "path", "", "Prefix of the reports' keys; empty is the bucket's top.", folderPath),
  s3PublicUrl: setting(
    "S3_PUBLIC_URL",
    "url",
    "",
    "Address at which everybody may read the bucket, such as https://f003.backblazeb2.com/file/reports; the link of each document is below it. Empty for a private bucket.",
    optional((text) => serviceUrl(text).replace(/\/+$/, "")),
  ),
  fileNames: setting(
    "FILE_NAME",
    "pattern",
    "",
    "Names of the documents, such as {suburb}_{kind}_{short_id} or agents={suburb}_{job_id};commission=…, of {suburb}, {suburb_}, {state}, {date}, {job_id}, {short_id} and {kind}; v1 for those of the old service.",
    readFileNames,
  ),
  folders: setting(
    "FOLDER",
    "pattern",
    "",
    "Folders they go into below the target, such as {state}/{suburb}, in the same way; v1 for those of the old service.",
    readFolders,
  ),
  partnersUrl: setting(
    "PARTNERS_URL",
    "url",
    "",
    "Address that is asked which partners pay to be shown in a suburb, as the old service asked: POST {suburb, state} and {agent_name, suburb, state}.",
    optional(absoluteUrl),
    true,
  ),
  edition: setting(
    "EDITION",
    "full|brief",
    "full",
    "Edition of reports whose request names none: full, or brief, one landscape page with the first five.",
    oneOf("full", "brief"),
  ),
  discountShare: setting(
    "DISCOUNT_SHARE",
    "percent",
    "20",
    "Share of the commission (lowest price of the band × lowest rate) that a featured partner's discount is a part of.",
    integer(0, 100),
  ),
  discountPart: setting("DISCOUNT_PART", "percent", "25", "Part of that share which is the discount.", integer(0, 100)),
  discountStep: setting("DISCOUNT_STEP", "dollars", "250", "The discount is rounded to this.", integer(1, 1_000_000)),
  discountMin: setting("DISCOUNT_MIN", "dollars", "500", "The least that it is.", integer(0, 10_000_000)),
  discountMax: setting("DISCOUNT_MAX", "dollars", "10000", "The most that it is.", integer(0, 10_000_000)),
  completeFront: setting(
    "COMPLETE_FRONT",
    "file",
    "",
    "PDF of yours that a job's complete document begins with.",
    optional(path),
  ),
  completeBack: setting("COMPLETE_BACK", "file", "", "PDF of yours that it ends with.", optional(path)),
  statusContract: setting(
    "STATUS_CONTRACT",
    "v1|v2",
    "v2",
    "Words of a job's status: v2 has processing until it ends; v1 has those of the old service (fetching_agents_data, generating_pdf …), failed for a cancelled job, and a page that says so where there is no data.",
    oneOf("v1", "v2"),
  ),
  callbackUrl: setting(
    "CALLBACK_URL",
    "url",
    "",
    "Address told of the end of each job whose request names no callback_url of its own.",
    optional(absoluteUrl),
    true,
  ),
  callbackSecret: setting(
    "CALLBACK_SECRET",
    "secret",
    "",
    "Signs callbacks, as Standard Webhooks say: whsec_ and base64; empty is the one in callback.secret in the data folder.",
    optional(callbackSecret),
    true,
  ),
  sourceUrl: setting(
    "SOURCE_URL",
    "url",
    "",
    "Service asked for data sets before the catalogue, such as https://data.example.com/{state}/{suburb}?postcode={postcode}.",
    optional(sourceUrl),
    true,
  ),
  sourceHeaders: setting(
    "SOURCE_HEADERS",
    "json",
    "",
    'Headers sent to that service, such as {"Authorization":"Bearer …"}.',
    (text) => (text === "" ? {} : headers(text)),
    true,
  ),
  sourceCacheMs: setting(
    "SOURCE_CACHE",
    "duration",
    "1h",
    "How long its answer is used before it is asked again (by the answer's ETag); 0s asks for each job.",
    duration(0),
  ),
  domainKey: setting(
    "DOMAIN_KEY",
    "key",
    "",
    "Key of Domain's API (developer.domain.com.au): reports are then made from its data. See docs/domain.md.",
    printable,
    true,
  ),
  domainClientId: setting(
    "DOMAIN_CLIENT_ID",
    "id",
    "",
    "Client of Domain's API, where you have OAuth 2 credentials and no key.",
    printable,
  ),
  domainClientSecret: setting("DOMAIN_CLIENT_SECRET", "secret", "", "Its secret.", printable, true),
  domainUrl: setting(
    "DOMAIN_URL",
    "url",
    "https://api.domain.com.au",
    "Address of Domain's API: its sandbox, or a proxy of yours, which may be on this machine and without https.",
    serviceUrl,
  ),
  domainTownhouses: setting(
    "DOMAIN_TOWNHOUSES",
    "house|unit",
    "house",
    "What townhouses and villas of Domain count as in reports.",
    oneOf("house", "unit"),
  ),
  allowHosts: setting(
    "ALLOW_HOSTS",
    "list",
    "",
    "Hosts that AGENTLINK_SOURCE_URL and AGENTLINK_CALLBACK_URL may lead to though they are private or without https, such as hooks.internal,*.lan,10.0.0.0/8,127.0.0.1:9000.",
    hosts,
  ),
  allowHttp: setting(
    "ALLOW_HTTP",
    "yes|no",
    "no",
    "Let AGENTLINK_SOURCE_URL and AGENTLINK_CALLBACK_URL use http to public hosts, too.",
    yesNo,
  ),
  allowCallbackHosts: setting(
    "ALLOW_CALLBACK_HOSTS",
    "list",
    "",
    "Hosts that callers may name in callback_url though they are private, this machine or without https, such as n8n.internal,127.0.0.1:5678.",
    hosts,
  ),
  allowCallbackHttp: setting(
    "ALLOW_CALLBACK_HTTP",
    "yes|no",
    "no",
    "Let callers name public hosts without https in callback_url.",
    yesNo,
  ),
  printEmails: setting("PRINT_EMAILS", "yes|no", "no", "Print agents' e-mail addresses in reports.", yesNo),
  timeZone: setting(
    "TIME_ZONE",
    "zone",
    "",
    "Time zone that days are counted in, such as Australia/Sydney; empty is the machine's.",
    optional(timeZone),
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
  url: setting(
    "URL",
    "url",
    "",
    "Address the commands that ask the service find it at, such as https://reports.example.com; empty is its host and port.",
    optional(httpUrl),
  ),
  key: setting("KEY", "key", "", "Key those commands show: al_…", optional(clientKey), true),
};

/** The settings, for the command line's help and `agentlink config`. */
export const settings: readonly (Omit<Setting<unknown>, "parse"> & { readonly key: keyof Config })[] = (
  Object.keys(SETTINGS) as (keyof Config)[]
).map((key) => ({ ...SETTINGS[key], key }));

/** The variables that a file may stand for. */
const SECRETS = settings.flatMap(({ variable, secret }) => (secret ? [variable] : []));

/** The settings of the commands that ask a running service; the service itself has no use for them. */
export const CLIENT_SETTINGS: readonly (keyof Config)[] = ["url", "key"];

/**
 * Reads flags (by setting key; they win) and AGENTLINK_* variables into one frozen Config.
 * @throws Failure "config" that names every wrong value, and for an unknown variable the nearest right name.
 */
export function readConfig(environment: Environment, flags: Readonly<Partial<Record<keyof Config, string>>>): Config {
  const files = readSecretFiles(environment, SECRETS);
  const problems: string[] = [...unknownVariables(environment), ...files.problems];
  const values: Partial<Record<keyof Config, unknown>> = {};
  for (const { key, variable, flag, fallback, secret } of settings) {
    const fromFlag = flags[key];
    const text = fromFlag ?? environment[variable] ?? files.values[variable] ?? fallback;
    try {
      values[key] = SETTINGS[key].parse(text.trim());
    } catch (error) {
      const name = fromFlag === undefined ? variable : flag;
      // An address may have a password pasted into it.
      const shown = secret ? MASK : JSON.stringify(text.replace(/\/\/[^/@]*@/, `//${MASK}@`));
      problems.push(`${name}=${shown}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  problems.push(
    ...missing(values as Partial<Config>).map(({ key, reason }) => `${SETTINGS[key].variable} must be set: ${reason}`),
  );
  if (problems.length > 0) throw new Failure("config", problems.join("\n"));
  const config = values as unknown as Config;
  return Object.freeze({
    ...config,
    deliveryFolder: config.deliveryFolder === "" ? resolve(config.dataDir, "delivered") : config.deliveryFolder,
  });
}

/** The operator's zone, for commands that read no other setting. @throws Error that says what it must be. */
export function timeZoneOf(environment: Environment): string {
  return SETTINGS.timeZone.parse((environment[SETTINGS.timeZone.variable] ?? "").trim()) ?? machineTimeZone();
}

/** The values that are secret, for a log that must not write them. */
export function secretsOf(config: Config): readonly string[] {
  return settings.flatMap(({ key, secret }) => {
    const value = secret ? config[key] : null;
    if (typeof value === "string") return value === "" ? [] : [value];
    return typeof value === "object" && value !== null ? Object.values(value).map(String) : [];
  });
}

/** What is in force, a line for each setting: variable, value (secrets masked), where it comes from, description. */
export function describeConfig(
  environment: Environment,
  flags: Readonly<Partial<Record<keyof Config, string>>>,
): readonly { variable: string; value: string; from: string; description: string }[] {
  readConfig(environment, flags);
  const files = readSecretFiles(environment, SECRETS).values;
  return settings.map(({ key, variable, flag, fallback, secret, description }) => {
    const value = flags[key] ?? environment[variable] ?? files[variable] ?? fallback;
    const from =
      flags[key] !== undefined
        ? flag
        : environment[variable] !== undefined
          ? "environment"
          : files[variable] !== undefined
            ? "file"
            : "default";
    return { variable, value: secret && value !== "" ? MASK : value, from, description };
  });
}

function unknownVariables(environment: Environment): string[] {
  const known = new Set([...settings.map(({ variable }) => variable), ...SECRETS.map(fileVariable)]);
  return Object.keys(environment)
    .filter((name) => name.startsWith("AGENTLINK_") && !known.has(name))
    .map((name) => {
      const nearest = [...known].sort((a, b) => distance(name, a) - distance(name, b))[0];
      return `${name} is not a setting; the nearest is ${nearest} (\`agentlink config\` lists them all)`;
    });
}
