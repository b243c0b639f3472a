import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { run, temporaryFolder } from "./binary.ts";

const SAMPLE = resolve(import.meta.dir, "../../data/sample");

/** The data folder that others are copied from. Written once, by `importManly`. */
let imported: Promise<string> | undefined;

/** Fills the catalogue of a data folder with the sample set, as the binary's own import makes it: that runs once, and is copied. */
export async function importManly(dataDir: string): Promise<void> {
  imported ??= importedOnce(process.env.SHARED_BY_TESTS ?? temporaryFolder()).catch((error: unknown) => {
    // A test that is run once more has another attempt.
    imported = undefined;
    throw error;
  });
  cpSync(await imported, dataDir, { recursive: true });
}

/** Imports the sample set by the binary. */
export async function importSample(dataDir: string): Promise<void> {
  const files = [...new Bun.Glob("*.{csv,ndjson}").scanSync(SAMPLE)].map((name) => join(SAMPLE, name));
  const { code, stderr } = await run(["import", "--data-dir", dataDir, ...files]);
  if (code !== 0) throw new Error(stderr);
}

/** In a folder that the files of a run share (verify.ts) another may have been first, or be so in the meantime. */
async function importedOnce(shared: string): Promise<string> {
  const there = join(shared, "manly");
  if (existsSync(there)) return there;
  mkdirSync(shared, { recursive: true });
  const own = mkdtempSync(join(shared, "importing-"));
  await importSample(own);
  try {
    renameSync(own, there);
  } catch (error) {
    if (!existsSync(there)) throw error;
    rmSync(own, { recursive: true });
  }
  return there;
}

/** A request that the catalogue can serve. */
export function catalogueJob() {
  return { suburb: "Manly", state: "NSW" };
}

/** A request that brings its data, a handful of agents; for the short report, which takes a third of the processor time. */
export function inlineJob(number: number) {
  const agents = Array.from({ length: 5 }, (_, i) => ({
    name: `Agent ${number}.${i}`,
    supplied: { sales_12m: 10 + i, median_price: 2_000_000 + i * 10_000 },
  }));
  return { suburb: "Manly", state: "NSW", edition: "brief", data: { as_of: "2026-06-30", agents } };
}
