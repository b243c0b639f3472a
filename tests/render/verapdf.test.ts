import { beforeAll, expect, setDefaultTimeout } from "bun:test";
import { dirname, join } from "node:path";
import { PDFDocument, PDFName } from "@cantoo/pdf-lib";
import { joinPdfs } from "../../src/render/joined/complete.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { withPrograms } from "../programs.ts";
import { OPTIONS } from "./data-sets.ts";
import { drawDocument } from "./every-document.ts";

setDefaultTimeout(300_000);

const test = withPrograms("java");
const folder = temporaryFolder();

/** A program that reads PDFs with veraPDF's library, so that its JAR has all of it, and Rhino, which runs its rules. */
const JAR = join(dirname(Bun.resolveSync("@opendataloader/pdf", import.meta.dir)), "../lib/opendataloader-pdf-cli.jar");

interface Validated {
  readonly path: string;
  readonly profile: "PDFUA-1" | "PDFA-2A";
  readonly rules: number;
  readonly faults: readonly string[];
}

/** By the rules of both profiles, in one process: veraPDF takes seconds to begin. */
async function validated(paths: readonly string[]): Promise<readonly Validated[]> {
  // As much compiling as a minute is worth.
  const java = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", JAR];
  const script = join(import.meta.dir, "verapdf.js");
  const text = await Bun.$`${java} org.mozilla.javascript.tools.shell.Main ${script} ${paths}`.quiet().text();
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** The shortest of each kind, and the full report: validating the others would take minutes. */
const DOCUMENTS = ["agents", "brief", "agency, brief", "commission"] as const;
const WHOLE = join(folder, "complete.pdf");
const BROKEN = join(folder, "broken.pdf");

let found: readonly Validated[] = [];

beforeAll(async () => {
  if (Bun.which("java") === null) return;
  const options = { pdfStandard: "PDF/A-2a" } as const;
  const paths = DOCUMENTS.map((name) => join(folder, `${name}.pdf`));
  for (const [index, name] of DOCUMENTS.entries())
    await Bun.write(paths[index] ?? "", (await drawDocument(name, options)).bytes);
  const parts = paths.slice(1).map((path) => ({ path, fixed: false }));
  await Bun.write(WHOLE, (await joinPdfs(parts, { ...OPTIONS, ...options }, () => {})).bytes);
  const broken = await PDFDocument.load(await Bun.file(paths[3] ?? "").bytes(), { updateMetadata: false });
  broken.catalog.delete(PDFName.of("Lang"));
  broken.catalog.delete(PDFName.of("MarkInfo"));
  await Bun.write(BROKEN, await broken.save({ updateFieldAppearances: false, rewrite: true }));
  found = await validated([...paths, WHOLE, BROKEN]);
});

test("veraPDF finds no fault in documents and in the one that has them all, by PDF/UA-1 and PDF/A-2a", () => {
  const correct = found.filter(({ path }) => path !== BROKEN);
  expect(correct).toHaveLength(2 * (DOCUMENTS.length + 1));
  expect(new Map(correct.map(({ profile, rules }) => [profile, rules]))).toEqual(
    new Map([
      ["PDFUA-1", 106],
      ["PDFA-2A", 153],
    ]),
  );
  expect(correct.filter(({ faults }) => faults.length > 0)).toEqual([]);
});

test("veraPDF finds the faults of one that has lost its language and its marks, so that it does check", () => {
  const faults = found.filter(({ path }) => path === BROKEN).map((each) => each.faults.join("\n"));
  expect(faults).toHaveLength(2);
  for (const each of faults) expect(each).toMatch(/marked|MarkInfo/i);
  expect(faults[0]).toMatch(/language/i);
});
