import type { Rate } from "../access/rate.ts";
import type { FolderPatterns, Patterns } from "../delivery/path.ts";
import type { TargetName } from "../queue/target-records.ts";

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
  readonly delivery: readonly TargetName[];
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
  /** Whose day a report's date is; null: that of the locality. */
  readonly reportDateZone: string | null;
  /** Returns which partners a suburb has, as with the old service; null for none. */
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
  /** Who is notified of the end of a job that names no address. */
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
  /** Who gets problems by mail; none if it is empty. */
  readonly notifyMail: readonly string[];
  readonly notifyFrom: string | null;
  readonly smtpUrl: string | null;
  /** As Slack's incoming webhooks. */
  readonly notifyWebhook: string | null;
  readonly notifyAfterMs: number;
  /** The number of failed jobs in an hour that is a problem. */
  readonly notifyFailures: number;
  /** Fewer free bytes than this are one. */
  readonly notifyDisk: number;
  readonly printEmails: boolean;
  /** null: the machine's. */
  /** Of days, and of times on the command line: a zone, "suburb", or null for the machine's. */
  readonly timeZone: string | null;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error";
  readonly logFormat: "auto" | "json" | "pretty";
  /** Where the command line finds the service; null: at host and port. */
  readonly url: string | null;
  /** What it shows there; null: nothing. */
  readonly key: string | null;
}
