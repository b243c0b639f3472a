import { expect } from "bun:test";
import { chmod, chown, mkdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { shellBlocks } from "../docs/blocks.ts";
import { binaryPath, post, startBinary, temporaryFolder, untilEnded } from "../e2e/binary.ts";
import { inlineJob } from "../e2e/jobs.ts";
import { freePort } from "../free-port.ts";
import { unless, withPrograms } from "../programs.ts";
import { until } from "../until.ts";
import { buildImage } from "./container.ts";

const IS_ROOT = process.getuid?.() === 0;

/** As a container runtime does: its root read-only, /proc, the volume, the image's user; nothing stays mounted. */
const ENTER = `mount --bind "$0" "$0" && mount -t proc proc "$0/proc" && mount --bind "$1" "$0/data" &&
  mount -o remount,bind,ro "$0" && shift && exec chroot --userspec=65532:65532 "$@"`;

(IS_ROOT ? withPrograms("buildah") : unless("it needs root: it builds an image without a daemon"))(
  "the image is the binary and its C library: it works without privileges on a read-only root, says how it is, and stops",
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
      await runDocumentedCommands(root, env);
    } finally {
      await remove();
    }
  },
  400_000,
);

/**
 * As much of Docker's command line as docs/docker.md uses, over the image that is built above: options that it does not
 * know are refused, so that a command that is written there wrongly fails.
 */
const DOCKER = `#!/bin/bash
set -euo pipefail
inside() { exec env -i $IMAGE_ENV "\${given[@]}" AGENTLINK_PORT="$PORT" unshare --mount sh -c "$ENTER" "$ROOT" "$DATA" "$ROOT" "$@"; }
given=()
case "$1 $2" in
  "build -t") [ "$3 $4" = "agentlink ." ] && exit 0 ;;
  "compose exec")
    shift 2
    [ "$1" = -T ] && shift
    [ "$1" = agentlink ] && shift && inside "$@" ;;
  "run "*)
    shift
    while :; do
      case "$1" in
        --rm|--read-only) shift ;;
        -v) [ "$2" = agentlink:/data ] && shift 2 ;;
        -m|--cap-drop|--network) shift 2 ;;
        -e) given+=("$2"); shift 2 ;;
        agentlink) shift; break ;;
        *) echo "docker run: unknown: $1" >&2; exit 64 ;;
      esac
    done
    [ $# -gt 0 ] || set -- serve
    inside /agentlink "$@" ;;
esac
echo "docker: unknown: $*" >&2
exit 64
`;

/** The whole block for a first run on one's own machine, and beside it what is run in a container that serves. */
async function runDocumentedCommands(root: string, imageEnv: Readonly<Record<string, string>>): Promise<void> {
  const [folder, data, port] = [temporaryFolder(), temporaryFolder(), freePort()];
  const { uid, gid } = await stat(join(root, "data"));
  await chown(data, uid, gid);
  await Bun.write(join(folder, "bin/docker"), DOCKER);
  await chmod(join(folder, "bin/docker"), 0o755);
  await Bun.write(join(folder, "sales.csv"), Bun.file(resolve(import.meta.dir, "../../data/sample/sales.csv")));
  const env = {
    ...{ PATH: `${join(folder, "bin")}:${process.env.PATH}`, ENTER, ROOT: root, DATA: data, PORT: String(port) },
    IMAGE_ENV: Object.entries(imageEnv)
      .map(([name, value]) => `${name}=${value}`)
      .join(" "),
  };
  const shell = (code: string) =>
    Bun.spawn(["bash", "-euc", code], { cwd: folder, env, stdout: "pipe", stderr: "pipe" });
  const blocks = shellBlocks(await Bun.file(resolve(import.meta.dir, "../../docs/docker.md")).text());
  const [own] = blocks.flatMap(({ code }) => (code.startsWith("docker build -t agentlink .") ? [code.trim()] : []));
  const inContainer = blocks.flatMap(({ code }) => code.match(/^docker compose exec .*$/gm) ?? []);
  expect([own?.split("\n").length, inContainer.length]).toEqual([3, 3]);

  // The last command serves: it is the shell from there on.
  const service = shell(`${own?.replace(/\n(?=docker run [^\n]*$)/, "\nexec ")}`);
  try {
    const api = (path: string, key: string) =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers: { Authorization: `Bearer ${key}` } }).catch(() => null);
    const reader = service.stdout.getReader();
    const printed = new TextDecoder().decode((await reader.read()).value).trim();
    expect(printed).toMatch(/^al_[\w-]+/);
    await until(async () => (await api("/api/overview", printed))?.status === 200, 60_000, "the container to serve");
    for (const command of inContainer) {
      const child = shell(command);
      const [out, err, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ]);
      expect({ command, code, err: code === 0 ? "" : err }).toEqual({ command, code: 0, err: "" });
      if (command.includes("keys create")) expect(out).toMatch(/^al_[\w-]+/);
    }
    const catalogue = (await (await api("/api/catalogue", printed))?.json()) as { totals: { sales: number } };
    expect(catalogue.totals.sales).toBeGreaterThan(1_000);
  } finally {
    service.kill("SIGTERM");
    await service.exited;
  }
}
