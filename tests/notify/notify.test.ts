import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { openChannels } from "../../src/notify/channels.ts";
import { type NotifiedProblem, startNotifier } from "../../src/notify/notify.ts";
import type { Channel, Message } from "../../src/notify/sender.ts";
import { createOutbound } from "../../src/outbound/outbound.ts";
import { parseRedisAddress } from "../../src/redis/address.ts";
import { connect, createClient } from "../../src/redis/redis.ts";
import { openLocalRecords } from "../../src/storage/records/local.ts";
import type { Records } from "../../src/storage/records/records.ts";
import { openSharedRecords } from "../../src/storage/records/shared.ts";
import { startReceiver } from "../fakes/receiver.ts";
import { startSmtp } from "../fakes/smtp.ts";
import { withPrograms } from "../programs.ts";
import { type RedisServer, startRedis } from "../queue/redis-server.ts";
import { until } from "../until.ts";

const log = pino({ level: "silent" });
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DROPBOX: NotifiedProblem = {
  id: "target:dropbox",
  subject: "reports cannot be delivered to dropbox",
  text: "It is full.",
};

/** A clock and problems that are set by hand, and channels that say what they took. */
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

  withRecords("a problem that lasts is told of once by each channel, and so is its end", async (records) => {
    const { state, sent, notifier } = aWorld(records);
    const one = notifier();
    state.problems = [DROPBOX];
    await one.look();
    state.now += MINUTE;
    await one.look();
    expect(sent).toEqual([]);
    state.now += MINUTE;
    for (let n = 0; n < 5; n += 1) {
      await one.look();
      state.now += 10 * MINUTE;
    }
    expect(sent).toEqual([
      { by: "mail", subject: "AgentLink: reports cannot be delivered to dropbox" },
      { by: "webhook", subject: "AgentLink: reports cannot be delivered to dropbox" },
    ]);
    state.problems = [];
    await one.look();
    state.now += 3 * MINUTE;
    for (let n = 0; n < 3; n += 1) await one.look();
    expect(sent.slice(2).map(({ subject }) => subject)).toEqual([
      "AgentLink: resolved: reports cannot be delivered to dropbox",
      "AgentLink: resolved: reports cannot be delivered to dropbox",
    ]);
    await one.stop();
  });

  withRecords("what is over before it lasted is told to nobody", async (records) => {
    const { state, sent, notifier } = aWorld(records);
    const one = notifier();
    for (let n = 0; n < 5; n += 1) {
      state.problems = [DROPBOX];
      await one.look();
      state.now += MINUTE;
      state.problems = [];
      await one.look();
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
      for (let looks = 0; looks < 2; looks += 1) {
        await again.look();
        state.now += 3 * MINUTE;
      }
      await again.stop();
    }
    expect(sent).toHaveLength(2);
    state.problems = [];
    const last = notifier();
    await last.look();
    state.now += 3 * MINUTE;
    await last.look();
    expect(sent).toHaveLength(4);
    await last.stop();
  });

  withRecords("a problem that comes and goes is told of once an hour", async (records) => {
    const { state, sent, notifier } = aWorld(records);
    const one = notifier();
    const began = state.now;
    while (state.now - began < 3 * HOUR) {
      for (const problems of [[DROPBOX], []]) {
        state.problems = problems;
        for (let n = 0; n < 2; n += 1) {
          await one.look();
          state.now += 3 * MINUTE;
        }
      }
    }
    const beginnings = sent.filter(({ subject }) => !subject.includes("AgentLink: resolved"));
    expect(beginnings.length).toBeLessThanOrEqual(2 * 3);
    expect(beginnings.length).toBeGreaterThanOrEqual(2 * 2);
    await one.stop();
  });

  withRecords("of several hosts one tells, and where it is gone another says that it is over", async (records) => {
    const { state, sent, notifier } = aWorld(records);
    const [one, two] = [notifier("one"), notifier("two")];
    state.problems = [DROPBOX];
    await Promise.all([one.look(), two.look()]);
    state.now += 3 * MINUTE;
    await Promise.all([one.look(), two.look()]);
    await Promise.all([one.look(), two.look()]);
    expect(sent).toHaveLength(2);
    await one.stop();
    state.problems = [];
    for (let n = 0; n < 10; n += 1) {
      await two.look();
      state.now += 3 * MINUTE;
    }
    expect(sent).toHaveLength(4);
    await two.stop();
  });

  withRecords("a channel that takes nothing is tried again later, and the other is not told twice", async (records) => {
    const { state, sent, notifier } = aWorld(records);
    const one = notifier();
    state.problems = [DROPBOX];
    state.broken = ["mail"];
    await one.look();
    for (let n = 0; n < 10; n += 1) {
      state.now += 3 * MINUTE;
      await one.look();
    }
    expect(sent.map(({ by }) => by)).toEqual(["webhook"]);
    state.broken = [];
    state.now += HOUR;
    await one.look();
    expect(sent.map(({ by }) => by)).toEqual(["webhook", "mail"]);
    await one.stop();
  });

  /** Looks every three minutes, that many times. */
  const looks = async (world: ReturnType<typeof aWorld>, who: { look(): Promise<void> }, times: number) => {
    for (let n = 0; n < times; n += 1) {
      await who.look();
      world.state.now += 3 * MINUTE;
    }
  };

  withRecords("what one host could not send another sends only once that one is gone", async (records) => {
    const world = aWorld(records);
    const [one, two] = [world.notifier("one"), world.notifier("two")];
    world.state.problems = [DROPBOX];
    world.state.broken = ["webhook"];
    await looks(world, one, 2);
    world.state.broken = [];
    await looks(world, two, 4);
    expect(world.sent.map(({ by }) => by)).toEqual(["mail"]);
    await looks(world, two, 4);
    expect(world.sent.map(({ by }) => by)).toEqual(["mail", "webhook"]);
    await Promise.all([one.stop(), two.stop()]);
  });

  withRecords("a problem that only another host sees is not over for this one", async (records) => {
    const world = aWorld(records);
    const [one, two] = [world.notifier("one"), world.notifier("two", async () => [])];
    world.state.problems = [DROPBOX];
    for (let n = 0; n < 10; n += 1) {
      await looks(world, one, 1);
      await looks(world, two, 1);
    }
    expect(world.sent).toHaveLength(2);
    await Promise.all([one.stop(), two.stop()]);
  });

  withRecords("that it is over hear those that heard of it, and not before it is over for good", async (records) => {
    const world = aWorld(records);
    const one = world.notifier();
    world.state.problems = [DROPBOX];
    world.state.broken = ["webhook"];
    await looks(world, one, 2);
    world.state.problems = [];
    await one.look();
    world.state.problems = [DROPBOX];
    await one.look();
    expect(world.sent.map(({ by }) => by)).toEqual(["mail"]);
    world.state.problems = [];
    world.state.broken = [];
    await looks(world, one, 3);
    const over = world.sent.slice(1);
    expect(over.map(({ by, subject }) => [by, subject.includes("resolved")])).toEqual([["mail", true]]);
    await one.stop();
  });

  withRecords("a problem that nobody heard of is one of its own when it comes back", async (records) => {
    const world = aWorld(records);
    const one = world.notifier();
    world.state.problems = [DROPBOX];
    world.state.broken = ["mail", "webhook"];
    await looks(world, one, 2);
    world.state.problems = [];
    await looks(world, one, 2);
    world.state.broken = [];
    world.state.problems = [DROPBOX];
    await looks(world, one, 2);
    expect(world.sent.filter(({ subject }) => subject === `AgentLink: ${DROPBOX.subject}`)).toHaveLength(2);
    await one.stop();
  });

  withRecords("messages are bounded, however many problems there are", async (records) => {
    const { state, sent, notifier } = aWorld(records);
    const one = notifier();
    state.problems = Array.from({ length: 60 }, (_, n) => ({ ...DROPBOX, id: `callbacks:host-${n}` }));
    await one.look();
    for (let n = 0; n < 10; n += 1) {
      state.now += 3 * MINUTE;
      await one.look();
    }
    expect(sent.length).toBeLessThanOrEqual(40);
    await one.stop();
  });
});

const settings = { notifyMail: ["office@example.com", "ops@example.com"], notifyFrom: null, notifyWebhook: null };
const outbound = createOutbound({ allowHosts: ["127.0.0.1"], allowHttp: false });

test("a mail goes to everybody by the server that is set, but nothing in its words becomes a header", async () => {
  await using server = await startSmtp({ user: "post", password: "p@ss/word" });
  for (const mail of openChannels({ ...settings, smtpUrl: server.url }, outbound))
    await mail.send({ id: "a1", subject: "full\r\nBcc: evil@example.com", text: "Ein Text\n.\nmit Punkt — und mehr" });
  expect(server.messages.map(({ to }) => to)).toEqual(settings.notifyMail.map((each) => [each]));
  const [{ from, user, text } = { from: "", user: "", text: "" }] = server.messages;
  expect({ from, user }).toEqual({ from: "office@example.com", user: "post" });
  expect(text).toContain("Message-ID: <a1@agentlink>");
  expect(text).toContain("Subject: full Bcc: evil@example.com");
  expect(text).not.toMatch(/^Bcc:/m);
});

test.each(["busy", "refuses"] as const)("a mail server that is %s is said without its password", async (fault) => {
  await using server = await startSmtp({ user: "post", password: "geheim" });
  server.fault = fault;
  const [mail] = openChannels({ ...settings, smtpUrl: server.url }, outbound);
  const error = await mail?.send({ subject: "x", text: "x" }).catch((caught) => caught);
  expect(error).toMatchObject({ code: "mail_refused", transient: true });
  expect(String(error)).not.toContain("geheim");
  expect(server.messages).toEqual([]);
});

test("a wrong password, and a server that is away, are said", async () => {
  await using server = await startSmtp({ user: "post", password: "right" });
  for (const smtpUrl of [server.url.replace("right", "wrong"), "smtp://127.0.0.1:9"]) {
    const [mail] = openChannels({ ...settings, smtpUrl }, outbound);
    await expect(mail?.send({ subject: "x", text: "x" })).rejects.toMatchObject({ code: "mail_refused" });
  }
});

test("a recipient who is refused sends nobody else a second mail", async () => {
  await using server = await startSmtp();
  server.refusedRecipient = "ops@example.com";
  const folder = await mkdtemp(join(tmpdir(), "agentlink-records-"));
  const records = openLocalRecords({ path: join(folder, "office.db") });
  let time = Date.UTC(2026, 6, 1);
  const notifier = startNotifier({
    ...{ records, afterMs: 0, host: "one", publicUrl: null, log, now: () => time },
    channels: openChannels({ ...settings, smtpUrl: server.url }, outbound),
    problems: async () => [DROPBOX],
  });
  for (let looks = 0; looks < 5; looks += 1) {
    await notifier.look();
    time += HOUR;
  }
  expect(server.messages.map(({ to }) => to)).toEqual([["office@example.com"]]);
  server.refusedRecipient = null;
  await notifier.look();
  await notifier.look();
  expect(server.messages.map(({ to }) => to)).toEqual([["office@example.com"], ["ops@example.com"]]);
  await notifier.stop();
  records.close();
  await rm(folder, { recursive: true });
});

/** A mail server that says this to whoever connects, again and again, and never more. */
function aDrippingServer(said: string) {
  let [open, seen] = [0, 0];
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        [open, seen] = [open + 1, seen + 1];
        const timer = setInterval(() => void socket.write(said), 20);
        socket.data = timer;
      },
      data() {},
      close({ data }) {
        open -= 1;
        clearInterval(data);
      },
    },
  } as Bun.TCPSocketListenOptions<Timer>);
  return {
    url: `smtp://127.0.0.1:${server.port}`,
    open: () => open,
    seen: () => seen,
    [Symbol.dispose]: () => server.stop(true),
  };
}

test.each([
  ["says nothing", ""],
  ["says a little again and again", "220-wait\r\n"],
])("a mail server that %s keeps no message from another channel, and no service from its end", async (_, said) => {
  using server = aDrippingServer(said);
  await using receiver = startReceiver(() => new Response("ok"));
  const folder = await mkdtemp(join(tmpdir(), "agentlink-records-"));
  const records = openLocalRecords({ path: join(folder, "office.db") });
  const notifier = startNotifier({
    ...{ records, afterMs: 0, host: "one", publicUrl: null, log },
    channels: openChannels({ ...settings, smtpUrl: server.url, notifyWebhook: receiver.url }, outbound),
    problems: async () => [DROPBOX],
  });
  void notifier.look();
  await until(() => receiver.received.length === 1 && server.seen() === 2);
  await notifier.stop();
  await until(() => server.open() === 0);
  records.close();
  await rm(folder, { recursive: true });
});

test("a webhook that asks for a pause gets it; a redirect is no acceptance", async () => {
  await using receiver = startReceiver((nth) =>
    nth === 0
      ? new Response(null, { status: 429, headers: { "Retry-After": "900" } })
      : nth === 1
        ? Response.redirect("http://127.0.0.1:9/", 302)
        : new Response("ok"),
  );
  const folder = await mkdtemp(join(tmpdir(), "agentlink-records-"));
  const records = openLocalRecords({ path: join(folder, "office.db") });
  let time = Date.UTC(2026, 6, 1);
  const notifier = startNotifier({
    ...{ records, afterMs: 0, host: "one", publicUrl: null, log, now: () => time },
    channels: openChannels({ ...settings, smtpUrl: null, notifyWebhook: receiver.url }, outbound),
    problems: async () => [DROPBOX],
  });
  const counts: number[] = [];
  for (const minutes of [1, 5, 8, 2, 1, 20, 20]) {
    await notifier.look();
    counts.push(receiver.received.length);
    time += minutes * MINUTE;
  }
  expect(counts).toEqual([1, 1, 1, 1, 2, 3, 3]);
  await notifier.stop();
  records.close();
  await rm(folder, { recursive: true });
});

test("a webhook is called as Slack's is; its words mention nobody, and a refusal is said without its path", async () => {
  await using receiver = startReceiver((nth) => new Response(null, { status: nth === 0 ? 200 : 404 }));
  const [webhook] = openChannels(
    { ...settings, smtpUrl: null, notifyWebhook: `${receiver.url}/services/T0/B0/secret` },
    outbound,
  );
  await webhook?.send({ subject: "<!channel> & more", text: "see <https://evil.example|here>" });
  expect(JSON.parse(receiver.received[0]?.body ?? "")).toEqual({
    text: "*&lt;!channel&gt; &amp; more*\nsee &lt;https://evil.example|here&gt;",
  });
  const error = await webhook?.send({ subject: "x", text: "x" }).catch((caught) => caught);
  expect(error).toMatchObject({ code: "webhook_refused" });
  expect(String(error)).not.toContain("secret");
});
