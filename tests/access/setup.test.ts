import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { openKeys } from "../../src/access/keys/keys.ts";
import { openSetup } from "../../src/access/setup.ts";
import { openLocalRecords } from "../../src/storage/records/local.ts";
import { openSharedRecords } from "../../src/storage/records/shared.ts";
import { withPrograms } from "../programs.ts";
import { type RedisServer, startRedis } from "../queue/redis-server.ts";

let redis: RedisServer | null = null;
afterAll(async () => void (await redis?.remove()));

describe.each(["SQLite", "Redis"])("the first key in a browser, with the code stored in %s", (backend) => {
  const run = backend === "Redis" ? withPrograms("redis-server") : test;

  async function openWorld() {
    const dataDir = mkdtempSync(join(tmpdir(), "agentlink-setup-"));
    const keys = openKeys({ path: join(dataDir, "keys.db") });
    if (backend === "Redis") redis ??= await startRedis();
    const client = backend === "Redis" ? new Redis(redis?.url ?? "") : null;
    const store =
      client === null
        ? openLocalRecords({ path: join(dataDir, "office.db") })
        : openSharedRecords({ client, base: `{${Bun.randomUUIDv7()}}` });
    return {
      keys,
      dataDir,
      file: join(dataDir, "setup.code"),
      open: (folder = dataDir) => openSetup({ keys, keyStore: keys, store, dataDir: folder }),
      [Symbol.dispose]: () => {
        store.close();
        keys.close();
        client?.disconnect();
      },
    };
  }

  run("is made once, by a client that shows the code of the log, which a restart does not change", async () => {
    using here = await openWorld();
    const { code } = await here.open();
    expect(code).toMatch(/^([A-HJKMNP-TV-Z2-9]{5}-){4}[A-HJKMNP-TV-Z2-9]{5}$/);
    expect(readFileSync(here.file, "utf8")).toBe(`${code}\n`);
    expect(statSync(here.file).mode & 0o777).toBe(0o600);
    const setup = await here.open();
    expect(setup.code).toBe(code);
    // Another host, with a folder of its own, has the same.
    expect((await here.open(mkdtempSync(join(tmpdir(), "agentlink-setup-")))).code).toBe(code);
    expect(setup.open()).toBe(true);
    await expect(setup.make({ code: code ?? "", name: "an office" })).rejects.toMatchObject({ code: "usage" });
    const typed = ` ${code?.toLowerCase().replaceAll("-", " ")} `;
    const { key, secret } = await setup.make({ code: typed, name: "office" });
    expect(key).toMatchObject({ name: "office", scope: "admin" });
    expect(here.keys.find(secret)).toMatchObject({ id: key.id });
    expect(setup.open()).toBe(false);
    expect(existsSync(here.file)).toBe(false);
    await expect(setup.make({ code: code ?? "", name: "second" })).rejects.toMatchObject({ code: "setup_code" });
    expect((await here.open()).code).toBeNull();
  });

  run("of several clients that show the code at once one makes a key, on whichever host", async () => {
    using here = await openWorld();
    const hosts = [await here.open(), await here.open(), await here.open()];
    const made = await Promise.allSettled(
      hosts.map((setup, at) => setup.make({ code: setup.code ?? "", name: `office${at}` })),
    );
    expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(here.keys.list()).toHaveLength(1);
  });

  run("guesses are bounded, and never lock out a client that has the code", async () => {
    using here = await openWorld();
    const setup = await here.open();
    const wrong = async (code: string) => {
      const error = await setup.make({ code, name: "thief" }).catch((thrown) => thrown);
      return (error as { code: string }).code;
    };
    const said: string[] = [];
    for (let at = 0; at < 20; at += 1)
      said.push(await wrong(["", "A", "-----", setup.code?.slice(1) ?? ""][at % 4] ?? ""));
    expect(new Set(said.slice(0, 10))).toEqual(new Set(["setup_code"]));
    expect(said.at(-1)).toBe("rate_limited");
    expect(here.keys.list()).toHaveLength(0);
    expect((await setup.make({ code: setup.code ?? "", name: "office" })).key.name).toBe("office");
  });

  run("a key that is made otherwise ends the code at once", async () => {
    using here = await openWorld();
    const setup = await here.open();
    here.keys.create({ name: "ops", scope: "admin", rate: null });
    expect(setup.open()).toBe(false);
    await expect(setup.make({ code: setup.code ?? "", name: "x" })).rejects.toMatchObject({ code: "setup_code" });
    expect(here.keys.list()).toHaveLength(1);
    expect((await here.open()).code).toBeNull();
    expect(existsSync(here.file)).toBe(false);
  });
});
