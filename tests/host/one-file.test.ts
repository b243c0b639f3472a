import { expect, test } from "bun:test";
import { join } from "node:path";
import { Glob } from "bun";

const SRC = join(import.meta.dir, "../../src");

/** What is in one file, and in which; browsers and the client that is by itself have their own platform's. */
const FILES: Readonly<Record<string, readonly [file: string, seenAs: RegExp]>> = {
  "parsing CSV": ["report/input/csv.ts", /from "csv-parse/],
  hashing: ["host/hash.ts", /\bCryptoHasher\(|\bBun\.hash\(|createHash\b|createHmac\b/],
  "comparing secrets": ["host/hash.ts", /\btimingSafeEqual\b/],
  "syncing to the disk": ["host/files/durable.ts", /\bf(?:data)?sync(?:Sync)?\(|\.(?:data)?sync\(\)/],
  "comparing texts": ["text/text.ts", / < [^?:;]+ \? -1\b|localeCompare|\bCollator\b/],
  "signing for S3": ["delivery/s3/client.ts", /from "aws4fetch"/],
};

test("each of these is written in one file", async () => {
  const files = [...new Glob("**/*.ts").scanSync(SRC)].filter((path) => !path.startsWith("dashboard/client/"));
  const texts = await Promise.all(files.map(async (path) => [path, await Bun.file(join(SRC, path)).text()] as const));
  for (const [what, [file, seenAs]] of Object.entries(FILES))
    expect([what, texts.filter(([, text]) => seenAs.test(text)).map(([path]) => path)]).toEqual([what, [file]]);
  const headers = texts.flatMap(([path, text]) =>
    [...text.matchAll(/^.*get\("retry-after"\).*$/gim)].map(([line]) => [path, line]),
  );
  expect(headers.length).toBeGreaterThan(4);
  expect(headers.filter(([, line = ""]) => !line.includes("parseRetryAfter("))).toEqual([]);
});
