import { join } from "node:path";
import type { BunPlugin } from "bun";
import { fontkitHasNoBrotli } from "./brotli.ts";
import { pdfkitHasItsProfile } from "./colour-profile.ts";
import { unusedIsLeftOut } from "./left-out.ts";
import { piscinaFindsItsWorker } from "./piscina.ts";

const ROOT = join(import.meta.dir, "../../../..");
const FACE = "node_modules/@fontsource/newsreader/files/newsreader-latin-400-normal.woff2";
const TRUE_TYPE = "node_modules/@expo-google-fonts/newsreader/400Regular/Newsreader_400Regular.ttf";
/** A bundle has this in place of its packages' folders: the folder of its build does not exist where it runs. */
const GONE = "/build/machine";
/** The dictionary of the decoder is 120 kB, most of it one text. */
const DECODER_BYTES = 100_000;

/** A patch that saves size saves a tenth of what its packages take. */
const MOST_LEFT = 0.9;

/** What a program printed in which a package was bundled, and how large it was. */
interface Ran {
  readonly printed: string;
  readonly bytes: number;
}

interface BundledCheck {
  readonly plugin: BunPlugin;
  /** A program that sets a line, and prints the result. */
  readonly program: string;
  /** Returns what is wrong, if anything is. */
  readonly compare: (patched: Ran, plain: Ran) => string | false;
}

const MENDED = "the package does so by itself by now: take the patch out";

const CHECKS: Readonly<Record<string, BundledCheck>> = {
  brotli: {
    plugin: fontkitHasNoBrotli(),
    program: `const { openSync } = require("fontkit");
console.log(openSync(${JSON.stringify(FACE)}).layout("Manly").glyphs.map((glyph) => glyph.path.toSVG()).join());`,
    compare: (patched, plain) =>
      (!patched.printed.startsWith("M") && `a packed face has no outlines: ${patched.printed}`) ||
      (patched.printed !== plain.printed && "the letters of a packed face are others") ||
      (plain.bytes - patched.bytes < DECODER_BYTES && MENDED),
  },
  "colour-profile": {
    plugin: pdfkitHasItsProfile(),
    program: `import PDFDocument from "pdfkit";
const document = new PDFDocument({ subset: "PDF/A-2b", pdfVersion: "1.7", compress: false, font: ${JSON.stringify(TRUE_TYPE)} });
document.text("Manly").end();
console.log(Buffer.concat(await Array.fromAsync(document)).includes("acsp") ? "has a profile" : "has none");`,
    compare: (patched, plain) =>
      (patched.printed !== "has a profile" && `a PDF/A has no colour profile: ${patched.printed}`) ||
      (plain.printed === "has a profile" && MENDED),
  },
  "left-out": {
    plugin: unusedIsLeftOut(),
    program: `import { PDFDocument } from "@cantoo/pdf-lib";
import { createTransport } from "nodemailer";
import Drawn from "pdfkit";
import { Counter, Registry } from "prom-client";
const part = await PDFDocument.create();
part.addPage();
const whole = await PDFDocument.create();
for (const page of await whole.copyPages(await PDFDocument.load(await part.save()), [0])) whole.addPage(page);
const registry = new Registry();
new Counter({ name: "sent_total", help: "Sent", registers: [registry] }).inc();
const transport = createTransport({ streamTransport: true, buffer: true });
const { message } = await transport.sendMail({ from: "a@example.com", to: "b@example.com", subject: "S", text: "Manly" });
const drawn = new Drawn({ font: ${JSON.stringify(TRUE_TYPE)} });
drawn.text("Manly").end();
const file = Buffer.concat(await Array.fromAsync(drawn)).toString("latin1");
const made = [(await registry.metrics()).includes("sent_total 1"), message.includes("Manly"), file.includes("%%EOF")];
console.log(whole.getPageCount(), made.every(Boolean));`,
    compare: (patched, plain) =>
      (patched.printed !== "1 true" && `what is left out is missed: ${patched.printed}`) ||
      (plain.printed !== patched.printed && "the packages do something else without what is left out") ||
      (patched.bytes > MOST_LEFT * plain.bytes && "what is left out is less than a tenth of its packages"),
  },
  piscina: {
    plugin: piscinaFindsItsWorker(join(ROOT, "node_modules/piscina/dist/worker.js")),
    program: `import { Piscina } from "piscina";
const pool = new Piscina({ filename: "data:text/javascript,export default () => 'ran'", minThreads: 0, maxThreads: 1 });
const failed = new Promise((_, reject) => pool.on("error", reject));
console.log(await Promise.race([pool.run(), failed]));
process.exit(0);`,
    compare: (patched, plain) =>
      (patched.printed !== "ran" && `no thread starts: ${patched.printed}`) || (plain.printed === "ran" && MENDED),
  },
};

/** Bundles what the build patches, with each patch and without, and runs both. Returns what is wrong. */
export async function bundledProblems(): Promise<readonly string[]> {
  const found = await Promise.all(
    Object.entries(CHECKS).map(async ([name, { plugin, program, compare }]) => {
      const [patched, plain] = await Promise.all([ran(program, [plugin]), ran(program, [])]);
      const difference = compare(patched, plain);
      return difference === false ? [] : [`src/render/patches/build: ${name}: ${difference}`];
    }),
  );
  return found.flat();
}

async function ran(program: string, plugins: BunPlugin[]): Promise<Ran> {
  const { outputs, success, logs } = await Bun.build({
    entrypoints: ["./program.ts"],
    files: { "./program.ts": program },
    root: ROOT,
    target: "bun",
    external: ["@napi-rs/nice"],
    define: { __dirname: JSON.stringify(GONE) },
    plugins,
  });
  const [bundle] = outputs;
  if (!success || bundle === undefined) throw new AggregateError(logs, "what the build patches cannot be bundled");
  const run = Bun.spawn([process.execPath, "run", "-"], { cwd: ROOT, stdin: bundle, stdout: "pipe", stderr: "pipe" });
  const [printed, problem] = await Promise.all([new Response(run.stdout).text(), new Response(run.stderr).text()]);
  const error = /^\w*[Ee]rror: .*$/m.exec(problem)?.[0] ?? problem.trim();
  return { printed: printed.trim() || error, bytes: bundle.size };
}
