import { join, resolve } from "node:path";
import { run } from "./binary.ts";

const SAMPLE = resolve(import.meta.dir, "../../data/sample");

/** Fills the catalogue of a data folder with the sample set, by the binary's own import. */
export async function importManly(dataDir: string): Promise<void> {
  const files = [...new Bun.Glob("*.{csv,ndjson}").scanSync(SAMPLE)].map((name) => join(SAMPLE, name));
  const { code, stderr } = await run(["import", "--data-dir", dataDir, ...files]);
  if (code !== 0) throw new Error(stderr);
}

/** A request that the catalogue can serve. */
export function catalogueJob() {
  return { suburb: "Manly", state: "NSW" };
}

/** A request that brings its data: a handful of agents. */
export function inlineJob(number: number) {
  const agents = Array.from({ length: 5 }, (_, i) => ({
    name: `Agent ${number}.${i}`,
    supplied: { sales_12m: 10 + i, median_price: 2_000_000 + i * 10_000 },
  }));
  return { suburb: "Manly", state: "NSW", data: { as_of: "2026-06-30", agents } };
}
