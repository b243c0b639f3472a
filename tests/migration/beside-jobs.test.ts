import { expect, setDefaultTimeout, test } from "bun:test";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { openKeys } from "../../src/access/keys/keys.ts";
import { withRedisKeys } from "../../src/access/keys/redis.ts";
import { openMover } from "../../src/queue/redis/mover.ts";
import { openLocalAudit } from "../../src/storage/audit/local.ts";
import { openSharedAudit } from "../../src/storage/audit/shared.ts";
import { openLocalRecords } from "../../src/storage/records/local.ts";
import { RECORD_KINDS, type RecordKind } from "../../src/storage/records/records.ts";
import { openSharedRecords } from "../../src/storage/records/shared.ts";
import { groupWithPrograms } from "../programs.ts";
import { claimOne, EVERYTHING, post } from "../queue/builders.ts";
import { newMigrationWorld } from "./migration-world.ts";

setDefaultTimeout(60_000);
const EVERY_ACT = { actor: null, actions: [], since: null, until: null, cursor: null, limit: 9 };

groupWithPrograms("redis-server")("the records beside jobs that are moved between SQLite and Redis", () => {
  const world = newMigrationWorld();
  const { sqlite, redis, move } = world;

  test("take the keys of their clients along", async () => {
    await sqlite(world.folder).close();
    const keys = openKeys({ path: join(world.folder, "keys.db") });
    const { secret, key } = keys.create({ name: "make", scope: "submit", rate: { requests: 60, windowS: 60 } });
    keys.close();
    await move(world.folder, "redis");
    await withRedisKeys(world.server.url, world.prefix, async (shared) => expect(await shared.list()).toEqual([key]));
    const data = join(world.folder, "data");
    await move(data, "sqlite");
    const home = openKeys({ path: join(data, "keys.db") });
    expect(home.find(secret)).toEqual(key);
    home.close();
  });

  test("a queue that was paused stays so, since then and by whom; one that was resumed continues", async () => {
    const back = join(world.folder, "back");
    const before = sqlite(world.folder);
    const id = await post(before);
    await before.pause("otto");
    await before.resume("otto");
    await before.pause("anna");
    const pause = await before.paused();
    const actions = await before.actions(9);
    expect(actions.map(({ action, actor }) => `${action} ${actor}`)).toEqual([
      ...["paused anna", "resumed otto", "paused otto"],
    ]);
    await before.close();
    await move(world.folder, "redis");
    const moved = await redis();
    expect(await moved.paused()).toEqual(pause);
    expect(pause?.by).toBe("anna");
    expect(await moved.actions(9)).toEqual(actions);
    expect(await moved.claim(EVERYTHING)).toEqual([]);
    await moved.close();

    await move(back, "sqlite");
    const home = sqlite(back);
    expect(await home.paused()).toEqual(pause);
    expect(await home.actions(9)).toEqual(actions);
    expect(await home.claim(EVERYTHING)).toEqual([]);
    await home.resume();
    await home.close();
    // What is stored there of the first time is old: the job may have ended since.
    await expect(move(back, "redis")).rejects.toMatchObject({ code: "move_mixed" });
    await expect(move(world.folder, "redis")).rejects.toMatchObject({ code: "no_database" });
    world.useOtherPrefix();
    await world.server.cli("hset", `{${world.prefix}}:paused`, "since", "2026-01-01T00:00:00.000Z", "by", "nobody");
    await move(back, "redis");
    const again = await redis();
    expect(await again.paused()).toBeNull();
    expect((await claimOne(again)).job.id).toBe(id);
    await again.close();
  });

  test("nothing is written through what another user has put where the files will be", async () => {
    const victim = join(world.folder, "of-another");
    const before = sqlite(world.folder);
    await before.close();
    await move(world.folder, "redis");
    for (const name of ["agentlink.db.moving", "agentlink.db", "keys.db", "callback.secret", "keys.required"])
      for (const kind of ["symlink", "hard link", "pipe", "nothing"]) {
        const data = join(world.folder, `${name} ${kind}`);
        mkdirSync(data);
        writeFileSync(victim, "");
        if (kind === "symlink") symlinkSync(victim, join(data, name));
        if (kind === "hard link") linkSync(victim, join(data, name));
        if (kind === "nothing") symlinkSync(join(world.folder, "nowhere"), join(data, name));
        if (kind === "pipe") await Bun.$`mkfifo ${join(data, name)}`;
        await expect(move(data, "sqlite")).rejects.toMatchObject({ code: "data_dir" });
        expect([readFileSync(victim, "utf8"), existsSync(join(world.folder, "nowhere")), readdirSync(data)]).toEqual([
          ...["", false, [name]],
        ]);
      }
    await move(join(world.folder, "plain"), "sqlite");
  });

  test("take along what people and the service recorded beside them, there and back", async () => {
    const written = (kind: RecordKind) =>
      Array.from({ length: 3 }, (_, n) => ({ name: `${kind} ${n}`, value: `{"n":${n}}` }));
    const before = sqlite(world.folder);
    await post(before, {});
    await before.close();
    const path = join(world.folder, "office.db");
    const local = openLocalRecords({ path });
    for (const kind of RECORD_KINDS) for (const { name, value } of written(kind)) await local.put(kind, name, value);
    local.close();
    const act = { actor: "ann", keyId: null, action: "revokeKey", subject: "make", detail: null };
    const audit = openLocalAudit({ path });
    await audit.record(act);
    await audit.record({ ...act, action: "cancelJob", subject: "7c1d09" });
    const acts = await audit.page(EVERY_ACT);
    audit.close();

    await move(world.folder, "redis");
    const link = await openMover(world.server.url, world.prefix);
    const shared = openSharedRecords({ client: link.client, base: link.keys.base });
    for (const kind of RECORD_KINDS) expect(await shared.last(kind, 9)).toEqual(written(kind).toReversed());
    const sharedAudit = openSharedAudit({ client: link.client, base: link.keys.base });
    expect((await sharedAudit.page(EVERY_ACT)).entries).toEqual(acts.entries);
    // What is changed there is what comes back.
    await shared.put("view", "view 0", '{"n":7}');
    link.end();

    const other = join(world.folder, "other");
    await move(other, "sqlite");
    const back = openLocalRecords({ path: join(other, "office.db") });
    for (const kind of RECORD_KINDS)
      expect((await back.last(kind, 9)).slice(0, 2)).toEqual(written(kind).toReversed().slice(0, 2));
    expect(await back.get("view", "view 0")).toBe('{"n":7}');
    back.close();
    const backAudit = openLocalAudit({ path: join(other, "office.db") });
    expect((await backAudit.page(EVERY_ACT)).entries).toEqual(acts.entries);
    // Another run doubles nothing.
    await backAudit.adopt(acts.entries);
    expect((await backAudit.page(EVERY_ACT)).entries).toHaveLength(2);
    backAudit.close();
  });

  test("callbacks are signed with the secret that receivers know, there and back", async () => {
    const [local, stray] = ["d2Vhcmt0aGVsb2NhbHNlY3JldA==", "YW5vdGhlcnNlY3JldG9mbm9ib2R5"].map(
      (text) => `whsec_${text}`,
    );
    const shared = () => world.server.cli("get", `{${world.prefix}}:callback-secret`);
    await sqlite(world.folder).close();
    await Bun.write(join(world.folder, "callback.secret"), `${local}\n`);
    // A host that was started on the empty Redis has made one that was not announced.
    await world.server.cli("set", `{${world.prefix}}:callback-secret`, stray ?? "");
    await move(world.folder, "redis");
    expect(await shared()).toBe(local ?? "");

    const back = join(world.folder, "back");
    await Bun.write(join(back, "callback.secret"), `${stray}\n`);
    await move(back, "sqlite");
    expect(await Bun.file(join(back, "callback.secret")).text()).toBe(`${local}\n`);
    expect(statSync(join(back, "callback.secret")).mode & 0o777).toBe(0o600);
    const aside = readdirSync(back).filter((name) => name.startsWith("callback.secret.replaced-"));
    expect(await Bun.file(join(back, aside[0] ?? "")).text()).toBe(`${stray}\n`);

    const empty = join(world.folder, "empty");
    await rm(join(back, "agentlink.db"));
    await move(empty, "sqlite");
    expect(await Bun.file(join(empty, "callback.secret")).text()).toBe(`${local}\n`);
  });
});
