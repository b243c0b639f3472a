import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const src = join(import.meta.dir, "../../src");
const files = [...new Bun.Glob("**/*.ts").scanSync({ cwd: src })].map(
  (name) => [name, readFileSync(join(src, name), "utf8")] as const,
);

/** What is done in one place, and where else it has a reason to be. */
const PLACES: Readonly<Record<string, { readonly does: RegExp; readonly where: readonly string[] }>> = {
  "a file is synced to the disk": { does: /fsync(Sync)?\(|\.(data)?sync\(\)/i, where: ["host/durable.ts"] },
  "a hash is made": {
    does: /createHash\(|CryptoHasher\(|subtle\.digest\(/,
    where: [
      "host/hash.ts",
      // Of what comes in parts: Dropbox's own of blocks, a body that gives way to others, several PDFs.
      "delivery/dropbox/content-hash.ts",
      "http/body-reader.ts",
      "render/complete.ts",
      // SHA-1 is what Redis knows its scripts by.
      "queue/redis/script.ts",
      // Runs wherever fetch does.
      "client/report.ts",
    ],
  },
  "a request to S3 is signed": { does: /new Aws\w+\(/, where: ["delivery/s3/client.ts"] },
  "texts are compared": { does: /function compareText|a < b \? -1/, where: ["host/compare-text.ts"] },
  "a Retry-After is read": {
    does: /Number\([^)]*retry-?after|function parseRetryAfter/i,
    where: ["outbound/retry-after.ts"],
  },
};

for (const [what, { does, where }] of Object.entries(PLACES))
  test(`${what} in one place`, () => {
    const found = files.filter(([, text]) => does.test(text)).map(([name]) => name);
    expect(found.sort()).toEqual([...where].sort());
  });
