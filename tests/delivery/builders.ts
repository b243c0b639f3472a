import { join } from "node:path";
import type { Job, ReportFile } from "../../src/queue/job.ts";

/** A job that is being delivered. */
export function aJob(
  changes: {
    readonly id?: string;
    readonly createdAt?: string;
    readonly state?: string;
    readonly suburb?: string;
    readonly request?: unknown;
  } = {},
): Job {
  return {
    id: changes.id ?? "01980000-0000-7000-8000-00000123abcd",
    client: "local",
    status: "running",
    stage: "delivering",
    priority: 5,
    suburb: changes.suburb ?? "Manly",
    state: changes.state ?? "NSW",
    postcode: null,
    request: JSON.stringify(changes.request ?? {}),
    attempts: 1,
    error: null,
    report: null,
    delivered: null,
    documents: [],
    createdAt: changes.createdAt ?? "2026-07-01T02:00:00.000Z",
    startedAt: null,
    endedAt: null,
    attemptStartedAt: null,
    ranMs: 0,
    warnings: [],
    runAt: null,
    waitsFor: [],
    cancelRequested: false,
    draft: false,
    isolated: false,
  };
}

export async function writeReport(dataDir: string, path: string, content: string | Uint8Array): Promise<ReportFile> {
  await Bun.write(join(dataDir, path), content);
  const sha256 = new Bun.CryptoHasher("sha256").update(content).digest("hex");
  return { path, sha256, bytes: Buffer.byteLength(content), pages: 1 };
}
