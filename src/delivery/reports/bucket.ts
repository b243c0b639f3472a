import { createHash } from "node:crypto";
import { readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../failure.ts";
import { type BucketOptions, type BucketRequest, openBucketClient } from "../s3/client.ts";
import { keyBelow } from "../s3/prefix.ts";
import { explainResponse } from "../s3/refusal.ts";
import { draftIn, exists, removeAllOf, removeEmptyFolders } from "./folder.ts";
import { dayOf, type Reports, sharedName } from "./reports.ts";

export interface BucketReportsOptions extends BucketOptions {
  /** Where this host keeps its copies. */
  readonly root: string;
  readonly prefix: string;
}

const TIMEOUT_MS = 2 * 60_000;
/** A copy that nobody needs lately is had from the bucket again. */
const COPY_LASTS_MS = 24 * 3_600_000;

/** The reports of all hosts in a bucket of S3 or another that speaks it; each host keeps copies for a while. */
export function createBucketReports(options: BucketReportsOptions): Reports {
  const { root, bucket, prefix } = options;
  const client = openBucketClient(options);

  /** @throws Failure "reports_unreachable", transient: whatever is wrong with the bucket is no job's fault. */
  async function send(
    method: BucketRequest["method"],
    path: string,
    body?: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    const key = keyBelow(prefix, path);
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const headers = body === undefined ? {} : { "content-type": "application/pdf" };
    const response = await client.send({ method, key, headers, signal, ...(body && { body }) }).catch(() => null);
    const { status = 0, code = "", isWebPage = false } = response ?? {};
    if (status === 404 && code !== "NoSuchBucket" && !isWebPage && method !== "PUT") return null;
    if (response !== null && status >= 200 && status < 300 && !isWebPage) return response.body;
    const why =
      response === null || status === 0 || status >= 500
        ? code || status || "no answer"
        : explainResponse(response, options, key).message;
    throw new Failure("reports_unreachable", `the reports' bucket ${bucket} cannot be reached: ${why}`, {
      transient: true,
      uncounted: true,
    });
  }

  async function download(path: string, sha256: string): Promise<boolean> {
    const content = await send("GET", path);
    if (content === null) return false;
    if (createHash("sha256").update(content).digest("hex") !== sha256)
      throw new Failure("reports_unreachable", `${path} came damaged from the bucket ${bucket}`, { transient: true });
    const [folder = "", day = "", name = ""] = path.split("/");
    const draft = await draftIn(root, join(folder, day), `.${name}-${Bun.randomUUIDv7()}.draft`);
    await writeFile(draft, content, { flag: "wx" });
    await rename(draft, join(root, path));
    return true;
  }

  return {
    root,
    draft: (job) => draftIn(root, dayOf(job), `.${job.id}-${Bun.randomUUIDv7()}.draft`),
    async keep(job, draft, sha256) {
      const path = sharedName(job, sha256);
      await send("PUT", path, await Bun.file(draft).bytes());
      await rename(draft, join(root, path));
      return path;
    },
    fetch: async ({ path, sha256 }) => (await exists(join(root, path))) || download(path, sha256),
    adopt: async (path) => void (await send("PUT", path, await Bun.file(join(root, path)).bytes())),
    async remove(path) {
      const copied = await removeAllOf(root, path);
      // A name without the content's hash is none of the bucket's: that job has no PDF there.
      if (!SHARED_NAME.test(path)) return copied;
      await send("DELETE", path);
      return true;
    },
    // Others may keep theirs there.
    async *old() {},
    async tidy() {
      await removeOldCopies(join(root, "reports"));
      await removeEmptyFolders(join(root, "reports"));
    },
  };
}

const SHARED_NAME = /-[\da-f]{12}\.pdf$/;

async function removeOldCopies(folder: string): Promise<void> {
  for (const day of await readdir(folder).catch(() => [])) {
    for (const name of await readdir(join(folder, day)).catch(() => [])) {
      const path = join(folder, day, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
      if (mtimeMs < Date.now() - COPY_LASTS_MS) await rm(path, { force: true });
    }
  }
}
