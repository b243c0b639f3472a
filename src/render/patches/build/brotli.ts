// Why: fontkit brings a decoder of brotli in JavaScript for WOFF2, half a megabyte with its dictionary, which each render
// thread loads and retains; the runtime has one. With it fontkit is twice as large in the binary, and a process that has
// loaded fontkit has 1.19 times the memory (59 to 61 MB, and 49 to 52 without; 7 pairs).
// Pinned by: the text of fontkit 2.0.4, dist/main.cjs. tests/render/woff.test.ts opens a WOFF2 face with it.
import type { BunPlugin } from "bun";
import { replaced } from "./replace.ts";

export function fontkitHasNoBrotli(): BunPlugin {
  return replaced(
    "fontkit-has-no-brotli",
    /[/\\]fontkit[/\\]dist[/\\]main\.cjs$/,
    'require("brotli/decompress.js")',
    () => '(bytes) => require("node:zlib").brotliDecompressSync(bytes)',
  );
}
