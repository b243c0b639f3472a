import { expect, test } from "bun:test";
import { join } from "node:path";
import pino from "pino";
import { openChannels } from "../../src/notify/channels.ts";
import { type NotifiedProblem, startNotifier } from "../../src/notify/notify.ts";
import { createOutbound } from "../../src/outbound/outbound.ts";
import { openLocalRecords } from "../../src/storage/records/local.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { startReceiver } from "../fakes/receiver.ts";
import { startSmtp } from "../fakes/smtp.ts";
import { until } from "../until.ts";

const log = pino({ level: "silent" });
const DROPBOX: NotifiedProblem = {
  id: "target:dropbox",
  subject: "reports cannot be delivered to dropbox",
  text: "It is full.",
};

const settings = { notifyMail: ["office@example.com", "ops@example.com"], notifyFrom: null, notifyWebhook: null };
const outbound = createOutbound({ allowHosts: ["127.0.0.1"], allowHttp: false });

test("a mail goes to all recipients by the configured server, but nothing in its words becomes a header", async () => {
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

test.each(["busy", "refuses"] as const)("a mail server that is %s is reported without its password", async (fault) => {
  await using server = await startSmtp({ user: "post", password: "geheim" });
  server.fault = fault;
  const [mail] = openChannels({ ...settings, smtpUrl: server.url }, outbound);
  const error = await mail?.send({ subject: "x", text: "x" }).catch((caught) => caught);
  expect(error).toMatchObject({ code: "mail_refused", transient: true });
  expect(String(error)).not.toContain("geheim");
  expect(server.messages).toEqual([]);
});

test("a wrong password, and an unavailable server, are reported", async () => {
  await using server = await startSmtp({ user: "post", password: "right" });
  for (const smtpUrl of [server.url.replace("right", "wrong"), "smtp://127.0.0.1:9"]) {
    const [mail] = openChannels({ ...settings, smtpUrl }, outbound);
    await expect(mail?.send({ subject: "x", text: "x" })).rejects.toMatchObject({ code: "mail_refused" });
  }
});

test("a refused recipient causes no second mail to others", async () => {
  await using server = await startSmtp();
  server.refusedRecipient = "ops@example.com";
  const folder = temporaryFolder();
  const records = openLocalRecords({ path: join(folder, "office.db") });
  let time = Date.UTC(2026, 6, 1);
  const notifier = startNotifier({
    ...{ records, afterMs: 0, host: "one", publicUrl: null, log, now: () => time },
    channels: openChannels({ ...settings, smtpUrl: server.url }, outbound),
    problems: async () => [DROPBOX],
  });
  for (let checks = 0; checks < 5; checks += 1) {
    await notifier.check();
    time += 3_600_000;
  }
  expect(server.messages.map(({ to }) => to)).toEqual([["office@example.com"]]);
  server.refusedRecipient = null;
  await notifier.check();
  await notifier.check();
  expect(server.messages.map(({ to }) => to)).toEqual([["office@example.com"], ["ops@example.com"]]);
  await notifier.stop();
  records.close();
});

/** A mail server that sends this on each connection, again and again, and nothing else. */
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
])("a mail server that %s delays no message of another channel, and no stop of the service", async (_, said) => {
  using server = aDrippingServer(said);
  await using receiver = startReceiver(() => new Response("ok"));
  const folder = temporaryFolder();
  const records = openLocalRecords({ path: join(folder, "office.db") });
  const notifier = startNotifier({
    ...{ records, afterMs: 0, host: "one", publicUrl: null, log },
    channels: openChannels({ ...settings, smtpUrl: server.url, notifyWebhook: receiver.url }, outbound),
    problems: async () => [DROPBOX],
  });
  void notifier.check();
  await until(() => receiver.received.length === 1 && server.seen() === 2);
  await notifier.stop();
  await until(() => server.open() === 0);
  records.close();
});

test("a webhook that requests a pause gets it; a redirect is no acceptance", async () => {
  await using receiver = startReceiver((nth) =>
    nth === 0
      ? new Response(null, { status: 429, headers: { "Retry-After": "900" } })
      : nth === 1
        ? Response.redirect("http://127.0.0.1:9/", 302)
        : new Response("ok"),
  );
  const folder = temporaryFolder();
  const records = openLocalRecords({ path: join(folder, "office.db") });
  let time = Date.UTC(2026, 6, 1);
  const notifier = startNotifier({
    ...{ records, afterMs: 0, host: "one", publicUrl: null, log, now: () => time },
    channels: openChannels({ ...settings, smtpUrl: null, notifyWebhook: receiver.url }, outbound),
    problems: async () => [DROPBOX],
  });
  const counts: number[] = [];
  for (const minutes of [1, 5, 8, 2, 1, 20, 20]) {
    await notifier.check();
    counts.push(receiver.received.length);
    time += minutes * 60_000;
  }
  expect(counts).toEqual([1, 1, 1, 1, 2, 3, 3]);
  await notifier.stop();
  records.close();
});

test("a webhook is called as Slack's is; its text mentions no one, and a refusal is reported without its path", async () => {
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
