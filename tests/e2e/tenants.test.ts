import { afterEach, expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { ok, startReceiver } from "../fakes/receiver.ts";
import { freePort } from "../free-port.ts";
import { withPrograms } from "../programs.ts";
import { startRedis } from "../queue/redis-server.ts";
import { until } from "../until.ts";
import { post, type RunningBinary, run, startBinary, temporaryFolder } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

type Environment = Record<string, string>;
type Key = { readonly "X-API-Key": string };

async function openWorld(env: Environment) {
  const dataDir = join(temporaryFolder(), "inner-data-folder");
  const cli = (...args: readonly string[]) => run([...args, "--data-dir", dataDir], { env });
  const key = async (name: string, scope: string): Promise<Key> => ({
    "X-API-Key": (await cli("keys", "create", "--name", name, "--scope", scope)).stdout.trim(),
  });
  const start = async (): Promise<RunningBinary> => {
    const service = await startBinary({ dataDir, env });
    ending.push(() => service.end("SIGKILL"));
    return service;
  };
  return { dataDir, cli, key, start };
}

/** As the two backends need it. */
const backends: readonly (readonly [string, typeof test, () => Promise<Environment>])[] = [
  ["SQLite", test, async () => ({})],
  [
    "Redis",
    withPrograms("redis-server"),
    async () => {
      const redis = await startRedis({ appendfsync: "no" });
      ending.push(() => redis.remove());
      return { AGENTLINK_REDIS_URL: redis.url, AGENTLINK_REPORTS: join(temporaryFolder(), "inner-reports") };
    },
  ],
];

for (const [backend, testHere, settings] of backends) {
  testHere(
    `${backend}: a client learns nothing of where the operator stores, gets and sends things, an admin all`,
    async () => {
      await using receiver = startReceiver(() => new Response("inner words of the receiver", { status: 500 }));
      const delivered = join(temporaryFolder(), "inner-delivery");
      const hidden = `http://127.0.0.1:${freePort()}`;
      const env = {
        ...(await settings()),
        AGENTLINK_ALLOW_HOSTS: "127.0.0.1",
        AGENTLINK_CALLBACK_URL: `${receiver.url}/inner-hook?token=inner-token`,
        AGENTLINK_SOURCE_URL: `${hidden}/inner-source/{suburb}?key=inner-key`,
        AGENTLINK_MAX_ATTEMPTS: "1",
        AGENTLINK_DELIVERY_FOLDER: delivered,
      };
      const { dataDir, cli, key, start } = await openWorld(env);
      const [boss, make, eyes] = [await key("boss", "admin"), await key("make", "submit"), await key("eyes", "viewer")];
      const { url, log } = await start();
      const done = await post(url, inlineJob(1), make);
      const stuck = await post(url, { suburb: "Mosman", state: "NSW" }, make);
      const read = async (path: string, headers: Key) => (await fetch(url + path, { headers })).text();
      await until(async () => (await read(`/api/job-status/${done}?wait=5`, boss)).includes('"completed"'));
      await until(() => receiver.received.length > 0);
      await until(async () => JSON.parse(await read(`/api/jobs/${stuck}`, boss)).attempts[0]?.error);
      // A file where the next delivery needs its folder: its failure names it.
      chmodSync(delivered, 0o755);
      const paths = [
        ...[done, stuck].flatMap((id) => [`/api/job-status/${id}`, `/api/jobs/${id}`, `/api/jobs/${id}/callbacks`]),
        "/api/jobs",
      ];
      const stream = async (headers: Key) => {
        const response = await fetch(`${url}/api/jobs/${done}/events`, { headers });
        return response.text();
      };
      const notified = async (headers: Key) =>
        [...(await Promise.all(paths.map((path) => read(path, headers)))), await stream(headers)].join("\n");
      const inner = [delivered, dataDir, receiver.url, hidden, "inner-", "inner words", new URL(hidden).port];
      const client = await notified(make);
      for (const secret of inner) expect([secret, client.includes(secret)]).toEqual([secret, false]);
      expect(client).toContain("the operator of the service can see the details");
      // A key that sees the jobs of all clients does not see that either, and not in what only it may read beside an admin.
      const whole = ["/api/overview", "/api/deliveries", "/api/failures", "/api/jobs.csv", "/api/audit", "/readyz"];
      const viewer = [await notified(eyes), ...(await Promise.all(whole.map((path) => read(path, eyes))))].join("\n");
      for (const id of [done, stuck]) expect(viewer).toContain(id);
      for (const secret of inner) expect([secret, viewer.includes(secret)]).toEqual([secret, false]);
      const admin = await notified(boss);
      for (const secret of [delivered, receiver.url, "inner words"])
        expect([secret, admin.includes(secret)]).toEqual([secret, true]);

      const printed = [(await cli("config")).stdout, (await cli("config", "--json")).stdout].join();
      for (const secret of ["inner-hook", "inner-token", "inner-source", "inner-key", receiver.url, hidden])
        expect([secret, printed.includes(secret)]).toEqual([secret, false]);
      expect(log()).not.toContain("inner-token");
      expect(log()).not.toContain("inner-key");
    },
    120_000,
  );

  testHere(
    `${backend}: what a source says of a locality is in no response to a client, and in no callback to an address of a client's`,
    async () => {
      await using theirs = startReceiver(ok);
      await using operators = startReceiver(() => new Response("inner words of the receiver", { status: 403 }));
      const responses: Readonly<Record<string, Response>> = {
        mosman: new Response("inner words: no route to inner-db.internal", { status: 400 }),
        bondi: new Response("<html>inner words of a proxy</html>", { headers: { "content-type": "text/html" } }),
        randwick: Response.json({ agents: "inner words where a list is to be" }),
      };
      using source = Bun.serve({
        hostname: "127.0.0.1",
        port: 0,
        fetch: ({ url }) =>
          responses[url.split("/").at(-1)?.split("?")[0]?.toLowerCase() ?? ""]?.clone() ??
          new Response("", { status: 404 }),
      });
      const delivered = join(temporaryFolder(), "inner-delivery");
      const { dataDir, key, start } = await openWorld({
        ...(await settings()),
        AGENTLINK_ALLOW_HOSTS: "127.0.0.1",
        AGENTLINK_ALLOW_CALLBACK_HOSTS: theirs.host,
        AGENTLINK_CALLBACK_URL: `${operators.url}/inner-hook`,
        AGENTLINK_SOURCE_URL: `http://127.0.0.1:${source.port}/inner-source/{suburb}?key=inner-key`,
        AGENTLINK_DELIVERY_FOLDER: delivered,
      });
      const [boss, make] = [await key("boss", "admin"), await key("make", "submit")];
      const { url } = await start();
      const mine = { callback_url: `http://${theirs.host}/mine` };
      const ids = [await post(url, { ...inlineJob(1), ...mine }, make)];
      for (const suburb of ["Mosman", "Bondi", "Randwick"])
        ids.push(await post(url, { suburb, state: "NSW", ...mine }, make));
      ids.push(await post(url, inlineJob(2), make));
      const read = async (path: string, headers: Key) => (await fetch(url + path, { headers })).text();
      const reported = async (headers: Key) => {
        const paths = ids.flatMap((id) => [`/api/job-status/${id}`, `/api/jobs/${id}`, `/api/jobs/${id}/callbacks`]);
        return (
          await Promise.all([...paths, "/api/jobs", "/api/overview", "/readyz"].map((path) => read(path, headers)))
        ).join("\n");
      };
      // The admin sees what went wrong with each of them: then it has.
      await until(async () => {
        const all = await reported(boss);
        const isNotified = theirs.received.some(({ body }) => body.includes('"completed"'));
        return all.includes("inner words of the receiver") && all.includes(delivered) && isNotified;
      });
      await until(async () => {
        const jobs = await Promise.all(ids.slice(1, 4).map((id) => read(`/api/jobs/${id}`, boss)));
        return jobs.every((job) => JSON.parse(job).attempts[0]?.error);
      });
      const inner = [delivered, dataDir, operators.url, `127.0.0.1:${source.port}`, "inner-", "inner words"];
      const client = [await reported(make), ...theirs.received.map(({ body }) => body)].join("\n");
      for (const secret of inner) expect([secret, client.includes(secret)]).toEqual([secret, false]);
      expect(theirs.received.some(({ body }) => body.includes('"completed"'))).toBe(true);
    },
    120_000,
  );

  testHere(
    `${backend}: each client has a callback secret of its own, the operator's default and all others the service's`,
    async () => {
      await using receiver = startReceiver(ok);
      const [secret] = [`whsec_${Buffer.alloc(32, 7).toString("base64")}`];
      const env = {
        ...(await settings()),
        AGENTLINK_ALLOW_HOSTS: "127.0.0.1",
        AGENTLINK_ALLOW_CALLBACK_HOSTS: new URL(receiver.url).host,
        AGENTLINK_CALLBACK_URL: `http://${receiver.host}/operator`,
        AGENTLINK_CALLBACK_SECRET: secret,
        AGENTLINK_DELIVERY_FOLDER: temporaryFolder(),
      };
      const { cli, key, start } = await openWorld(env);
      const [one, two] = [await key("one", "submit"), await key("two", "submit")];
      expect((await cli("keys", "callback-secret", "nobody")).code).not.toBe(0);
      const made = (await cli("keys", "callback-secret", "one")).stdout.trim();
      expect(made).toMatch(/^whsec_/);
      expect((await cli("keys", "callback-secret", "one")).stdout.trim()).toBe(made);
      const { url } = await start();
      const signedWith = async (path: string, headers: Key, body: object): Promise<string> => {
        const id = await post(url, { ...inlineJob(1), ...body }, { ...headers });
        const got = await until(() => receiver.received.find((each) => each.body.includes(id)));
        expect(got.path).toBe(path);
        const names = { made, secret, rotated };
        const signature = {
          "webhook-id": got.id,
          "webhook-timestamp": got.timestamp,
          "webhook-signature": got.signature,
        };
        const verifies = (candidate: string) => {
          try {
            return new Webhook(candidate).verify(got.body, signature as Record<string, string>) !== null;
          } catch {
            return false;
          }
        };
        return Object.entries(names)
          .flatMap(([name, candidate]) => (candidate !== "" && verifies(candidate) ? [name] : []))
          .join(" ");
      };
      let rotated = "";
      const mine = { callback_url: `http://${receiver.host}/mine` };
      expect(await signedWith("/mine", one, mine)).toBe("made");
      expect(await signedWith("/mine", two, mine)).toBe("secret");
      expect(await signedWith("/operator", one, {})).toBe("secret");
      // A client that names the operator's address does not get the operator's signature.
      expect(await signedWith("/operator", one, { callback_url: env.AGENTLINK_CALLBACK_URL })).toBe("made");
      rotated = (await cli("keys", "callback-secret", "one", "--rotate")).stdout.trim();
      expect(rotated).not.toBe(made);
      // A receiver that has the one before still has the day to take the new one.
      expect(await signedWith("/mine", one, mine)).toBe("made rotated");
      expect((await cli("keys", "callback-secret", "one")).stdout.trim()).toBe(rotated);
    },
    120_000,
  );
}

test("what is open for the operator's own addresses is not open for callers, and the machine's own are only by name", async () => {
  const port = freePort();
  const own = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith("fe80"))
    .map(({ address }) => (address.includes(":") ? `[${address}]` : address));
  const env = {
    AGENTLINK_PORT: String(port),
    AGENTLINK_ALLOW_HOSTS: "127.0.0.1,10.0.0.0/8,hooks.internal",
    AGENTLINK_ALLOW_HTTP: "yes",
    AGENTLINK_ALLOW_CALLBACK_HOSTS: "127.0.0.1",
    AGENTLINK_PUBLIC_URL: "https://reports.example.com",
  };
  const { key, start } = await openWorld(env);
  const make = await key("make", "submit");
  const { url } = await start();
  const status = async (callback_url: string) => {
    const response = await fetch(`${url}/api/generate-agents-report`, {
      method: "POST",
      headers: { "content-type": "application/json", ...make },
      body: JSON.stringify({ ...inlineJob(1), callback_url }),
    });
    return [callback_url, response.status, response.status === 422 ? await response.text() : ""] as const;
  };
  const refused = [
    "https://10.1.2.3/",
    "http://hooks.example.com/",
    "http://hooks.internal/",
    `http://127.0.0.1:${port}/api/queue/pause`,
    "https://reports.example.com/api/queue/pause",
    "https://reports.example.com:8443/",
    "http://0.0.0.0:9000/",
    "http://[::1]:9000/",
    "http://[::ffff:127.0.0.1]:9000/",
    "http://[64:ff9b::7f00:1]:9000/",
    ...own.map((address) => `https://${address}:9000/`),
  ];
  for (const address of refused) {
    const [, code, text] = await status(address);
    expect([address, code]).toEqual([address, 422]);
    expect([address, text]).toEqual([address, expect.stringContaining("AGENTLINK_ALLOW_CALLBACK_HOSTS")]);
  }
  for (const address of ["http://127.0.0.1:9/", "https://hooks.example.com/"])
    expect((await status(address)).slice(0, 2)).toEqual([address, 200]);
});

test("/readyz says to all what is wrong, and where only to an admin", async () => {
  const folder = join(temporaryFolder(), "inner-delivery");
  await Bun.write(folder, "a file, where a folder is to be");
  const { key, start, dataDir } = await openWorld({ AGENTLINK_DELIVERY_FOLDER: folder });
  const [boss, make, eyes] = [await key("boss", "admin"), await key("make", "submit"), await key("eyes", "viewer")];
  const { url } = await start();
  await post(url, inlineJob(1), make);
  const ready = (headers: Record<string, string>) => fetch(`${url}/readyz`, { headers });
  await until(async () => (await ready({})).status === 503);
  for (const headers of [{}, make, eyes]) {
    const text = await (await ready(headers as Record<string, string>)).text();
    expect(text).toContain("reports cannot be delivered to folder");
    for (const secret of [folder, dataDir, "inner-"]) expect([secret, text.includes(secret)]).toEqual([secret, false]);
  }
  expect(await (await ready(boss)).text()).toContain(folder);
}, 60_000);
