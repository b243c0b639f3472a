import { readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type BucketOptions, type BucketRequest, openBucketClient } from "../../delivery/s3/client.ts";
import { keyBelow } from "../../delivery/s3/prefix.ts";
import { explainResponse } from "../../delivery/s3/refusal.ts";
import { Failure } from "../../failure.ts";
import { sha256 } from "../../host/hash.ts";
import { messages } from "../messages.ts";
import { draftIn, exists, removeAllOf, removeEmptyFolders } from "./folder.ts";
import { dayOf, type Reports, sharedName } from "./reports.ts";

export interface BucketReportsOptions extends BucketOptions {
  /** Where this host caches its copies. */
  readonly root: string;
  readonly prefix: string;
}

const TIMEOUT_MS = 2 * 60_000;
/** A copy that was not used recently is fetched from the bucket again. */
const COPY_LASTS_MS = 24 * 3_600_000;

/** The reports of all hosts in a bucket of S3 or another that speaks it; each host caches copies for a while. */
export function createBucketReports(options: BucketReportsOptions): Reports {
  const { root, bucket, prefix } = options;
  const client = openBucketClient(options);

  /** @throws Failure "reports_unreachable", transient: whatever is wrong with the bucket is no job's fault. */
  async function send(
    method: BucketRequest["method"],
    key: string,
    { body, query }: Pick<BucketRequest, "body" | "query"> = {},
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const headers = body === undefined ? {} : { "content-type": "application/pdf" };
    const response = await client
      .send({ method, key, headers, signal, ...(body && { body }), ...(query && { query }) })
      .catch(() => null);
    const { status = 0, code = "", isWebPage = false } = response ?? {};
    if (status === 404 && code !== "NoSuchBucket" && !isWebPage && method !== "PUT") return null;
    if (response !== null && status >= 200 && status < 300 && !isWebPage) return response.body;
    if (query !== undefined && MAY_NOT_LIST.includes(status)) return null;
    const why =
      response === null || status === 0 || status >= 500
        ? code || status || "no response"
        : explainResponse(response, options, key).message;
    throw new Failure("reports_unreachable", messages.bucketUnreachable(bucket, why), {
      transient: true,
      uncounted: true,
    });
  }

  /** What the bucket has of a job: also what was put by an attempt that died, or was cancelled, before its checkpoint. */
  async function keysOf(path: string): Promise<readonly string[]> {
    const [, job = "", hash] = NAME.exec(path) ?? [];
    const query = { "list-type": "2", prefix: keyBelow(prefix, `${job}-`) };
    const listing = job === "" ? null : await send("GET", "", { query });
    // Without permission to list it removes what the job is known to have.
    if (listing === null) return hash === undefined ? [] : [keyBelow(prefix, path)];
    const folder = dirname(path);
    const names = [
      ...Buffer.from(listing)
        .toString()
        .matchAll(/\/([^</]+)<\/Key>/g),
    ].map(([, name = ""]) => name);
    return names
      .map((name) => `${folder}/${name}`)
      .filter((each) => NAME.exec(each)?.[1] === job)
      .map((each) => keyBelow(prefix, each));
  }

  async function download(path: string, hash: string): Promise<boolean> {
    const content = await send("GET", keyBelow(prefix, path));
    if (content === null) return false;
    if (sha256(content) !== hash)
      throw new Failure("reports_unreachable", messages.pdfDamaged(path, bucket), { transient: true });
    const [folder = "", day = "", name = ""] = path.split("/");
    const draft = await draftIn(root, join(folder, day), `.${name}-${Bun.randomUUIDv7()}.draft`);
    await writeFile(draft, content, { flag: "wx" });
    await rename(draft, join(root, path));
    return true;
  }

  return {
    root,
    draft: (job) => draftIn(root, dayOf(job), `.${job.id}-${Bun.randomUUIDv7()}.draft`),
    async store(job, draft, sha256) {
      const path = sharedName(job, sha256);
      await send("PUT", keyBelow(prefix, path), { body: await Bun.file(draft).bytes() });
      await rename(draft, join(root, path));
      return path;
    },
    fetch: async ({ path, sha256 }) => (await exists(join(root, path))) || download(path, sha256),
    adopt: async (path) =>
      void (await send("PUT", keyBelow(prefix, path), { body: await Bun.file(join(root, path)).bytes() })),
    async remove(path) {
      const copied = await removeAllOf(root, path);
      const keys = await keysOf(path);
      for (const key of keys) await send("DELETE", key);
      return copied || keys.length > 0;
    },
    // Others may store theirs there.
    async *old() {},
    async tidy() {
      await removeOldCopies(join(root, "reports"));
      await removeEmptyFolders(join(root, "reports"));
    },
  };
}

/** A job's PDF: its folder and id, and of one that several hosts can see the beginning of its content's hash. */
const NAME = /^(reports\/[\d-]{10}\/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})(-[\da-f]{12})?\.pdf$/;
/** The response to keys without the right to list, and of services that cannot. */
const MAY_NOT_LIST = [403, 405, 501];

async function removeOldCopies(folder: string): Promise<void> {
  for (const day of await readdir(folder).catch(() => [])) {
    for (const name of await readdir(join(folder, day)).catch(() => [])) {
      const path = join(folder, day, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
      if (mtimeMs < Date.now() - COPY_LASTS_MS) await rm(path, { force: true });
    }
  }
}
