import { join } from "node:path";
import { Failure } from "../../failure.ts";
import type { ReportFile } from "../../queue/job.ts";
import type { Delivery } from "../delivery.ts";
import { CLOCK, type Clock, createGate } from "../gate.ts";
import { type Place, putOnce } from "../once.ts";
import { type Connection, openConnection } from "./connection.ts";
import { fingerprint } from "./content-hash.ts";
import type { DropboxKeys, Fetch } from "./credentials.ts";
import { sharedLink } from "./link.ts";
import { dropboxPath, rootFolder } from "./path.ts";
import { explainRefusal, member } from "./refusal.ts";
import { type LocalFile, UPLOAD_LIMITS, type UploadLimits, upload } from "./upload.ts";

const REQUEST_TIMEOUT_MS = 2 * 60_000;

export interface DropboxOptions {
  readonly keys: DropboxKeys;
  /** Reports go below this folder; "" is the root. */
  readonly folder: string;
  /** null for the account's own space, "team" for the team's, or a namespace id. */
  readonly pathRoot: string | null;
  /** Whether the result has a shared link. */
  readonly share: boolean;
  /** Where the reports' paths begin. */
  readonly dataDir: string;
  /** Told when the credentials are refused, and null when they are good again. */
  readonly onTrouble?: (trouble: string | null) => void;
  readonly limits?: UploadLimits;
  readonly requestTimeoutMs?: number;
  readonly fetch?: Fetch;
  readonly clock?: Clock;
}

/** Delivers into a Dropbox: one account, whose limits and credentials all uploads share. */
export function createDropboxDelivery(options: DropboxOptions): Delivery {
  const { keys, pathRoot, share, dataDir, limits = UPLOAD_LIMITS, clock = CLOCK } = options;
  const root = rootFolder(options.folder);
  const gate = createGate({ clock, ...(options.onTrouble && { onTrouble: options.onTrouble }) });
  const connection = openConnection({
    keys,
    pathRoot,
    gate,
    clock,
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    timeoutMs: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
  });

  return {
    target: "dropbox",
    pathFor: (job) => dropboxPath(root, job),
    shut: gate.shut,

    async deliver(job, report, path, signal) {
      gate.enter();
      const file = await readReport(dataDir, report);
      const to = await putOnce(job, path, placeInDropbox(connection, file, limits, signal), signal);
      const url = share ? await sharedLink(connection, to, signal) : null;
      gate.worked();
      return { to, url };
    },

    /** Looks whether a refused refresh token is good again; what else was refused only a delivery can tell. */
    async trouble() {
      if (gate.trouble() !== null && gate.shut() === null && connection.refreshRefused()) {
        gate.enter();
        await connection.renew().then(gate.worked, () => {});
      }
      return gate.trouble();
    },
  };
}

function placeInDropbox(connection: Connection, file: LocalFile, limits: UploadLimits, signal: AbortSignal): Place {
  return {
    async look(path) {
      const answer = await connection.call(
        (dropbox, request) => dropbox.filesGetMetadata({ path }, request),
        (result) => (typeof member(result, ".tag") === "string" ? result : undefined),
        signal,
      );
      if ("value" in answer)
        return member(answer.value, "content_hash") === file.contentHash ? "this report" : "something else";
      if (answer.refused.tags.includes("not_found")) return "nothing";
      throw explainRefusal(answer.refused, path);
    },
    put: (path) => upload(connection, file, path, limits, signal),
  };
}

/** Hashes the report as it is on the disk, so that nothing else is ever sent in its name. */
async function readReport(dataDir: string, report: ReportFile): Promise<LocalFile> {
  const path = join(dataDir, report.path);
  const source = Bun.file(path);
  if (!(await source.exists()))
    throw new Failure("report_gone", `the report ${report.path} is gone from the data folder: post the job again`);
  const { bytes, sha256, contentHash } = await fingerprint(source.stream());
  if (sha256 !== report.sha256)
    throw new Failure("report_damaged", `the report ${report.path} is not as it was rendered: post the job again`);
  return { path, bytes, contentHash };
}
