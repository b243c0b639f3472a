import { expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { renderPdf } from "../../src/render/document.ts";
import { createIsolatedRenderer } from "../../src/render/threads/isolated.ts";
import { buildReport } from "../../src/report/report.ts";
import { binaryPath } from "../e2e/binary.ts";
import { withPrograms } from "../programs.ts";
import { dataSet, OPTIONS } from "./data-sets.ts";

/** Names whose letters share glyphs: accented and plain, ligatures and their letters, characters that look alike. */
const NAMES = {
  accented: ["Élodie Özdemir", "Žofia Ķirsis", "Àine Fįscher", "Iñigo O\u0308rn"],
  plain: ["Emma Oliver", "Zoe King", "Adam Fischer", "Inigo Orn"],
  ligatures: ["Jeﬀ Griﬃn", "Soﬁa Aﬄeck", "Steﬀi Reﬂex"],
  letters: ["Jeff Griffin", "Sofia Affleck", "Steffi Reflex"],
  marks: ["Anne‐Marie O’Neill", "Tau\u02bbolo Ka\u02bcai", "Zoë–Lee D\u2032Arcy"],
  ascii: ["Anne-Marie O'Neill", "Tau'olo Ka'ai", "Zoe-Lee D'Arcy"],
  // Both in one document.
  mixed: ["Jeﬀ Griffin", "Jeff Griﬃn", "Anne‐Marie Anne-Marie", "Ka\u02bcai Ka’ai Ka'ai", "Žoe Zoe Z\u030coe"],
  // Of these a glyph has another text in each word.
  scripts: ["محمد", "דניאל", "สมชาย น้ำฝน", "प्रिया किशोर", "ශ්‍රී පෙරේරා"],
  ideographs: ["陳大文 Chan", "김민수", "Ελένη Παππά", "Мария Ωmega"],
} as const;

function letterData(kind: keyof typeof NAMES) {
  const names = NAMES[kind];
  return dataSet({ agents: names.length, agencies: 2, sales: 12, agentName: (index) => names[index] ?? "" });
}

/** What a thread makes of a report that is the only one of its life: the binary's, which is up in a tenth of the time. */
async function single(kind: keyof typeof NAMES): Promise<string> {
  const output = join(mkdtempSync(join(tmpdir(), "agentlink-letters-")), "report.pdf");
  const data = new TextEncoder().encode(JSON.stringify(letterData(kind)));
  const renderer = createIsolatedRenderer({ command: [binaryPath(), "render-isolated"] });
  await renderer.render({ dataSet: data, options: OPTIONS, output }, {});
  return output;
}

const KINDS = Object.keys(NAMES) as (keyof typeof NAMES)[];
const paths = Promise.all(KINDS.map(async (kind) => [kind, await single(kind)] as const));

test("a report has the bytes that it has alone, whatever reports its thread has made before", async () => {
  const wanted = new Map<string, string>();
  for (const [kind, path] of await paths) wanted.set(kind, hash(await Bun.file(path).bytes()));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...KINDS), { minLength: 2, maxLength: 3 }), async (sequence) => {
      for (const kind of sequence) {
        const { bytes } = await renderPdf(buildReport(letterData(kind), OPTIONS));
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
