/*
 * A folder as a target, on this machine or on a network's file system.
 * A file is complete before it gets its name, and never replaces another.
 * Not here: other targets, and the storage of PDFs until they are delivered (storage/reports).
 */

import { basename, dirname, join, resolve, sep } from "node:path";
import { Failure } from "../../failure.ts";
import { type BreakerClock, CLOCK } from "../../outbound/breaker-clock.ts";
import { createCircuitBreaker } from "../../outbound/circuit-breaker.ts";
import { describeOpen, type OpenCircuit } from "../../outbound/open-circuit.ts";
import type { Job, ReportFile } from "../../queue/job.ts";
import type { Patterns } from "../../report/names.ts";
import { type DeliverySignals, type DeliveryTarget, uncancelled } from "../delivery.ts";
import { messages } from "../messages.ts";
import { deliveryPath } from "../path.ts";
import { findDelivered, type PutIfAbsentStore, putIfAbsent } from "../put-if-absent.ts";
import { deliverThrough, verify } from "../refused.ts";
import { checkFile, checkFolder, explain, openDirectory, openRoot, put, removeParts, testFolder } from "./files.ts";

interface FolderOptions {
  readonly folder: string;
  /** Of each kind of document, below that. */
  readonly folders?: Patterns;
  readonly dateZone?: string | null;
  /** Where the reports' paths begin. */
  readonly dataDir: string;
  /** The umask of delivered files: they are made for others, unlike the data folder. */
  readonly umask?: number;
  /** Called when the circuit opens, and null when it closes. */
  readonly onChange?: (open: OpenCircuit | null) => void;
  readonly clock?: BreakerClock;
}

/** A call that hangs in a network's file system may end after the process that made it. */
const ARRIVES_WITHIN_MS = 5_000;

const USUAL_UMASK = 0o022;
const PRIVATE_UMASK = 0o077;
const WRITABLE_BY_ALL = 0o002;

/** Checking again whether a folder can be written costs nothing. */
const LONGEST_DELAY_MS = 60_000;

/** Delivers into a folder of this machine, or one mounted on it. One that is not writable costs no job its attempts. */
export function createFolderDelivery(options: FolderOptions): DeliveryTarget {
  const { folder, dataDir, umask: given = USUAL_UMASK, clock = CLOCK, onChange } = options;
  const breaker = createCircuitBreaker({
    name: "folder",
    clock,
    failuresToOpen: 1,
    longestDelayMs: LONGEST_DELAY_MS,
    ...(onChange && { onChange }),
  });

  // In the data folder it is ours, and made again. Elsewhere it may be a mount: a folder that has disappeared is waited
  // for,
  // and no report is written where the mount was.
  const isOurs = resolve(folder).startsWith(resolve(dataDir) + sep);
  // Nothing in the data folder belongs to another user, and nothing anywhere is world-writable.
  const umask = isOurs ? PRIVATE_UMASK : given | WRITABLE_BY_ALL;
  /** Written by `root`. */
  let wasThere = false;
  const root = async () => {
    const path = await openRoot(folder, umask, isOurs || !wasThere);
    wasThere = true;
    return path;
  };

  async function write(
    job: Job,
    report: ReportFile,
    path: string,
    signal: AbortSignal,
    inFlight: DeliverySignals["inFlight"],
  ): Promise<string> {
    const directory = await openDirectory(await root(), folder, dirname(path), umask);
    const store: PutIfAbsentStore = {
      check: (name) => checkFile(join(directory, name), report),
      async put(name) {
        inFlight(true);
        // A system call cannot be aborted: wait for its end, whatever that is.
        return put(join(dataDir, report.path), join(directory, name), job, umask).finally(() => inFlight(false));
      },
    };
    const name = await putIfAbsent(job, basename(path), store, signal);
    await removeParts(directory, job);
    return join(directory, name);
  }

  return {
    target: "folder",
    pathFor: (job, document) => deliveryPath(job, document, options),
    breaker,
    arrivesWithinMs: ARRIVES_WITHIN_MS,
    async deliver(job, report, path, signal, { cancel, inFlight } = uncancelled()) {
      await checkReport(dataDir, report);
      const stop = AbortSignal.any([signal, cancel]);
      const work = async () => {
        try {
          return { to: await write(job, report, path, stop, inFlight), url: null };
        } catch (error) {
          throw explain(error, folder, (code, message) => breaker.recordFailure(job.id, code, message));
        }
      };
      return deliverThrough(breaker, job, stop, work, () => testFolder(folder, root));
    },
    async find(job, report, path, signal) {
      const directory = await openDirectory(await root(), folder, dirname(path), umask);
      const name = await findDelivered(job, basename(path), (each) => checkFile(join(directory, each), report), signal);
      await removeParts(directory, job);
      return name === null ? null : { to: join(directory, name), url: null };
    },
    problem: async () => describeOpen(breaker.open()),
    check: () => verify(breaker, () => checkFolder(folder, root), ["outage", "credentials", "settings"]),
  };
}

/** @throws Failure "report_gone" (permanent): a fault of the data folder is not the target's. */
async function checkReport(dataDir: string, report: ReportFile): Promise<void> {
  if (!(await Bun.file(join(dataDir, report.path)).exists()))
    throw new Failure("report_gone", messages.reportGone(report.path));
}
