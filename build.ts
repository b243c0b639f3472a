import { existsSync, realpathSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { join, parse, relative } from "node:path";
import type { BunPlugin } from "bun";
import { version } from "./package.json";
import { collectLicences } from "./src/cli/licences/collect.ts";
import { type Bundle, bundleDashboard } from "./src/dashboard/bundle.ts";
import { packBlocks } from "./src/host/files/packed-blocks.ts";
import { MIGRATION_COUNT, migrationTexts } from "./src/queue/sqlite/migration-files.ts";
import { newestSchema } from "./src/queue/sqlite/newest-schema.ts";
import { offsetOf } from "./src/render/fonts/font-file.ts";
import { withoutUnreadTables } from "./src/render/fonts/font-tables.ts";
import { FONT_FILES, FONTS } from "./src/render/fonts/fonts.ts";
import { fontkitHasNoBrotli } from "./src/render/patches/build/brotli.ts";
import { pdfkitHasItsProfile } from "./src/render/patches/build/colour-profile.ts";
import { unusedIsLeftOut } from "./src/render/patches/build/left-out.ts";
import { piscinaFindsItsWorker } from "./src/render/patches/build/piscina.ts";
import { compactGazetteer } from "./src/report/gazetteer/compact.ts";

/** Every file of a compiled binary lives below this, whatever machine it was built on. */
const EMBEDDED_ROOT = "/$bunfs/root";
const PISCINA_WORKER = "node_modules/piscina/dist/worker.js";
const RENDER_WORKER = "src/render/threads/worker.ts";
const PARSING_WORKER = "src/parsing/worker.ts";
const IMPORT_WORKER = "src/import/worker.ts";
/**
 * How many times as often as usual a function is run before it is compiled: compiling what a start runs a few times took a
 * quarter of its processor time, and of a post a third, for the first hundreds. src/command-line.ts sets that back for commands.
 */
const COMPILED_LATER = 10;
/** Enough for some tables' checksums: no two fonts have the same. */
const FONT_HEAD_BYTES = 256;
/** Faces that are read nearly whole, by each thread. */
const IN_EVERY_REPORT = new Set([FONTS.Sans, FONTS.Serif].flatMap(({ normal, bold }) => [normal, bold]));

export interface BuildOptions {
  /** The main module, below the project's folder. */
  readonly entry: string;
  /** Where the binary goes. */
  readonly output: string;
  /** Such as "bun-linux-arm64"; the machine of the build when left out. */
  readonly target?: string | undefined;
}

/**
 * Compiles the product into one file that needs nothing beside it: its worker threads and every asset are inside.
 * Answers the file's path, which is `output`, with the ending that Windows wants.
 * @throws when a package no longer has the text that is replaced here, or lies elsewhere: the binary would build, and
 * fail where it runs.
 */
export async function build({ entry, output, target }: BuildOptions): Promise<string> {
  const root = import.meta.dir;
  requireOwnPackages(root);
  const patches = checkPatches(root);
  await mkdir(join(output, ".."), { recursive: true });
  const dashboard = await bundleDashboard();
  const fonts = await embeddedFonts();
  const heads = headsOf(fonts);
  await patches;
  const result = await Bun.build({
    entrypoints: [entry, PISCINA_WORKER, RENDER_WORKER, PARSING_WORKER, IMPORT_WORKER].map((path) => join(root, path)),
    root,
    target: "bun",
    // Compiled ahead, the binary is up in less than half the time.
    bytecode: true,
    // What the main program and its threads share is in the binary once, and what is imported late is loaded late.
    format: "esm",
    splitting: true,
    minify: { syntax: true, whitespace: true },
    // Piscina loads this native module to lower a thread's priority; src/host/scheduling/priority.ts does that without one.
    external: ["@napi-rs/nice"],
    compile: {
      outfile: output,
      jitPolicy: COMPILED_LATER,
      // What lies in the folder it is started in is not its own: a bunfig.toml there could run any code in it.
      autoloadBunfig: false,
      autoloadDotenv: false,
      ...(target ? { target: target as Bun.Build.CompileTarget } : {}),
    },
    define: {
      AGENTLINK_RENDER_WORKER: JSON.stringify(embedded(RENDER_WORKER)),
      AGENTLINK_COMMIT: JSON.stringify(await buildCommit()),
      AGENTLINK_FONT_HEADS: JSON.stringify(heads),
      AGENTLINK_IMPORT_WORKER: JSON.stringify(embedded(IMPORT_WORKER)),
      AGENTLINK_PARSING_WORKER: JSON.stringify(embedded(PARSING_WORKER)),
      // Of packages: else the path of this tree would be in the binary, and another tree's had other bytes.
      __dirname: JSON.stringify(EMBEDDED_ROOT),
      __filename: JSON.stringify(`${EMBEDDED_ROOT}/package.js`),
    },
    plugins: [
      piscinaFindsItsWorker(embedded(PISCINA_WORKER)),
      pdfkitHasItsProfile(),
      fontkitHasNoBrotli(),
      unusedIsLeftOut(),
      fontsAreEmbedded(fonts),
      filesArePacked(),
      textsArePacked(textModules(dashboard)),
    ],
  });
  if (!result.success) throw new AggregateError(result.logs, "the build failed");
  const binary = result.outputs[0]?.path ?? output;
  for (const [name, head] of Object.entries(heads))
    if (offsetOf(Buffer.from(head, "base64"), binary) === null)
      throw new Error(`${name} is not in ${binary} as it is: the binary could not read its fonts`);
  if (!target?.includes("windows")) await chmod(binary, 0o755);
  return binary;
}

/** Through a link a worker thread's file would get another name in the binary than the one that it is started by. */
function requireOwnPackages(root: string): void {
  const worker = join(realpathSync(root), PISCINA_WORKER);
  const real = realpathSync(worker);
  if (real === worker) return;
  throw new Error(
    `node_modules is a link, or has links (to ${real}): a binary built so cannot render. Run bun install here, in a folder of its own`,
  );
}

/**
 * The commit of the tree, "+changes" after it where a file of git's differs; BUILD_COMMIT where there is no git (as in a
 * container's build), else nothing.
 */
export async function buildCommit(): Promise<string> {
  const git = (...args: string[]) =>
    Bun.$`git ${args}`
      .cwd(import.meta.dir)
      .quiet()
      .nothrow()
      .text();
  // A folder above may be somebody else's repository.
  if (!existsSync(join(import.meta.dir, ".git"))) return process.env.BUILD_COMMIT ?? "";
  const commit = (await git("rev-parse", "--short=12", "HEAD")).trim();
  const changed = (await git("status", "--porcelain", "--untracked-files=no")).trim() !== "";
  return commit === "" ? (process.env.BUILD_COMMIT ?? "") : `${commit}${changed ? "+changes" : ""}`;
}

/** Their files as the binary has them, by their paths: one for a script's names is in blocks. */
async function embeddedFonts(): Promise<ReadonlyMap<string, Uint8Array>> {
  const fonts = [...FONT_FILES].map(async (path) => {
    const bytes = withoutUnreadTables(await Bun.file(path).bytes());
    return [path, IN_EVERY_REPORT.has(path) ? bytes : await packBlocks(bytes)] as const;
  });
  return new Map(await Promise.all(fonts));
}

/** By these the binary finds its fonts within itself. */
function headsOf(fonts: ReadonlyMap<string, Uint8Array>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...fonts].map(([path, bytes]) => [
      parse(path).name,
      Buffer.from(bytes.subarray(0, FONT_HEAD_BYTES)).toString("base64"),
    ]),
  );
}

function fontsAreEmbedded(fonts: ReadonlyMap<string, Uint8Array>): BunPlugin {
  return {
    name: "fonts-are-embedded",
    setup(builder) {
      builder.onLoad({ filter: /\.ttf$/ }, ({ path }) => {
        const contents = fonts.get(path);
        if (contents === undefined) throw new Error(`${path} is none of the report's fonts`);
        return { contents, loader: "file" };
      });
    },
  };
}

/** In a process of its own: patches are for a whole process. @throws when one of them does not do what it is for. */
async function checkPatches(root: string): Promise<void> {
  const check = Bun.spawn([process.execPath, join(root, "src/render/patches/build/check.ts")], {
    cwd: root,
    stdout: "ignore",
    stderr: "pipe",
  });
  const problems = await new Response(check.stderr).text();
  if ((await check.exited) !== 0) throw new Error(problems.trim() || "the patches could not be checked");
}

/**
 * What is read whole and seldom is packed: what decodes pictures has 15 MB, and a third of that so. src/host/files/packed.ts
 * unpacks it when it is needed.
 */
function filesArePacked(): BunPlugin {
  return {
    name: "files-are-packed",
    setup(builder) {
      builder.onLoad(
        { filter: /\.wasm$|[/\\]swagger-ui-dist[/\\][\w-]+\.(js|css)$|[/\\]data[/\\]sample[/\\]\w+\.(csv|ndjson)$/ },
        async ({ path }) => ({ contents: await packed(await Bun.file(path).bytes()), loader: "file" }),
      );
    },
  };
}

/** A module whose function the binary has as what it returns, packed, once for all its programs. */
interface TextModule {
  readonly file: RegExp;
  /** What the module exports; `text()` is the text. */
  readonly exports: string;
  readonly text: () => string;
}

/** The dashboard is bundled before: a build within a build would wait for the other one for ever. */
const textModules = (dashboard: Bundle): Readonly<Record<string, TextModule>> => ({
  gazetteer: {
    file: /[/\\]src[/\\]report[/\\]gazetteer[/\\]text\.ts$/,
    exports: "export const gazetteerText = text;",
    text: compactGazetteer,
  },
  schema: {
    file: /[/\\]src[/\\]queue[/\\]sqlite[/\\]newest-schema\.ts$/,
    exports: "export const newestSchema = () => JSON.parse(text());",
    text: () => JSON.stringify(newestSchema()),
  },
  migrations: {
    file: /[/\\]src[/\\]queue[/\\]sqlite[/\\]migration-files\.ts$/,
    exports: `export const MIGRATION_COUNT = ${MIGRATION_COUNT};
export const migrationTexts = () => JSON.parse(text());`,
    text: () => JSON.stringify(migrationTexts()),
  },
  licences: {
    file: /[/\\]src[/\\]cli[/\\]licences[/\\]text\.ts$/,
    exports: "export const licencesText = text;",
    text: collectLicences,
  },
  dashboard: {
    file: /[/\\]src[/\\]dashboard[/\\]bundle\.ts$/,
    exports: "export const bundleDashboard = async () => JSON.parse(text());",
    text: () => JSON.stringify(dashboard),
  },
});

function textsArePacked(modules: Readonly<Record<string, TextModule>>): BunPlugin {
  return {
    name: "texts-are-packed",
    setup(builder) {
      for (const [name, { file, exports }] of Object.entries(modules))
        builder.onLoad({ filter: file }, () => ({
          contents: `import path from "packed:${name}";
import { readPacked } from ${JSON.stringify(join(import.meta.dir, "src/host/files/packed.ts"))};
const text = () => Buffer.from(readPacked(path)).toString();
${exports}`,
          loader: "js",
        }));
      builder.onResolve({ filter: /^packed:/ }, ({ path }) => ({ path: path.slice(7), namespace: "packed" }));
      builder.onLoad({ filter: /./, namespace: "packed" }, async ({ path }) => ({
        contents: await packed(modules[path]?.text() ?? ""),
        loader: "file",
      }));
    },
  };
}

function packed(content: string | Uint8Array): Promise<Buffer> {
  return Bun.zstdCompress(content, { level: 12 });
}

function embedded(path: string): string {
  return `${EMBEDDED_ROOT}/${path.replace(/\.ts$/, ".js")}`;
}

if (import.meta.main) {
  const target = process.argv[2];
  const output = join(import.meta.dir, "dist", target ? `agentlink-${target.replace(/^bun-/, "")}` : "agentlink");
  const binary = await build({ entry: "src/main.ts", output, target });
  console.log(
    `${relative(process.cwd(), binary)}: agentlink ${version}, ${Math.round(Bun.file(binary).size / 1e6)} MB`,
  );
}
