import { chmod, mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import type { BunPlugin } from "bun";
import { version } from "./package.json";

/** Every file of a compiled binary lives below this, whatever machine it was built on. */
const EMBEDDED_ROOT = "/$bunfs/root";
const PISCINA_WORKER = "node_modules/piscina/dist/worker.js";
const RENDER_WORKER = "src/render/worker.ts";

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
 * @throws when a package no longer has the text that is replaced here: the binary would build, and fail elsewhere.
 */
export async function build({ entry, output, target }: BuildOptions): Promise<void> {
  const root = import.meta.dir;
  await mkdir(join(output, ".."), { recursive: true });
  const result = await Bun.build({
    entrypoints: [entry, PISCINA_WORKER, RENDER_WORKER].map((path) => join(root, path)),
    root,
    target: "bun",
    // Compiled ahead, the binary is up in less than half the time. Bun wants CommonJS for that: no top-level await.
    format: "cjs",
    bytecode: true,
    minify: { syntax: true, whitespace: true },
    compile: { outfile: output, ...(target ? { target: target as Bun.Build.CompileTarget } : {}) },
    define: { AGENTLINK_RENDER_WORKER: JSON.stringify(embedded(RENDER_WORKER)) },
    plugins: [piscinaFindsItsWorker()],
  });
  if (!result.success) throw new AggregateError(result.logs, "the build failed");
  if (!target?.includes("windows")) await chmod(output, 0o755);
}

/** piscina looks for its worker beside itself; in a binary that is a path of the machine it was built on. */
function piscinaFindsItsWorker(): BunPlugin {
  const lookup = "(0, node_path_1.resolve)(__dirname, 'worker.js')";
  return {
    name: "piscina-finds-its-worker",
    setup(builder) {
      let met = false;
      builder.onLoad({ filter: /[/\\]piscina[/\\]dist[/\\]index\.js$/ }, async ({ path }) => {
        met = true;
        const text = await Bun.file(path).text();
        if (text.split(lookup).length !== 2)
          throw new Error(`${relative(import.meta.dir, path)} has changed: ${lookup}`);
        return { contents: text.replace(lookup, () => JSON.stringify(embedded(PISCINA_WORKER))), loader: "js" };
      });
      builder.onEnd(() => {
        if (!met) throw new Error("piscina was not part of the build: has it moved?");
      });
    },
  };
}

function embedded(path: string): string {
  return `${EMBEDDED_ROOT}/${path.replace(/\.ts$/, ".js")}`;
}

if (import.meta.main) {
  const target = process.argv[2];
  const output = join(import.meta.dir, "dist", target ? `agentlink-${target.replace(/^bun-/, "")}` : "agentlink");
  await build({ entry: "src/main.ts", output, target });
  console.log(
    `${relative(process.cwd(), output)}: agentlink ${version}, ${Math.round(Bun.file(output).size / 1e6)} MB`,
  );
}
