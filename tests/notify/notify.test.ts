import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { type NotifiedProblem, startNotifier } from "../../src/notify/notify.ts";
import type { Channel, Message } from "../../src/notify/sender.ts";
import { parseRedisAddress } from "../../src/redis/address.ts";
import { connect, createClient } from "../../src/redis/redis.ts";
import { openLocalRecords } from "../../src/storage/records/local.ts";
import type { Records } from "../../src/storage/records/records.ts";
import { openSharedRecords } from "../../src/storage/records/shared.ts";
import { withPrograms } from "../programs.ts";
import { type RedisServer, startRedis } from "../queue/redis-server.ts";

const log = pino({ level: "silent" });
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DROPBOX: NotifiedProblem = {
  id: "target:dropbox",
  subject: "reports cannot be delivered to dropbox",
  text: "It is full.",
};

/** A clock and problems that a test sets, and channels that record what they got. */
function aWorld(records: Records) {
  const state = { now: Date.UTC(2026, 6, 1), problems: [] as NotifiedProblem[], broken: [] as string[] };
  const sent: { readonly by: string; readonly subject: string }[] = [];
  const channel = (name: string): Channel => ({
    name,
    async send({ subject }: Message) {
      if (state.broken.includes(name)) throw new Error("broken");
      sent.push({ by: name, subject });
    },
  });
  const notifier = (host = "one", problems = async () => state.problems) =>
    startNotifier({
      channels: [channel("mail"), channel("webhook")],
      records,
      problems,
      afterMs: 2 * MINUTE,
      host,
      publicUrl: "https://reports.example.com",
      now: () => state.now,
      log,
    });
  return { state, sent, notifier };
}

let redis: RedisServer | null = null;
afterAll(async () => void (await redis?.remove()));

describe.each(["SQLite", "Redis"])("%s", (backend) => {
  const run = backend === "Redis" ? withPrograms("redis-server") : test;
  const withRecords = (name: string, work: (records: Records) => Promise<void>) =>
    run(name, async () => {
      if (backend === "SQLite") {
        const folder = await mkdtemp(join(tmpdir(), "agentlink-records-"));
        const records = openLocalRecords({ path: join(folder, "office.db") });
        await work(records);
        records.close();
        return rm(folder, { recursive: true });
      }
      redis ??= await startRedis();
      const address = parseRedisAddress(redis.url);
      const client = createClient(address);
      await connect(client, address);
      await work(openSharedRecords({ client, base: `{${Bun.randomUUIDv7()}}` }));
      client.disconnect();
    });

  withRecords("a problem that lasts is reported once by each channel, and so is its end", async (records) => {
    const { state, sent, notifier } = aWorld(records);
    const one = notifier();
    state.problems = [DROPBOX];
    await one.check();
    state.now += MINUTE;
    await one.check();
    expect(sent).toEqual([]);
    state.now += MINUTE;
    for (let n = 0; n < 5; n += 1) {
      await one.check();
      state.now += 10 * MINUTE;
    }
    expect(sent).toEqual([
      { by: "mail", subject: "AgentLink: reports cannot be delivered to dropbox" },
      { by: "webhook", subject: "AgentLink: reports cannot be delivered to dropbox" },
    ]);
    state.problems = [];
    await one.check();
    state.now += 3 * MINUTE;
    for (let n = 0; n < 3; n += 1) await one.check();
    expect(sent.slice(2).map(({ subject }) => subject)).toEqual([
      "AgentLink: resolved: reports cannot be delivered to dropbox",
      "AgentLink: resolved: reports cannot be delivered to dropbox",
    ]);
    await one.stop();
  });

  withRecords("what is over before it lasted is not reported", async (records) => {
    const { state, sent, notifier } = aWorld(records);
    const one = notifier();
    for (let n = 0; n < 5; n += 1) {
      state.problems = [DROPBOX];
      await one.check();
      state.now += MINUTE;
      state.problems = [];
      await one.check();
      state.now += MINUTE;
    }
    expect(sent).toEqual([]);
    await one.stop();
  });

  withRecords("a restart repeats nothing, and still says when it is over", async (records) => {
    const { state, sent, notifier } = aWorld(records);
    state.problems = [DROPBOX];
    for (let n = 0; n < 4; n += 1) {
      const again = notifier();
      for (let checks = 0; checks < 2; checks += 1) {
        await again.check();
        state.now += 3 * MINUTE;
      }
      await again.stop();
    }
    expect(sent).toHaveLength(2);
    state.problems = [];
    const last = notifier();
    await last.check();
    state.now += 3 * MINUTE;
    await last.check();
    expect(sent).toHaveLength(4);
    await last.stop();
  });

  withRecords("a problem that comes and goes is reported once an hour", async (records) => {
    const { state, sent, notifier } = aWorld(records);
    const one = notifier();
    const began = state.now;
    while (state.now - began < 3 * HOUR) {
      for (const problems of [[DROPBOX], []]) {
        state.problems = problems;
        for (let n = 0; n < 2; n += 1) {
          await one.check();
          state.now += 3 * MINUTE;
        }
      }
    }
    const beginnings = sent.filter(({ subject }) => !subject.includes("AgentLink: resolved"));
    expect(beginnings.length).toBeLessThanOrEqual(2 * 3);
    expect(beginnings.length).toBeGreaterThanOrEqual(2 * 2);
    await one.stop();
  });

  withRecords("of several hosts one notifies, and where it is gone another says that it is over", async (records) => {
    const { state, sent, notifier } = aWorld(records);
    const [one, two] = [notifier("one"), notifier("two")];
    state.problems = [DROPBOX];
    await Promise.all([one.check(), two.check()]);
    state.now += 3 * MINUTE;
    await Promise.all([one.check(), two.check()]);
    await Promise.all([one.check(), two.check()]);
    expect(sent).toHaveLength(2);
    await one.stop();
    state.problems = [];
    for (let n = 0; n < 10; n += 1) {
      await two.check();
      state.now += 3 * MINUTE;
    }
    expect(sent).toHaveLength(4);
    await two.stop();
  });

  withRecords(
    "a channel that takes nothing is called again later, and the other is not notified twice",
    async (records) => {
      const { state, sent, notifier } = aWorld(records);
      const one = notifier();
      state.problems = [DROPBOX];
      state.broken = ["mail"];
      await one.check();
      for (let n = 0; n < 10; n += 1) {
        state.now += 3 * MINUTE;
        await one.check();
      }
      expect(sent.map(({ by }) => by)).toEqual(["webhook"]);
      state.broken = [];
      state.now += HOUR;
      await one.check();
      expect(sent.map(({ by }) => by)).toEqual(["webhook", "mail"]);
      await one.stop();
    },
  );

  /** Checks every three minutes, a number of times. */
  const checks = async (world: ReturnType<typeof aWorld>, who: { check(): Promise<void> }, times: number) => {
    for (let n = 0; n < times; n += 1) {
      await who.check();
      world.state.now += 3 * MINUTE;
    }
  };

  withRecords("what one host could not send another sends only once that one is gone", async (records) => {
    const world = aWorld(records);
    const [one, two] = [world.notifier("one"), world.notifier("two")];
    world.state.problems = [DROPBOX];
    world.state.broken = ["webhook"];
    await checks(world, one, 2);
    world.state.broken = [];
    await checks(world, two, 4);
    expect(world.sent.map(({ by }) => by)).toEqual(["mail"]);
    await checks(world, two, 4);
    expect(world.sent.map(({ by }) => by)).toEqual(["mail", "webhook"]);
    await Promise.all([one.stop(), two.stop()]);
  });

  withRecords("a problem that only another host sees is not over for this one", async (records) => {
    const world = aWorld(records);
    const [one, two] = [world.notifier("one"), world.notifier("two", async () => [])];
    world.state.problems = [DROPBOX];
    for (let n = 0; n < 10; n += 1) {
      await checks(world, one, 1);
      await checks(world, two, 1);
    }
    expect(world.sent).toHaveLength(2);
    await Promise.all([one.stop(), two.stop()]);
  });

  withRecords(
    "that it is over is sent to those that were notified, and not before it is over for good",
    async (records) => {
      const world = aWorld(records);
      const one = world.notifier();
      world.state.problems = [DROPBOX];
      world.state.broken = ["webhook"];
      await checks(world, one, 2);
      world.state.problems = [];
      await one.check();
      world.state.problems = [DROPBOX];
      await one.check();
      expect(world.sent.map(({ by }) => by)).toEqual(["mail"]);
      world.state.problems = [];
      world.state.broken = [];
      await checks(world, one, 3);
      const over = world.sent.slice(1);
      expect(over.map(({ by, subject }) => [by, subject.includes("resolved")])).toEqual([["mail", true]]);
      await one.stop();
    },
  );

  withRecords("a problem that was not notified is a new one when it comes back", async (records) => {
    const world = aWorld(records);
    const one = world.notifier();
    world.state.problems = [DROPBOX];
    world.state.broken = ["mail", "webhook"];
    await checks(world, one, 2);
    world.state.problems = [];
    await checks(world, one, 2);
    world.state.broken = [];
    world.state.problems = [DROPBOX];
    await checks(world, one, 2);
    expect(world.sent.filter(({ subject }) => subject === `AgentLink: ${DROPBOX.subject}`)).toHaveLength(2);
    await one.stop();
  });

  withRecords("messages are bounded, however many problems there are", async (records) => {
    const { state, sent, notifier } = aWorld(records);
    const one = notifier();
    state.problems = Array.from({ length: 60 }, (_, n) => ({ ...DROPBOX, id: `callbacks:host-${n}` }));
    await one.check();
    for (let n = 0; n < 10; n += 1) {
      state.now += 3 * MINUTE;
      await one.check();
    }
    expect(sent.length).toBeLessThanOrEqual(40);
    await one.stop();
  });
});
