/*
 * Dropbox as a target: the linked account, its access tokens, uploads, links, and what a refusal means.
 * All uploads share one connection, its limits and its circuit breaker.
 * Not here: other targets, and the pages and commands that link an account.
 */

import { join } from "node:path";
import { Failure } from "../../failure.ts";
import { type BreakerClock, CLOCK } from "../../outbound/breaker-clock.ts";
import { createCircuitBreaker } from "../../outbound/circuit-breaker.ts";
import { describeOpen, type OpenCircuit } from "../../outbound/open-circuit.ts";
import type { ReportFile } from "../../queue/job.ts";
import type { Patterns } from "../../report/names.ts";
import { type DeliverySignals, type DeliveryTarget, uncancelled } from "../delivery.ts";
import { messages } from "../messages.ts";
import { findDelivered, type PutIfAbsentStore, putIfAbsent } from "../put-if-absent.ts";
import { deliverThrough, Refused, verify } from "../refused.ts";
import { type Connection, openConnection } from "./connection.ts";
import { fingerprint } from "./content-hash.ts";
import type { DropboxKeySource, SendRequest } from "./credentials.ts";
import { dropboxPath, rootFolder } from "./path.ts";
import { explainRefusal, member } from "./refusal.ts";
import { type LocalFile, UPLOAD_LIMITS, type UploadLimits, upload } from "./upload.ts";

const REQUEST_TIMEOUT_MS = 2 * 60_000;

export interface DropboxOptions {
  readonly keys: DropboxKeySource;
  /** Reports go below this folder; "" is the root. */
  readonly folder: string;
  /** null for the account's own space, "team" for the team's, or a namespace id. */
  readonly pathRoot: string | null;
  /** Whether the result has a shared link. */
  readonly share: boolean;
  /** Of each kind of document, below that. */
  readonly folders?: Patterns;
  readonly dateZone?: string | null;
  /** Where the reports' paths begin. */
  readonly dataDir: string;
  /** Called when the circuit opens, and null when it closes. */
  readonly onChange?: (open: OpenCircuit | null) => void;
  readonly limits?: UploadLimits;
  readonly requestTimeoutMs?: number;
  readonly fetch?: SendRequest;
  readonly clock?: BreakerClock;
}

/** Delivers into a Dropbox: one account, whose limits and credentials all uploads share. */
export function createDropboxDelivery(options: DropboxOptions): DeliveryTarget {
  const { keys, pathRoot, share, dataDir, limits = UPLOAD_LIMITS, clock = CLOCK } = options;
  const root = rootFolder(options.folder);
  const breaker = createCircuitBreaker({
    name: "dropbox",
    clock,
    ...(options.onChange && { onChange: options.onChange }),
  });
  const connection = openConnection({
    keys,
    pathRoot,
    breaker,
    clock,
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    timeoutMs: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
  });

  return {
    target: "dropbox",
    pathFor: (job, document) => dropboxPath(root, job, document, options),
    breaker,

    arrivesWithinMs: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,

    async deliver(job, report, path, signal, signals = uncancelled()) {
      const file = await readReport(dataDir, report);
      const stop = AbortSignal.any([signal, signals.cancel]);
      const work = async () => {
        const to = await putIfAbsent(job, path, putInDropbox(connection, file, limits, signal, job.id, signals), stop);
        return { to, url: share ? await sharedLink(connection, to, signal, job.id) : null };
      };
      return deliverThrough(breaker, job, stop, work, () => testFolder(connection, root, signal, job.id));
    },

    async find(job, report, path, signal) {
      // Without the file, its length is compared: the path is this job's own.
      const file = await readReport(dataDir, report).catch(() => null);
      const isThis = (result: unknown) =>
        file === null ? member(result, "size") === report.bytes : member(result, "content_hash") === file.contentHash;
      const check: PutIfAbsentStore["check"] = (each, signal) => checkFile(connection, each, isThis, signal, job.id);
      const to = await findDelivered(job, path, check, signal);
      return to === null ? null : { to, url: share ? await sharedLink(connection, to, signal, job.id) : null };
    },

    check: (signal) => verify(breaker, () => reachFolder(connection, root, signal)),

    /** Checks whether a refused refresh token works again; for other refusals only a delivery can show that. */
    async problem() {
      if (breaker.open()?.reason === "credentials" && !breaker.blocked() && connection.refreshRefused()) {
        breaker.admit();
        await connection.renew().then(
          () => breaker.recordSuccess(null),
          (error) => void (error instanceof Refused && breaker.recordRefusal("credentials", error.code, error.message)),
        );
      }
      return describeOpen(breaker.open());
    },
  };
}

/** Requests the root folder, which the first delivery makes where it is not there. */
async function reachFolder(connection: Connection, root: string, signal: AbortSignal): Promise<void> {
  const found =
    root === ""
      ? await connection.call((dropbox, request) => dropbox.usersGetCurrentAccount(request), isThere, signal, "check")
      : await connection.call(
          (dropbox, request) => dropbox.filesGetMetadata({ path: root }, request),
          isThere,
          signal,
          "check",
        );
  if ("refused" in found && !found.refused.tags.includes("not_found")) throw explainRefusal(found.refused, root);
}

function isThere(result: unknown): true | undefined {
  return typeof result === "object" && result !== null ? true : undefined;
}

/** Puts a small file into the root folder and removes it. @throws Refused if Dropbox does not allow it. */
async function testFolder(connection: Connection, root: string, signal: AbortSignal, key: string): Promise<void> {
  const path = `${root}/agentlink-check-${Bun.randomUUIDv7()}.txt`;
  const put = await connection.call(
    (dropbox, request) =>
      dropbox.filesUpload(
        { path, contents: "agentlink", mode: { ".tag": "add" }, autorename: false, mute: true },
        request,
      ),
    (result) => member(result, "content_hash"),
    signal,
    key,
  );
  if ("refused" in put) throw explainRefusal(put.refused, root || messages.dropboxTop);
  await connection.call(
    (dropbox, request) => dropbox.filesDeleteV2({ path }, request),
    (result) => member(result, "metadata"),
    signal,
    key,
  );
}

function putInDropbox(
  connection: Connection,
  file: LocalFile,
  limits: UploadLimits,
  signal: AbortSignal,
  key: string,
  signals: DeliverySignals,
): PutIfAbsentStore {
  const isThis = (result: unknown) => member(result, "content_hash") === file.contentHash;
  return {
    check: (path, signal) => checkFile(connection, path, isThis, signal, key),
    put: (path) => upload(connection, file, path, limits, signal, key, signals),
  };
}

async function checkFile(
  connection: Connection,
  path: string,
  isThis: (metadata: unknown) => boolean,
  signal: AbortSignal,
  key: string,
): ReturnType<PutIfAbsentStore["check"]> {
  const response = await connection.call(
    (dropbox, request) => dropbox.filesGetMetadata({ path }, request),
    (result) => (typeof member(result, ".tag") === "string" ? result : undefined),
    signal,
    key,
  );
  if ("value" in response) return isThis(response.value) ? "this report" : "something else";
  if (response.refused.tags.includes("not_found")) return "nothing";
  throw explainRefusal(response.refused, path);
}

/** Hashes the report as it is on the disk, so that nothing else is ever sent in its name. */
async function readReport(dataDir: string, report: ReportFile): Promise<LocalFile> {
  const path = join(dataDir, report.path);
  const source = Bun.file(path);
  if (!(await source.exists())) throw new Failure("report_gone", messages.reportGone(report.path));
  const { bytes, sha256, contentHash } = await fingerprint(source.stream());
  if (sha256 !== report.sha256) throw new Failure("report_damaged", messages.reportDamaged(report.path));
  return { path, bytes, contentHash };
}

/**
 * The shared link of a file: the one there is, or a new one.
 * @throws Refused "dropbox_share" when the account may not share it.
 */
async function sharedLink(connection: Connection, path: string, signal: AbortSignal, key: string): Promise<string> {
  const existing = await connection.call(
    (dropbox, options) => dropbox.sharingListSharedLinks({ path, direct_only: true }, options),
    (result) => {
      const links = member(result, "links");
      return Array.isArray(links) ? { url: urlOf(links[0]) } : undefined;
    },
    signal,
    key,
  );
  if ("refused" in existing) throw explainRefusal(existing.refused, path);
  if (existing.value.url !== undefined) return existing.value.url;
  const made = await connection.call(
    (dropbox, options) => dropbox.sharingCreateSharedLinkWithSettings({ path }, options),
    urlOf,
    signal,
    key,
  );
  if ("value" in made) return made.value;
  const { tags, error } = made.refused;
  if (tags.includes("shared_link_already_exists")) {
    // Made by a request whose response was lost; Dropbox may return it with the refusal.
    const url = urlOf(member(member(error, "shared_link_already_exists"), "metadata"));
    if (url !== undefined) return url;
    throw new Failure("dropbox_share", messages.dropboxLinkPending(path), {
      transient: true,
    });
  }
  if (["email_not_verified", "access_denied", "settings_error", "banned_member"].some((tag) => tags.includes(tag)))
    throw new Refused("settings", "dropbox_share", messages.dropboxShare(path, tags.join("/")));
  throw explainRefusal(made.refused, path);
}

function urlOf(link: unknown): string | undefined {
  const url = member(link, "url");
  return typeof url === "string" ? url : undefined;
}
