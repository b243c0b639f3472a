import { expect, test } from "bun:test";
import { cpSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { binaryPath, temporaryFolder } from "../e2e/binary.ts";
import { importManly } from "../e2e/jobs.ts";
import { freePort } from "../free-port.ts";
import { type Program, withPrograms } from "../programs.ts";
import { type Block, type Language, missingLine, runnableBlocks } from "./blocks.ts";

const ROOT = resolve(import.meta.dir, "../..");

interface Document {
  readonly name: string;
  readonly programs: readonly Program[];
  /** What its reader has already done. */
  readonly before?: string;
  /** The sample set is in the catalogue. */
  readonly imported?: boolean;
}

const SERVING = `agentlink serve > agentlink.log &
curl -s --retry 30 --retry-delay 1 --retry-connrefused http://127.0.0.1:8080/livez > /dev/null`;

/** Those with commands that this machine can run; checked.test.ts checks all others. */
const DOCUMENTS: readonly Document[] = [
  ...["README.md", "docs/start.md", "docs/operate.md", "docs/api.md", "docs/data.md"].map(
    (name): Document => ({ name, programs: ["curl", "python3", "sqlite3"] }),
  ),
  { name: "docs/monitoring.md", programs: ["curl"], before: SERVING },
  { name: "docs/delivery.md", programs: ["curl", "sqlite3"], before: SERVING, imported: true },
  {
    name: "docs/systemd.md",
    programs: [],
    before: "ln dist/agentlink agentlink-linux-x64 && sha256sum agentlink-linux-x64 > SHA256SUMS",
  },
  { name: "docs/database.md", programs: ["curl", "sqlite3"], before: SERVING },
  { name: "docs/release.md", programs: [], before: "sha256sum dist/agentlink > SHA256SUMS" },
  {
    name: "docs/several-hosts.md",
    programs: ["curl", "redis-server"],
    imported: true,
    before: `${SERVING}
agentlink submit Manly NSW > /dev/null && kill %1 && wait %1
redis-server --port $REDIS_PORT --bind 127.0.0.1 --save '' > redis.log &
export AGENTLINK_REDIS_URL=redis://127.0.0.1:$REDIS_PORT AGENTLINK_REPORTS=$PWD/shared AGENTLINK_DELIVERY_FOLDER=$PWD/delivered`,
  },
];

/** How each kind of block is run in the shell. */
const COMMANDS: Readonly<Record<Language, (code: string) => string>> = {
  sh: (code) => code,
  python: (code) => `python3 - <<'PYTHON'\n${code}\nPYTHON`,
  ts: (code) => `cat > example.ts <<'TS'\n${code}\nTS\n${process.execPath} example.ts`,
  // The bytes as they are there, sent to the host that they name.
  http: (code) => {
    const [head = "", body = ""] = code.split("\n\n");
    const [host, port] = /^Host: (.+):(\d+)$/m.exec(head)?.slice(1) ?? [];
    const length = `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close`;
    const sent = `${head.replaceAll("\n", "\r\n")}\r\n${length}\r\n\r\n${body}`;
    return `exec 3<>/dev/tcp/${host}/${port}; printf '%s' '${sent}' >&3; cat <&3; exec 3>&-`;
  },
};

/** Runs all blocks of a document in one shell, as a reader would, in a folder with nothing but the sample data. */
async function runAll(
  blocks: readonly Block[],
  { before = "", imported = false }: Document,
): Promise<readonly { readonly output: string; readonly failed: boolean }[]> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "dist"));
  symlinkSync(binaryPath(), join(folder, "dist/agentlink"));
  // As a project that has the client among its packages.
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules/agentlink"));
  cpSync(join(ROOT, "data/sample"), join(folder, "data/sample"), { recursive: true });
  if (imported) await importManly(join(folder, "data"));
  const port = String(freePort());
  const here = (code: string) => code.replaceAll("127.0.0.1:8080", `127.0.0.1:${port}`);
  const mark = `block-${crypto.randomUUID()}`;
  const script = blocks.map(({ language, code }) => {
    return `printf '\\n%s\\n' ${mark}\n${COMMANDS[language](here(code))}`;
  });
  const shell = Bun.spawn(
    [
      "bash",
      "-c",
      ["set -euo pipefail", "trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT", here(before), ...script].join(
        "\n",
      ),
    ],
    {
      cwd: folder,
      env: {
        PATH: `${join(folder, "dist")}:${process.env.PATH}`,
        HOME: folder,
        AGENTLINK_PORT: port,
        REDIS_PORT: String(freePort()),
        LANG: "C.UTF-8",
      },
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  const [stdout, stderr, code] = await Promise.all([
    new Response(shell.stdout).text(),
    new Response(shell.stderr).text(),
    shell.exited,
  ]);
  const outputs = stdout.split(mark).slice(1);
  return outputs.map((output, at) => {
    const last = at === outputs.length - 1;
    return { output: last ? `${output}\n${stderr}` : output, failed: last && code !== 0 };
  });
}

for (const document of DOCUMENTS) {
  const { name, programs } = document;
  withPrograms(...programs)(
    `each command of ${name} that is run does what it says there`,
    async () => {
      const blocks = runnableBlocks(readFileSync(join(ROOT, name), "utf8"));
      expect(blocks.length).toBeGreaterThan(0);
      const results = await runAll(blocks, document);
      for (const [at, { line, expected }] of blocks.entries()) {
        const { output = "", failed = true } = results[at] ?? {};
        const where = `${name}:${line}`;
        expect({ where, failed, output: failed ? output : "" }).toEqual({ where, failed: false, output: "" });
        expect({ where, missing: missingLine(output, expected), output }).toEqual({ where, missing: null, output });
      }
    },
    300_000,
  );
}

test("an output that lacks a line, or has it elsewhere, is found", () => {
  expect(missingLine("a 1\nb\nc", ["a …", "c"])).toBeNull();
  expect(missingLine("a 1\nb\nc", ["c", "a …"])).toBe("a …");
  expect(missingLine("alive", ["ready"])).toBe("ready");
  expect(() => runnableBlocks("```text output\nx\n```")).toThrow("output of no block");
});
