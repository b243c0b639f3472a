import { expect } from "bun:test";
import { chown, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { binaryPath, post, startBinary, temporaryFolder, untilEnded } from "../e2e/binary.ts";
import { inlineJob } from "../e2e/jobs.ts";
import { freePort } from "../free-port.ts";
import { unless, withPrograms } from "../programs.ts";
import { buildImage } from "./container.ts";

const IS_ROOT = process.getuid?.() === 0;

/** As a container runtime does: its root read-only, /proc, the volume, the image's user; nothing stays mounted. */
const ENTER = `mount --bind "$0" "$0" && mount -t proc proc "$0/proc" && mount --bind "$1" "$0/data" &&
  mount -o remount,bind,ro "$0" && shift && exec chroot --userspec=65532:65532 "$@"`;

(IS_ROOT ? withPrograms("buildah") : unless("it needs root: it builds an image without a daemon"))(
  "the image is the binary and its C library: it works as nobody with a read-only root, says how it is, and stops",
  async () => {
    const { root, config, remove } = await buildImage();
    try {
      expect(config).toMatchObject({
        User: "65532:65532",
        Entrypoint: ["/agentlink"],
        Cmd: ["serve"],
        StopSignal: "SIGTERM",
        Volumes: { "/data": {} },
        Healthcheck: { Test: ["CMD", "/agentlink", "healthcheck"] },
      });
      const bytes = Number((await Bun.$`du -sb ${root}`.text()).split("\t")[0]);
      expect(bytes).toBeLessThan((await stat(binaryPath())).size + 8_000_000);
      const files = (await Bun.$`find . -type f`.cwd(root).text()).trim().split("\n");
      expect(files.filter((file) => !/^\.\/agentlink$|\/(lib\w+|ld-[\w-]+)\.so/.test(file))).toEqual([]);

      const data = temporaryFolder();
      const { uid, gid } = await stat(join(root, "data"));
      await chown(data, uid, gid);
      await mkdir(join(root, "proc"), { recursive: true });
      const env = Object.fromEntries(config.Env.map((each) => each.split("=", 2) as [string, string]));
      const port = String(freePort());
      const inside = (...args: string[]) => ["unshare", "--mount", "sh", "-c", ENTER, root, data, root, ...args];
      const service = await startBinary({
        command: inside(...config.Entrypoint, ...config.Cmd),
        dataDir: "/data",
        env: { ...env, AGENTLINK_HOST: "127.0.0.1", AGENTLINK_PORT: port },
      });
      const job = await untilEnded(service.url, await post(service.url, inlineJob(1)));
      expect(job).toMatchObject({ status: "completed" });
      expect((await Bun.file(`/proc/${service.pid}/status`).text()).match(/^Uid:\s+(\d+)/m)?.[1]).toBe("65532");

      const [, ...check] = config.Healthcheck.Test;
      const health = () =>
        Bun.spawn(inside(...check), { env: { AGENTLINK_PORT: port }, stdio: ["ignore", "ignore", "ignore"] }).exited;
      expect(await health()).toBe(0);
      expect(await service.end("SIGTERM")).toBe(0);
      expect(await health()).toBe(1);
    } finally {
      await remove();
    }
  },
  240_000,
);
