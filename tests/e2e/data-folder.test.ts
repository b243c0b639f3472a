import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { withPrograms } from "../programs.ts";
import { startRedis } from "../queue/redis-server.ts";
import { type RunningBinary, run, startBinary, temporaryFolder } from "./binary.ts";

const CREATE = ["keys", "create", "--name", "make", "--scope", "submit"] as const;

describe("a command that works on the data folder", () => {
  const called = (args: readonly string[], service: RunningBinary, cwd: string, env: Record<string, string> = {}) =>
    run(args, { cwd, env: { AGENTLINK_PORT: new URL(service.url).port, ...env } });

  test("in another folder than the service's says so, and which it used; in the service's it says nothing", async () => {
    const home = temporaryFolder();
    const service = await startBinary({ dataDir: join(home, "data") });
    const elsewhere = temporaryFolder();
    const warning = `warning: the service at ${service.url} does not use the data folder ${join(elsewhere, "data")}: `;

    const made = await called(CREATE, service, elsewhere);
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^al_\S+\n$/) });
    expect(made.stderr).toContain(
      `note: created a new data folder, because there was none at ${join(elsewhere, "data")}\n`,
    );
    expect(made.stderr).toContain(warning);
    expect(made.stderr).toContain(`for make (submit) in ${join(elsewhere, "data")}; `);
    const listed = await called(["keys", "list"], service, elsewhere);
    expect(listed.stderr).toStartWith(warning);
    for (const args of [["catalogue"], ["people"], ["sql", "SELECT 1"], ["backup", "copy"]])
      expect([args[0], (await called(args, service, elsewhere)).stderr]).toEqual([
        args[0],
        expect.stringContaining(warning),
      ]);
    await Bun.write(join(elsewhere, "agents.csv"), "id,name\nx,Xanthe\n");
    const imported = await called(["import", "agents.csv"], service, elsewhere);
    expect(imported.stderr).toStartWith(warning);
    expect(imported.stdout).toContain(`imported into the catalogue of ${join(elsewhere, "data")}: 1 new`);
    expect((await called(["doctor", "--offline"], service, elsewhere)).stdout).toContain(
      `the service at ${service.url} does not use ${join(elsewhere, "data")}: `,
    );

    for (const [cwd, env] of [
      [home, {}],
      [elsewhere, { AGENTLINK_DATA_DIR: join(home, "data") }],
    ] as const) {
      expect((await called(["keys", "list"], service, cwd, env)).stderr).not.toContain("warning");
      expect((await called(["doctor", "--offline"], service, cwd, env)).stdout).not.toContain("does not use");
    }
    await service.end("SIGTERM");
  }, 60_000);

  test("makes no folder where it only reads, and says that there is none", async () => {
    const cwd = temporaryFolder();
    for (const args of [
      ["keys", "list"],
      ["keys", "revoke", "x"],
      ["catalogue"],
      ["catalogue", "imports"],
      ["people"],
    ]) {
      const { code, stderr } = await run(args, { cwd, env: { AGENTLINK_PORT: "1" } });
      expect([args.join(" "), code, stderr]).toEqual([
        args.join(" "),
        1,
        expect.stringContaining(`there is no data folder ${join(cwd, "data")}: name the right one with --data-dir`),
      ]);
    }
    expect(readdirSync(cwd)).toEqual([]);
  }, 60_000);

  withPrograms("redis-server")(
    "knows a service whose jobs are in Redis by its data folder, too",
    async () => {
      const redis = await startRedis({ appendfsync: "no" });
      const home = temporaryFolder();
      const settings = {
        AGENTLINK_REDIS_URL: redis.url,
        AGENTLINK_REPORTS: join(home, "reports"),
        AGENTLINK_DELIVERY_FOLDER: join(home, "out"),
      };
      const service = await startBinary({ dataDir: join(home, "data"), env: settings });
      await Bun.write(join(home, "agents.csv"), "id,name\nx,Xanthe\n");
      expect((await called(["import", "agents.csv"], service, home, settings)).stderr).not.toContain("does not use");
      expect((await called(["doctor"], service, home, settings)).stdout).not.toContain("does not use");
      const elsewhere = temporaryFolder();
      expect((await called(["catalogue"], service, elsewhere, settings)).stderr).toContain(
        "does not use the data folder",
      );
      await service.end("SIGTERM");
      await redis.remove();
    },
    120_000,
  );

  test("says nothing of a service that is not one, or is not there", async () => {
    const other = Bun.serve({ port: 0, fetch: () => Response.json({ status: "fine" }) });
    for (const port of [String(other.port), "1"]) {
      const { stderr } = await run(CREATE, { env: { AGENTLINK_PORT: port } });
      expect(stderr).not.toContain("warning");
    }
    await other.stop(true);
  }, 60_000);
});
