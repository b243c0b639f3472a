import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drawShape } from "./draw.ts";
import { SHAPES } from "./shapes.ts";
import { drawSheets } from "./sheets.ts";

/** `bun run gallery shapes [word]`: a PDF and contact sheets of each shape, or of those whose name has the word, in dist/shapes. */
export async function drawShapes(folder: string, word: string): Promise<void> {
  const inputs = await mkdtemp(join(tmpdir(), "agentlink-shapes-"));
  await mkdir(folder, { recursive: true });
  for (const [index, [name, shape]] of Object.entries(SHAPES).entries()) {
    if (!name.includes(word)) continue;
    const title = `${String(index + 1).padStart(2, "0")} ${name}`;
    const base = join(folder, title.replace(/[^a-z0-9]+/gi, "-"));
    const [pdf = ""] = await drawShape(shape, join(inputs, String(index)));
    await Bun.write(`${base}.pdf`, Bun.file(pdf));
    await drawSheets(title, pdf, `${base}-sheet`);
    console.log(title);
  }
  await rm(inputs, { recursive: true });
}
