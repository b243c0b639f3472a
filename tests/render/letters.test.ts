import { expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { renderPdf } from "../../src/render/document.ts";
import { withPrograms } from "../programs.ts";
import { letterReport, NAMES } from "./letters.ts";

/** What a thread makes of a report that is the only one of its life. */
async function single(kind: keyof typeof NAMES): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), "agentlink-letters-")), "report.pdf");
  await Bun.$`${process.execPath} ${join(import.meta.dir, "letters.ts")} ${kind} ${path}`.quiet();
  return path;
}

const KINDS = Object.keys(NAMES) as (keyof typeof NAMES)[];
const paths = Promise.all(KINDS.map(async (kind) => [kind, await single(kind)] as const));

test("a report has the bytes that it has alone, whatever reports its thread has made before", async () => {
  const wanted = new Map<string, string>();
  for (const [kind, path] of await paths) wanted.set(kind, hash(await Bun.file(path).bytes()));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...KINDS), { minLength: 2, maxLength: 3 }), async (sequence) => {
      for (const kind of sequence) {
        const { bytes } = await renderPdf(letterReport(kind));
        expect({ sequence, kind, sha256: hash(bytes) }).toEqual({ sequence, kind, sha256: wanted.get(kind) ?? "" });
      }
    }),
    { numRuns: 6 },
  );
}, 240_000);

withPrograms("pdftotext")(
  "the text of a PDF is the text that was set, also where one glyph stands for several characters",
  async () => {
    for (const [kind, path] of await paths) {
      const text = (await Bun.$`pdftotext -raw ${path} -`.text()).replaceAll(/\s/g, "");
      for (const name of NAMES[kind])
        expect({ name, found: text.includes(name.normalize("NFC").replaceAll(/\s/g, "")) }).toEqual({
          name,
          found: true,
        });
    }
  },
  240_000,
);

const hash = (bytes: Uint8Array) => new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
