import { expect } from "bun:test";
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { withPrograms } from "../programs.ts";
import { startRedis } from "../queue/redis-server.ts";
import { post, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

const PAGE = readFileSync(resolve(import.meta.dir, "../../docs/several-hosts.md"), "utf8");

/** The page's line that begins so. */
function lineOf(start: string): string {
  const line = PAGE.split("\n").find((each) => each.startsWith(start));
  if (line === undefined) throw new Error(`docs/several-hosts.md has no line that begins with ${start}`);
  return line;
}

withPrograms("redis-server")(
  "Redis is backed up and restored by the page's own commands, with users that may do what it gives them",
  async () => {
    const folder = temporaryFolder();
    const [reports, delivered] = [temporaryFolder(), temporaryFolder()];
    const startAt = (url: string) =>
      startBinary({
        dataDir: temporaryFolder(),
        env: {
          AGENTLINK_REDIS_URL: url.replace("redis://", "redis://agentlink:PASSWORD@"),
          AGENTLINK_REPORTS: reports,
          AGENTLINK_DELIVERY_FOLDER: delivered,
          AGENTLINK_RENDER_THREADS: "1",
        },
      });
    const inFolder = ["--dir", folder];

    const before = await startRedis({ args: inFolder });
    for (const user of ["agentlink", "backup"])
      expect(await before.cli(...lineOf(`ACL SETUSER ${user} `).split(" "))).toBe("OK");
    const host = await startAt(before.url);
    const id = await post(host.url, inlineJob(1));
    expect(await untilEnded(host.url, id)).toMatchObject({ status: "completed" });
    writeFileSync(join(folder, "redis-backup.password"), "PASSWORD\n", { mode: 0o600 });
    const command = lineOf("REDISCLI_AUTH=$(cat").replace("redis.internal", `127.0.0.1 -p ${before.port}`);
    await Bun.$`sh -c ${command}`.cwd(folder).quiet();
    await host.end("SIGTERM");
    await before.kill();

    const copy = readdirSync(folder).find((name) => /^agentlink-.*\.rdb$/.test(name)) ?? "";
    renameSync(join(folder, copy), join(folder, "dump.rdb"));
    renameSync(join(folder, "appendonlydir"), join(folder, "away"));
    const once = await startRedis({ appendfsync: "no", args: inFolder });
    expect(await once.cli("config", "set", "appendonly", "yes")).toBe("OK");
    await once.cli(...lineOf("ACL SETUSER agentlink ").split(" "));
    const restored = await startAt(once.url);
    expect(await (await fetch(`${restored.url}/api/job-status/${id}`)).json()).toMatchObject({ status: "completed" });
    expect((await fetch(`${restored.url}/api/jobs/${id}/report.pdf`)).status).toBe(200);
    await restored.end("SIGTERM");
    await once.remove();
    await before.remove();
  },
  120_000,
);
