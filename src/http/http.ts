/*
 * HTTP: bodies, responses, ranges, problem documents, and the parts of the OpenAPI document.
 * api/ has the routes, the events and the router that joins them; server/ has the sockets.
 * Not here: rendering, delivery, storage and the queue's backends; pages belong to the dashboard.
 */

import type { AnyElysia } from "elysia";
import type { Logger } from "pino";
import type { Admission } from "../access/access.ts";
import type { KeyRing, KeyStore } from "../access/keys/key.ts";
import type { Rate } from "../access/rate.ts";
import type { Sessions } from "../access/sessions/sessions.ts";
import type { SessionStore } from "../access/sessions/store.ts";
import type { Setup } from "../access/setup.ts";
import type { Peers } from "../host/sockets/peers.ts";
import type { Importer } from "../import/importer.ts";
import type { HealthSnapshot } from "../observability/health.ts";
import type { MeasuredResponse } from "../observability/metrics.ts";
import type { Parser } from "../parsing/parsing.ts";
import type { Running } from "../pipeline/attempt.ts";
import type { PruneResult } from "../pipeline/pruning.ts";
import type { DocumentFile, Job } from "../queue/job.ts";
import type { Queue } from "../queue/queue.ts";
import type { LOCALITY_TIME_ZONES } from "../report/day.ts";
import type { Catalogue } from "../report/sources/catalogue.ts";
import type { AuditLog } from "../storage/audit/audit.ts";
import type { Records } from "../storage/records/records.ts";
import type { StatusContract } from "../views/status-word.ts";

/** What the HTTP server is built from; the composition root brings it. */
export interface HttpDependencies {
  readonly queue: Queue;
  readonly catalogue: Omit<Catalogue, "dataSet" | "close" | "startImport" | "upsert">;
  /** Imports uploads. */
  readonly importer: Importer;
  /** Another source precedes the catalogue: what it has is not known at once. */
  readonly hasOtherSource?: boolean;
  /** A service of the operator's returns who pays to be shown, also for a request that brings its data. */
  readonly hasPartnerSource?: boolean;
  /** A source supports Domain's regions and areas. */
  readonly takesRegions?: boolean;
  readonly keys: KeyRing;
  /** The same, for the people who issue keys. */
  readonly keyStore: KeyStore;
  /** Makes the first key in a browser; left out where that is impossible. */
  readonly setup?: Setup | null;
  /** What browsers are shown beside the API's responses. */
  readonly pages: (parts: PageParts) => Pages;
  /** Of keys that have none of their own; none by default. */
  readonly keyRate?: Rate | null;
  /** Whose program is at the other end of a connection within this machine; by default as the system reports it. */
  readonly ownerOf?: Peers["ownerOf"];
  /** What people record beside the jobs: views, and causes of failure they have seen. */
  readonly records: Records;
  /** How the service was started; null where unknown. */
  readonly about?: (Omit<AboutService, "examine"> & { readonly examine: ExamineWith }) | null;
  /** How Redis writes the jobs to its disk; null, or left out, where they are in the data folder. */
  readonly persistence?: () => Promise<{ readonly appendOnly: boolean; readonly savedAt: string } | null>;
  /** Who did what. */
  readonly audit: AuditLog;
  /** Parses bodies; who brought it closes it, after the server. */
  readonly parser: Parser;
  /** Who has signed in. */
  readonly sessionStore: SessionStore;
  /** What runs now, by job id, as the pipeline reports it. */
  readonly running: () => ReadonlyMap<string, Running>;
  /** Median milliseconds a job has recently taken from claim to end; null before the first. */
  readonly typicalMs: () => number | null;
  /** Why jobs wait for a target, and until when ("s3 (outage, next attempt 2026-…Z)"); null when nothing is in the way. */
  readonly deliverBlockedBy: () => string | null;
  /** The same of the data source. */
  readonly gatherBlockedBy: () => string | null;
  /** Lets the next job through to targets and source that are paused for a while: a manual retry was requested. */
  readonly probeNow: () => void;
  readonly health: () => Promise<HealthSnapshot>;
  /** Checks whether a target can be used: the problem, or null for none; undefined if there is no such target. */
  readonly testTarget: (target: string) => Promise<string | null | undefined>;
  /** Links a Dropbox in the browser; null where that is impossible. */
  readonly dropbox?: DropboxLinking | null;
  /** Removes jobs that ended before the time, with their PDFs. */
  readonly prune: (endedBefore: Date) => Promise<PruneResult>;
  /** Reports rendered at once. */
  readonly renderSlots: number;
  /** Jobs whose data is gathered at once. */
  readonly gatherSlots?: number;
  readonly reports: DocumentFiles;
  /** Folders of this machine that only admins see: where the data are, and where reports are put. */
  readonly folders?: readonly string[];
  /** Whose words a status has; "v2" when left out. */
  readonly statusContract?: StatusContract;
  readonly version: string;
  /** Whose months are counted; UTC's by default. */
  readonly timeZone?: string;
  /**
   * Where clients reach the service, such as "https://reports.example.com/agentlink"; null takes the request's own
   * host.
   */
  readonly publicUrl: string | null;
  readonly callbacks: CallbackRouteDependencies;
  /** What prevents the service from doing its work, in words; empty when nothing does. */
  readonly ready: () => Promise<readonly string[]>;
  /** What is measured, as Prometheus reads it. */
  readonly metrics: () => Promise<string>;
  /** Called with each response. `route` is one of the routes' patterns, or "other". */
  readonly onResponse: (response: MeasuredResponse) => void;
  readonly log: Logger;
  /** Largest request body; 5 MiB by default. The catalogue's uploads are streamed and have a limit of their own. */
  readonly maxBodyBytes?: number;
  /** Longest a body may take from its headers to its last byte; 30 s by default. */
  readonly bodyTimeoutMs?: number;
}

/** What pages are made from, in addition to their own files. */
export interface PageParts extends Pick<HttpDependencies, "keys" | "version" | "publicUrl"> {
  readonly setup: Setup | null;
  readonly sessions: Sessions;
  readonly admission: Admission;
  readonly zones: typeof LOCALITY_TIME_ZONES;
  /** Adds to the audit list what a person did on a page, whose request shows no key. */
  readonly noteChange: (
    request: Request,
    note: {
      readonly action: string;
      readonly by: { readonly client: string; readonly keyId: string };
      readonly subject: string;
    },
  ) => void;
}

/** What a person's browser gets: pages of its own, and pages in place of problem documents. */
export interface Pages {
  routes(): AnyElysia;
  /** The page in place of a problem document where a browser's visitor was refused; null for all others. */
  refusal(request: Request, error: unknown): Response | Promise<Response> | null;
  /** The same response, and for a person's browser a problem document as a page. */
  forPeople(request: Request, response: Response, requestId: string | null): Promise<Response>;
}

type ExamineWith = (overview: unknown) => ReturnType<AboutService["examine"]>;

/** How the service was started, and what monitors it. */
export interface AboutService {
  readonly settings: readonly {
    readonly variable: string;
    readonly flag: string;
    readonly value: string;
    readonly from: string;
    readonly file: string | null;
    readonly group: string;
    readonly unit: string;
    readonly secret: boolean;
    readonly description: string;
    readonly docs: string;
  }[];
  /** In words: where a setting is written here, and how the service is restarted. */
  readonly change: { readonly where: string; readonly restart: string };
  /** The doctor, in a process of its own. @throws Failure "checks_failed" (transient). */
  readonly examine: (service: { readonly url: string; readonly overview: unknown }) => Promise<
    readonly {
      readonly what: string;
      readonly state: "ok" | "warn" | "fail";
      readonly found: string;
      readonly advice?: string;
    }[]
  >;
}

/** What the routes need of the Dropbox account that reports go to. */
export interface DropboxLinking {
  /** What was linked in the browser; null for nothing. */
  linked(): DropboxLink | null;
  /** What the settings state about it. */
  readonly settings: { readonly appKey: string | null; readonly linked: boolean };
  /** Where Dropbox may send a browser back to; null where it shows a code instead. */
  readonly redirectUri: string | null;
  begin(login: { appKey: string; redirect: boolean; session: string }): Promise<{ url: string; state: string }>;
  /** @throws Failure "dropbox_link_expired", "dropbox_code", "dropbox_app", "dropbox_refused" or "dropbox_unreachable". */
  finish(given: { state: string; code: string; session: string; by: string }): Promise<DropboxLink>;
  unlink(): Promise<boolean>;
}

/** An account, by who linked it. */
interface DropboxLink {
  readonly appKey: string;
  readonly account: string | null;
  readonly by: string;
  readonly at: string;
}

/** Where the PDFs are. */
export interface DocumentFiles {
  /** The folder that their paths begin at. */
  readonly root: string;
  /**
   * Makes sure that a job's report is below it, where another host made it or it has to be rendered again; false when it
   * is gone.
   */
  fetch(document: DocumentFile, job: Job): Promise<boolean>;
}

/** What the routes need of callbacks. */
export interface CallbackRouteDependencies {
  /**
   * Who is notified of the end of a job whose request names this address, or none: an address, or null for none.
   * @throws Failure "address_refused" for one that may not be connected to.
   */
  addressFor(requested: string | null): string | null;
  /** There is something to send; what goes to this address, at once. */
  wake(address?: string): void;
  /** Until when nothing is sent to this address, because it requested a pause. */
  pausedUntil(address: string): Date | null;
}

/** What is cached in memory for callers, and can be released. */
export interface ReservedMemory {
  reservedBytes(): number;
  shed(): void;
}

/** Where a job's own pages are: `origin` is the public address, or "http://" with the request's checked Host. */
export function originOf(publicUrl: string | null, request: Request): string {
  if (publicUrl !== null) return publicUrl.replace(/\/+$/, "");
  return `http://${request.headers.get("host") ?? "localhost"}`;
}
