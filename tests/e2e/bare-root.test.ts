import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { binaryPath, post, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

/** In a mount namespace of its own, so that nothing stays mounted. A kernel's /proc is what every container has. */
const ENTER = 'mount -t proc proc "$0/proc" && exec chroot "$0" /agentlink serve';
const mayMount = Bun.spawnSync(["unshare", "--mount", "chroot", "/", "true"]).exitCode === 0;
if (!mayMount) console.warn("skipping the bare root file system: only root may unshare and chroot");

test.skipIf(!mayMount)(
  "the binary needs nothing of the system but its C library and /proc: it serves and renders in a root with only these",
  async () => {
    const root = temporaryFolder();
    for (const folder of ["data", "proc"]) await mkdir(join(root, folder));
    await copyFile(binaryPath(), join(root, "agentlink"));
    for (const library of await librariesOf(binaryPath())) {
      await mkdir(dirname(join(root, library)), { recursive: true });
      await copyFile(library, join(root, library));
    }
    const service = await startBinary({
      command: ["unshare", "--mount", "sh", "-c", ENTER, root],
      dataDir: "/data",
    });
    const job = await untilEnded(service.url, await post(service.url, inlineJob(1)));
    expect(job).toMatchObject({ status: "completed", error: null });
    expect(existsSync(join(root, job.result?.delivered_to ?? "nowhere"))).toBe(true);
    expect(await service.end("SIGTERM")).toBe(0);
  },
  60_000,
);

/** The loader and the libraries an ELF binary is linked with, as the loader finds them. */
async function librariesOf(binary: string): Promise<readonly string[]> {
  const lines = (await Bun.$`ldd ${binary}`.text()).split("\n");
  return lines.flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}
