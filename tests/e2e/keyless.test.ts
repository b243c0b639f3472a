import { afterEach, expect, test as plain } from "bun:test";
import { existsSync } from "node:fs";
import { chmod, copyFile, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../free-port.ts";
import { unless, withPrograms } from "../programs.ts";
import { startRedis } from "../queue/redis-server.ts";
import { until } from "../until.ts";
import { binaryPath, type RunningBinary, run, startBinary, temporaryFolder } from "./binary.ts";
import { openListeningSocket } from "./listening-socket.ts";

const ROOT = process.getuid?.() === 0;
const withNginx = withPrograms("nginx", "curl");
const withRedis = withPrograms("redis-server");
/** Another user's programs can be started by root alone. */
const asRoot = unless(ROOT ? null : "it needs root: it runs programs as other users");

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function start(env: Record<string, string> = {}, dataDir = join(temporaryFolder(), "data")) {
  const service = await startBinary({ dataDir, env });
  ending.push(() => service.end("SIGKILL"));
  return { ...service, dataDir, port: new URL(service.url).port };
}

/** What curl receives: the status, then the body. As another user where one is named. */
async function curl(url: string, { args = [], user }: { args?: readonly string[]; user?: number } = {}) {
  const as = user === undefined ? [] : ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
  const child = Bun.spawn([...as, "curl", "-s", "-m", "20", "-w", "\n%{http_code}", ...args, url], { stdout: "pipe" });
  const lines = (await new Response(child.stdout).text()).split("\n");
  return { status: Number(lines.at(-1)), body: lines.slice(0, -1).join("\n") };
}

/** An nginx with one plain line: it passes nothing on about the client. Returns its URL. */
async function plainNginx(upstream: string, { user, listen }: { user: string; listen?: string }): Promise<string> {
  const folder = temporaryFolder();
  await chmod(folder, 0o755);
  const port = freePort();
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (each) => `${each}_temp_path ${folder}/${each};`,
  );
  await writeFile(
    join(folder, "nginx.conf"),
    `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; ${ROOT ? `user ${user};` : ""} events {}
http { access_log off; ${paths.join(" ")}
  server { listen ${listen ?? `127.0.0.1:${port}`}; location / { proxy_pass ${upstream}; } } }`,
  );
  const nginx = Bun.spawn(["nginx", "-c", join(folder, "nginx.conf")], { stdout: "ignore", stderr: "inherit" });
  ending.push(async () => {
    nginx.kill("SIGTERM");
    await nginx.exited;
  });
  const url = `http://127.0.0.1:${port}`;
  if (listen === undefined) await until(async () => (await curl(`${url}/livez`)).status === 200);
  return url;
}

plain("one's own programs are served as they stand, over IPv4 and IPv6", async () => {
  const { url, port } = await start();
  expect((await curl(`${url}/api/jobs`)).status).toBe(200);
  expect((await fetch(`${url}/api/overview`)).status).toBe(200);
  expect((await curl(`http://localhost:${port}/api/jobs`)).status).toBe(200);
  const six = await start({ AGENTLINK_HOST: "::" });
  for (const host of ["[::1]", "127.0.0.1", "localhost"])
    expect([host, (await curl(`http://${host}:${six.port}/api/jobs`)).status]).toEqual([host, 200]);
});

asRoot("another user of the machine is refused, whichever address and socket the service has", async () => {
  const user = 65_533;
  const plainly = await start();
  const everywhere = await start({ AGENTLINK_HOST: "::" });
  const hosts = ["127.0.0.1", "127.0.0.9", "[::1]", "[::ffff:127.0.0.1]"].map((host) => `${host}:${everywhere.port}`);
  for (const host of [`127.0.0.1:${plainly.port}`, ...hosts]) {
    const response = await curl(`http://${host}/api/jobs`, { user, args: ["-H", "Host: localhost"] });
    expect([host, response.status, JSON.parse(response.body).code]).toEqual([host, 403, "access_denied"]);
    expect(response.body).toContain("another user");
  }
  using socket = openListeningSocket();
  const activated = await startBinary({ dataDir: join(temporaryFolder(), "data"), socket: socket.fd });
  ending.push(() => activated.end("SIGKILL"));
  expect((await curl(`${activated.url}/api/jobs`, { user })).status).toBe(403);
  expect((await curl(`${activated.url}/api/jobs`)).status).toBe(200);
});

asRoot("a request whose sender has gone, and whose socket has no owner any more, is not taken for root's", async () => {
  const { url, port } = await start();
  const body = '{"suburb":"Manly","state":"NSW"}';
  const request = `POST /api/generate-agents-report HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const script = `for i in {1..50}; do exec 3<>/dev/tcp/127.0.0.1/${port}; printf %s "$0" >&3; exec 3>&-; done`;
  const child = Bun.spawn(
    ["setpriv", "--reuid=65533", "--regid=65533", "--clear-groups", "bash", "-c", script, request],
    { stdout: "ignore" },
  );
  expect(await child.exited).toBe(0);
  const jobs = (await (await fetch(`${url}/api/jobs`)).json()) as { jobs: unknown[] };
  expect(jobs.jobs).toEqual([]);
});

withNginx(
  "nothing that comes through a plain proxy is let in, whichever user it runs as",
  async () => {
    const { url, port } = await start();
    const six = await start({ AGENTLINK_HOST: "::" });
    for (const user of ROOT ? ["root", "www-data", "nobody nogroup"] : ["x"]) {
      for (const upstream of [`http://127.0.0.1:${port}`, `http://[::1]:${six.port}`]) {
        const proxy = await plainNginx(upstream, { user });
        for (const args of [[], ["-X", "POST", "-d", "{}"], ["-H", "Accept: text/html"]]) {
          const path = args.includes("POST") ? "/api/generate-agents-report" : "/api/jobs";
          const reply = await curl(proxy + path, { args });
          expect([user, upstream, args.join(" "), reply.status]).toEqual([user, upstream, args.join(" "), 403]);
        }
      }
    }
    expect((await curl(`${url}/api/jobs`)).status).toBe(200);
    const socket = join(temporaryFolder(), "nginx.sock");
    await plainNginx(url, { user: "root", listen: `unix:${socket}` });
    const through = () => curl("http://localhost/api/jobs", { args: ["--unix-socket", socket] });
    await until(async () => (await through()).status !== 0);
    expect((await through()).status).toBe(403);
  },
  60_000,
);

asRoot(
  "a program of one's own that passes on what a stranger asks is refused, also on a connection it had before",
  async () => {
    const { port } = await start();
    const relayPort = freePort();
    const relay = join(temporaryFolder(), "relay.ts");
    // One connection to the service for all clients, as proxies have them.
    await writeFile(
      relay,
      `const agent = new (require("node:http").Agent)({ keepAlive: true, maxSockets: 1 });
require("node:http").createServer((q, a) => {
  const to = require("node:http").request({ port: ${port}, host: "127.0.0.1", path: q.url, agent, headers: { host: "localhost" } },
    (r) => { a.writeHead(r.statusCode); r.pipe(a); });
  to.end();
}).listen(${relayPort}, "127.0.0.1");`,
    );
    const child = Bun.spawn([process.execPath, relay], { stdout: "ignore" });
    ending.push(() => child.kill("SIGKILL"));
    const url = `http://127.0.0.1:${relayPort}/api/jobs`;
    await until(async () => (await curl(url)).status === 200);
    const stranger = await curl(url, { user: 65_533 });
    expect(stranger.status).toBe(403);
    expect(stranger.body).toContain("also serves other programs");
    // And so may its owner, when the stranger has gone.
    await until(async () => (await curl(url)).status === 200);
  },
);

asRoot(
  "a service of a user of its own serves that user and root, and no relay of theirs that cannot be inspected",
  async () => {
    const folder = temporaryFolder();
    await chmod(folder, 0o777);
    const binary = join(folder, "agentlink");
    await copyFile(binaryPath(), binary);
    const user = 65_533;
    const as = `setpriv --reuid=${user} --regid=${user} --clear-groups`;
    const dataDir = join(folder, "data");
    const service = await startBinary({
      dataDir,
      command: ["sh", "-c", `cd ${folder} && exec ${as} ./agentlink serve`],
    });
    ending.push(() => service.end("SIGKILL"));
    const url = `${service.url}/api/jobs`;
    expect((await curl(url, { user })).status).toBe(200);
    expect((await curl(url)).status).toBe(200);
    expect((await curl(url, { user: user - 1 })).status).toBe(403);
    const port = freePort();
    const relay = join(folder, "relay.ts");
    // As servers do that begin as root: the kernel then lets no process of that user inspect them.
    await writeFile(
      relay,
      `const { createServer, connect } = require("node:net");
process.setuid(${user});
createServer((one) => {
  const two = connect(${new URL(service.url).port}, "127.0.0.1");
  one.pipe(two).pipe(one);
}).listen(${port}, "127.0.0.1");`,
    );
    const child = Bun.spawn([process.execPath, relay], { stdout: "ignore" });
    ending.push(() => child.kill("SIGKILL"));
    const through = () =>
      curl(`http://127.0.0.1:${port}/api/jobs`, { user: user - 1, args: ["-H", "Host: localhost"] });
    await until(async () => (await through()).status !== 0);
    expect((await through()).status).toBe(403);
  },
);

plain("with a public address every request needs a key, and the log says what to do", async () => {
  const { url, dataDir, log } = await start({ AGENTLINK_PUBLIC_URL: "https://reports.example.com" });
  const key = (await readFile(join(dataDir, "local.key"), "utf8")).trim();
  for (const headers of [{}, { "X-API-Key": key }] as const)
    expect((await fetch(`${url}/api/jobs`, { headers: headers as Record<string, string> })).status).toBe(403);
  await until(() => log().includes("there is no key yet"));
  expect(log()).toContain(`agentlink keys create --name ops --scope admin --data-dir ${dataDir}`);
  const made = await run(["keys", "create", "--name", "ops", "--scope", "admin", "--data-dir", dataDir]);
  const headers = { "X-API-Key": made.stdout.trim() };
  await until(async () => (await fetch(`${url}/api/jobs`, { headers })).status === 200);
});

plain(
  "the key in the data folder admits whoever can read it, until a key is made; the commands show it by themselves",
  async () => {
    const { url, dataDir, log, end } = await start();
    await until(() => log().includes("there is no key yet"));
    const path = join(dataDir, "local.key");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const key = (await readFile(path, "utf8")).trim();
    const send = (headers: Record<string, string>) =>
      curl(`${url}/api/jobs`, {
        args: Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
        ...(ROOT ? { user: 65_533 } : {}),
      });
    expect((await send({ "X-API-Key": key })).status).toBe(200);
    expect((await send({ "X-API-Key": key, "X-Forwarded-For": "203.0.113.9" })).status).toBe(403);
    expect((await send({ "X-API-Key": `${key.slice(0, -1)}!` })).status).toBe(401);
    const env = { AGENTLINK_URL: url, AGENTLINK_DATA_DIR: dataDir };
    expect((await run(["jobs", "list"], { env })).code).toBe(0);
    await run(["keys", "create", "--name", "ops", "--scope", "admin", "--data-dir", dataDir]);
    await until(async () => (await curl(`${url}/api/jobs`)).status === 401);
    expect((await send({ "X-API-Key": key })).status).toBe(401);
    const listed = await run(["jobs", "list"], { env });
    expect(listed.stderr).toContain("Send a key");
    await end("SIGTERM");
    const again = await start({}, dataDir);
    expect(again.log()).not.toContain("there is no key yet");
    expect((await curl(`${again.url}/api/jobs`)).status).toBe(401);
  },
);

plain(
  "a browser from elsewhere is shown a page that says what to do, a program a problem; neither names a folder",
  async () => {
    const { url, dataDir } = await start({ AGENTLINK_HOST: "0.0.0.0" });
    const forwarded = { "X-Forwarded-For": "203.0.113.9" };
    for (const path of ["/", "/jobs", "/jobs/x", "/docs", "/api/jobs"]) {
      const page = await fetch(url + path, { headers: { ...forwarded, accept: "text/html,*/*" } });
      expect([path, page.status, page.headers.get("content-type")]).toEqual([path, 403, "text/html; charset=utf-8"]);
      const text = await page.text();
      expect(text).toContain("agentlink keys create --name you --scope admin");
      expect(text).not.toContain(dataDir);
      for (const [, asset] of text.matchAll(/(?:href|src)="([^"]*assets[^"]*)"/g))
        expect((await fetch(new URL(asset ?? "", url + path))).status).toBe(200);
      const problem = await fetch(url + path, { headers: forwarded });
      expect(problem.headers.get("content-type")).toBe("application/problem+json");
      expect(await problem.json()).toMatchObject({ code: "access_denied", status: 403 });
    }
  },
);

/** Waits until all are refused, whatever they show, and the log reports it. */
async function expectLost({ url, log }: Pick<RunningBinary, "url" | "log">, secret: string) {
  const status = async (headers: Record<string, string>) => (await fetch(`${url}/api/jobs`, { headers })).status;
  await until(async () => (await status({ "X-API-Key": secret })) === 503);
  expect(await status({})).toBe(503);
  const page = await fetch(`${url}/`, { headers: { accept: "text/html" } });
  expect([page.status, await page.text()]).toEqual([503, expect.stringContaining("keys create")]);
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining("keys of this service are lost")]);
  expect(log()).toContain("the keys are lost, so every request is refused");
}

const losses: readonly (readonly [string, (path: string) => Promise<unknown>])[] = [
  ["removed", (path) => rm(path)],
  ["removed with its log", (path) => Promise.all(["", "-wal", "-shm"].map((part) => rm(path + part, { force: true })))],
  ["written over", (path) => writeFile(path, "the keeper's diary of a long year at sea".repeat(200))],
  [
    "replaced by another file",
    async (path) => {
      await writeFile(`${path}.new`, "the keeper's diary of a long year at sea".repeat(200));
      await rename(`${path}.new`, path);
    },
  ],
  [
    "cut to nothing",
    async (path) => {
      await truncate(path, 0);
      await rm(`${path}-wal`, { force: true });
    },
  ],
];

for (const [how, lose] of losses)
  plain(
    `keys whose file is ${how} close the API of the running service and after a restart, and a new key opens it`,
    async () => {
      const { dataDir, ...service } = await start();
      const create = async () =>
        (await run(["keys", "create", "--name", "ops", "--scope", "admin", "--data-dir", dataDir])).stdout.trim();
      const old = await create();
      const status = async (url: string, secret: string) =>
        (await fetch(`${url}/api/jobs`, { headers: { "X-API-Key": secret } })).status;
      await until(async () => (await status(service.url, old)) === 200);
      await lose(join(dataDir, "keys.db"));
      await expectLost(service, old);
      await service.end("SIGTERM");
      const again = await start({}, dataDir);
      await expectLost(again, old);
      const made = await create();
      await until(async () => (await status(again.url, made)) === 200);
      expect(await status(again.url, old)).toBe(401);
      expect((await fetch(`${again.url}/api/jobs`)).status).toBe(401);
      expect((await fetch(`${again.url}/readyz`)).status).toBe(200);
    },
  );

withRedis(
  "keys that Redis lost close the API of each host, running and restarted, and a new key opens it",
  async () => {
    const redis = await startRedis({ appendfsync: "no" });
    ending.push(() => redis.remove());
    const env = {
      AGENTLINK_REDIS_URL: redis.url,
      AGENTLINK_REPORTS: temporaryFolder(),
      AGENTLINK_DELIVERY_FOLDER: temporaryFolder(),
    };
    const one = await start(env);
    const two = await start(env);
    const create = async () =>
      (await run(["keys", "create", "--name", "ops", "--scope", "admin"], { env })).stdout.trim();
    const old = await create();
    const status = async (url: string, secret: string) =>
      (await fetch(`${url}/api/jobs`, { headers: { "X-API-Key": secret } })).status;
    for (const { url } of [one, two]) await until(async () => (await status(url, old)) === 200);
    // Of the keys alone, and of everything.
    await redis.cli("del", "{agentlink}:keys");
    await expectLost(one, old);
    await redis.cli("flushall");
    for (const host of [one, two]) await expectLost(host, old);
    await one.end("SIGKILL");
    const again = await start(env, one.dataDir);
    await expectLost(again, old);
    expect(existsSync(join(one.dataDir, "keys.required"))).toBe(true);
    const made = await create();
    for (const { url } of [again, two]) await until(async () => (await status(url, made)) === 200);
    expect(await status(two.url, old)).toBe(401);
  },
  60_000,
);
