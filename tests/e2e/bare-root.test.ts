import { expect } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { buildCommit } from "../../build.ts";
import { interpreterOf, TARGETS } from "../../release/targets.ts";
import { unless } from "../programs.ts";
import { binaryPath, post, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

const RELEASE = resolve(import.meta.dir, "../../dist/release");
/** In a mount namespace of its own, so that nothing stays mounted. A kernel's /proc is what every container has. */
const ENTER = 'mount -t proc proc "$0/proc" && exec chroot "$0" /agentlink serve';
const mayMount = Bun.spawnSync(["unshare", "--mount", "chroot", "/", "true"]).exitCode === 0;
/** Where musl's loader searches beside /lib and /usr/lib, if the system has it configured. */
const MUSL_PATH = "/etc/ld-musl-x86_64.path";

/** Those of a release for this kind of machine that have another runtime than the one of `bun run build`. */
const OTHERS = TARGETS.map(({ file }) => file).filter((file) => file.startsWith("agentlink-linux-x64-"));

for (const name of ["agentlink", ...OTHERS]) {
  const obstacle = await obstacleTo(name);
  unless(obstacle)(
    `${name} needs nothing of the system but its C library and /proc: in a root with only these it serves, renders, and resumes after a kill`,
    async () => {
      const binary = name === "agentlink" ? binaryPath() : join(RELEASE, name);
      const root = temporaryFolder();
      for (const folder of ["data", "proc"]) await mkdir(join(root, folder));
      await copyFile(binary, join(root, "agentlink"));
      for (const file of await systemFilesOf(binary)) {
        await mkdir(dirname(join(root, file)), { recursive: true });
        await copyFile(file, join(root, file));
      }
      const start = () => startBinary({ command: ["unshare", "--mount", "sh", "-c", ENTER, root], dataDir: "/data" });
      const killed = await start();
      const first = await untilEnded(killed.url, await post(killed.url, inlineJob(1)));
      expect(first).toMatchObject({ status: "completed", error: "" });
      const pdf = await Bun.file(join(root, first.result?.delivered_to ?? "nowhere")).bytes();
      expect(Bun.SHA256.hash(pdf, "hex")).toBe(first.result?.sha256 ?? "none");

      const second = await post(killed.url, inlineJob(2));
      await killed.end("SIGKILL");
      const service = await start();
      expect(await untilEnded(service.url, second)).toMatchObject({ status: "completed", error: "" });
      expect(await service.end("SIGTERM")).toBe(0);
    },
    120_000,
  );
}

/**
 * Why it cannot be run so here; null where it can. Not a failure of CI: the other runtimes are 40 MB each to fetch, which
 * only a release does, and no package of Debian brings libstdc++ for musl.
 */
async function obstacleTo(name: string): Promise<string | null> {
  if (!mayMount) return "only root may unshare and chroot";
  if (name === "agentlink") return null;
  const commit = await buildCommit();
  const changes = join(RELEASE, "CHANGES.md");
  const made = existsSync(changes) && readFileSync(changes, "utf8").split("\n", 1)[0]?.endsWith(`(${commit})`);
  if (!made || !existsSync(join(RELEASE, name))) return `bun run release makes it of this commit (${commit})`;
  const libraries = await systemFilesOf(join(RELEASE, name)).catch((error: Error) => error);
  return libraries instanceof Error ? `${libraries.message} (for musl, on Alpine: apk add libstdc++)` : null;
}

/**
 * The loader an ELF binary requests, the libraries that this finds, and the folders it searched.
 * @throws where one is missing, with the loader's message.
 */
async function systemFilesOf(binary: string): Promise<readonly string[]> {
  const head = await Bun.file(binary).slice(0, 65_536).arrayBuffer();
  const loader = interpreterOf(new DataView(head)) ?? "none";
  if (!existsSync(loader)) throw new Error(`there is no ${loader}`);
  const { stdout, stderr, exitCode } = await Bun.$`${loader} --list ${binary}`.quiet().nothrow();
  if (exitCode !== 0) throw new Error(stderr.toString().split("\n", 1)[0]);
  const libraries = [...stdout.toString().matchAll(/(\/\S+) \(0x/g)].map(([, file = ""]) => file);
  return [...new Set([loader, ...libraries, ...(loader.includes("musl") && existsSync(MUSL_PATH) ? [MUSL_PATH] : [])])];
}
