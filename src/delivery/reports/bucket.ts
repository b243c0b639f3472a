import { createHash } from "node:crypto";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../failure.ts";
import { draftIn, exists, removeEmptyFolders } from "./folder.ts";
import { dayOf, type Reports, sharedName } from "./reports.ts";

export interface BucketReportsOptions {
  /** Where this host keeps its copies. */
  readonly root: string;
  readonly bucket: string;
  /** null: AWS itself, in the region. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly prefix: string;
}

/** A copy that nobody needs lately is had from the bucket again. */
const COPY_LASTS_MS = 24 * 3_600_000;

/** The reports of all hosts in a bucket of S3 or another that speaks it; each host keeps copies for a while. */
export function createBucketReports(options: BucketReportsOptions): Reports {
  const { root, bucket, endpoint, region, accessKeyId, secretAccessKey, prefix } = options;
  const client = new Bun.S3Client({
    bucket,
    region,
    accessKeyId,
    secretAccessKey,
    ...(endpoint === null ? {} : { endpoint }),
  });
  const keyOf = (path: string) => [...prefix.split("/").filter((name) => name !== ""), path].join("/");

  async function reach<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // The error's own text may hold a signed address.
      const code = (error as { readonly code?: string } | null)?.code ?? "no answer";
      throw new Failure("reports_unreachable", `the reports' bucket ${bucket} cannot be reached (${code})`, {
        transient: true,
        uncounted: true,
      });
    }
  }

  async function download(path: string, sha256: string): Promise<boolean> {
    const file = client.file(keyOf(path));
    const content = await reach(() => file.bytes().catch((error) => (isMissing(error) ? null : Promise.reject(error))));
    if (content === null) return false;
    if (createHash("sha256").update(content).digest("hex") !== sha256)
      throw new Failure("reports_unreachable", `${path} came damaged from the bucket ${bucket}`, { transient: true });
    const [folder = "", day = "", name = ""] = path.split("/");
    const draft = await draftIn(root, join(folder, day), `.${name}-${Bun.randomUUIDv7()}.draft`);
    await Bun.write(draft, content);
    await rename(draft, join(root, path));
    return true;
  }

  return {
    root,
    draft: (job) => draftIn(root, dayOf(job), `.${job.id}-${Bun.randomUUIDv7()}.draft`),
    async keep(job, draft, sha256) {
      const path = sharedName(job, sha256);
      await reach(() => client.write(keyOf(path), Bun.file(draft), { type: "application/pdf" }));
      await rename(draft, join(root, path));
      return path;
    },
    fetch: async ({ path, sha256 }) => (await exists(join(root, path))) || download(path, sha256),
    adopt: async (path) => void (await reach(() => client.write(keyOf(path), Bun.file(join(root, path))))),
    async remove(path) {
      await reach(() => client.delete(keyOf(path)));
      await rm(join(root, path), { force: true });
    },
    async tidy() {
      await removeOldCopies(join(root, "reports"));
      await removeEmptyFolders(join(root, "reports"));
    },
  };
}

function isMissing(error: unknown): boolean {
  const code = (error as { readonly code?: string } | null)?.code;
  return code === "NoSuchKey" || code === "ENOENT";
}

async function removeOldCopies(folder: string): Promise<void> {
  for (const day of await readdir(folder).catch(() => [])) {
    for (const name of await readdir(join(folder, day)).catch(() => [])) {
      const path = join(folder, day, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
      if (mtimeMs < Date.now() - COPY_LASTS_MS) await rm(path, { force: true });
    }
  }
}
