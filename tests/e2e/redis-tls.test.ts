import { afterAll, beforeAll, expect, setDefaultTimeout } from "bun:test";
import { join } from "node:path";
import { freePort } from "../free-port.ts";
import { withPrograms } from "../programs.ts";
import { HAS_REDIS, type RedisServer, startRedis } from "../queue/redis-server.ts";
import { post, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

setDefaultTimeout(120_000);
const test = withPrograms("redis-server", "openssl");
const LOGIN = "agentlink:s3cret/";

let server: RedisServer;
let folder: string;
let url: string;

beforeAll(async () => {
  if (!HAS_REDIS || Bun.which("openssl") === null) return;
  folder = temporaryFolder();
  await makeCertificates(folder);
  const tlsPort = freePort();
  const at = (name: string) => join(folder, name);
  server = await startRedis({
    login: LOGIN,
    args: [
      ...["--tls-port", String(tlsPort), "--tls-auth-clients", "no", "--tls-ca-cert-file", at("ca.crt")],
      ...["--tls-cert-file", at("redis.crt"), "--tls-key-file", at("redis.key")],
      // The permissions of the hosts' user in docs/several-hosts.md.
      ...[
        "--user",
        "agentlink",
        "on",
        ">s3cret/",
        "~{agentlink}:*",
        "&*",
        "+@all",
        "-@dangerous",
        "+info",
        "+config|get",
      ],
      ...["--user", "default", "off"],
    ],
  });
  url = `rediss://agentlink:${encodeURIComponent("s3cret/")}@127.0.0.1:${tlsPort}`;
});
afterAll(() => server?.remove());

/** An authority of the test's own, and a certificate of it for loopback. */
async function makeCertificates(into: string): Promise<void> {
  const openssl = (...args: string[]) => Bun.$`openssl ${args}`.cwd(into).quiet();
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  await openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=the test's authority");
  await openssl(
    ...["req", "-x509", ...key, "-CA", "ca.crt", "-CAkey", "ca.key", "-keyout", "redis.key", "-out", "redis.crt"],
    ...["-subj", "/CN=redis", "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=CA:FALSE"],
  );
}

const start = (env: Record<string, string>) =>
  startBinary({
    dataDir: temporaryFolder(),
    env: {
      AGENTLINK_REDIS_URL: url,
      AGENTLINK_REPORTS: join(folder, "reports"),
      AGENTLINK_DELIVERY_FOLDER: join(folder, "out"),
      AGENTLINK_RENDER_THREADS: "1",
      ...env,
    },
  });

test("a job is done over TLS, by a user with a password who may do no more than it takes", async () => {
  const host = await start({ NODE_EXTRA_CA_CERTS: join(folder, "ca.crt") });
  const id = await post(host.url, inlineJob(1));
  expect(await untilEnded(host.url, id)).toMatchObject({ status: "completed", attempts: 1, error: "" });
  expect((await fetch(`${host.url}/api/jobs/${id}/report.pdf`)).status).toBe(200);
  expect(await server.cli("zcard", "{agentlink}:jobs:completed")).toBe("1");
  expect(await server.cli("set", "others", "1")).toStartWith("NOPERM");
  expect(host.log()).not.toContain("s3cret");
  expect(await host.end("SIGTERM")).toBe(0);
});

test("a server with an untrusted certificate, or a wrong password, is refused in a line without the password", async () => {
  const refused = async (env: Record<string, string>) => String(await start(env).catch((error) => error));
  const trusting = { NODE_EXTRA_CA_CERTS: join(folder, "ca.crt") };
  const unknown = await refused({});
  expect(unknown).toMatch(
    /agentlink: Redis at 127\.0\.0\.1:\d+\/0 cannot be reached: .*certificate.*Check AGENTLINK_REDIS_URL\n/,
  );
  const wrong = await refused({ ...trusting, AGENTLINK_REDIS_URL: url.replace("s3cret", "hunter2") });
  expect(wrong).toMatch(/agentlink: Redis at .* cannot be reached: WRONGPASS/);
  const plain = await refused({ ...trusting, AGENTLINK_REDIS_URL: url.replace("rediss:", "redis:") });
  expect(plain).toContain("cannot be reached");
  for (const text of [unknown, wrong, plain]) expect(text).not.toMatch(/s3cret|hunter2/);
});
