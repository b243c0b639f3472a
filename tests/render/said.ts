import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAccessibly } from "./pdf-ua.ts";
import { readingOf } from "./reading.ts";

const folder = mkdtempSync(join(tmpdir(), "agentlink-said-"));

/** The text of a PDF, by its structure, in one line: no page number, running head or decoration. */
export async function messageOf(bytes: Uint8Array): Promise<string> {
  const path = join(folder, `${Bun.randomUUIDv7()}.pdf`);
  await Bun.write(path, bytes);
  const { read } = readingOf(await readAccessibly(path));
  return read.join(" ").replace(/\s+/g, " ").trim();
}
