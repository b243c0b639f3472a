// Why: pdfkit reads the colour profile of a PDF/A beside itself; in a binary there is nothing beside it, and each PDF/A
// failed with ENOENT (docs/upstream.md). Its 3 kB go into the binary in its place.
// Pinned by: the text of pdfkit 0.19.1, js/pdfkit.js. tests/render/archival.test.ts makes one with the binary.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BunPlugin } from "bun";
import { replaced } from "./replace.ts";

const PROFILE = "data/sRGB_IEC61966_2_1.icc";

export function pdfkitHasItsProfile(): BunPlugin {
  return replaced(
    "pdfkit-has-its-profile",
    /[/\\]pdfkit[/\\]js[/\\]pdfkit(\.es)?\.js$/,
    `fs.readFileSync(\`\${__dirname}/${PROFILE}\`)`,
    (path) => {
      const profile = readFileSync(join(dirname(path), PROFILE));
      if (profile.toString("latin1", 36, 40) !== "acsp") throw new Error(`${PROFILE} of pdfkit is no colour profile`);
      return `Buffer.from("${profile.toString("base64")}", "base64")`;
    },
  );
}
