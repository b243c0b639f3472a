import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ok, startReceiver } from "../fakes/receiver.ts";
import { FakeS3, KEYS } from "../fakes/s3.ts";
import { post, run, startBinary, temporaryFolder } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

const random = () => crypto.randomUUID().replaceAll("-", "");

/** Each way in which a secret may be recorded. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("hex"),
  ];
}

test("no secret is in the log, a response, an error, the metrics, a database or a report, whatever goes wrong", async () => {
  const dataDir = temporaryFolder();
  const s3 = await new FakeS3().start();
  const { endpoint, region, bucket } = s3.options();
  // It refuses the first attempts with all the words it has.
  s3.fault = () => (s3.requests.length < 4 ? "503" : null);
  await using source = startReceiver((nth) =>
    nth < 2
      ? new Response("try later", { status: 503 })
      : Response.json({ agents: [{ name: "Ann Smith", supplied: { sales_12m: 3 } }] }),
  );
  await using receiver = startReceiver((nth) => (nth === 0 ? new Response("no", { status: 500 }) : ok()));
  const callbackSecret = random();
  const create = async (name: string, scope: string) =>
    (await run(["keys", "create", "--name", name, "--scope", scope, "--data-dir", dataDir])).stdout.match(
      /al_[\w-]{43}/,
    )?.[0] ?? "";
  const [admin, submit] = [await create("boss", "admin"), await create("make", "submit")];
  const secrets: Readonly<Record<string, string>> = {
    admin,
    submit,
    "a wrong key": `al_${"w".repeat(11)}${random()}`,
    "the source's token": random(),
    "the S3 secret": KEYS.secretAccessKey,
    "the callback secret": callbackSecret,
    "the Dropbox app secret": random(),
    "the Dropbox refresh token": random(),
  };
  for (const [what, secret] of Object.entries(secrets)) expect([what, secret.length > 10]).toEqual([what, true]);
  const env = {
    AGENTLINK_LOG_LEVEL: "trace",
    AGENTLINK_ALLOW_HOSTS: "127.0.0.1",
    AGENTLINK_ALLOW_CALLBACK_HOSTS: "127.0.0.1",
    AGENTLINK_DELIVERY: "folder,s3",
    AGENTLINK_S3_ENDPOINT: endpoint,
    AGENTLINK_S3_REGION: region,
    AGENTLINK_S3_BUCKET: bucket,
    AGENTLINK_S3_ACCESS_KEY_ID: KEYS.accessKeyId,
    AGENTLINK_S3_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    AGENTLINK_CALLBACK_SECRET: `whsec_${Buffer.from(callbackSecret).toString("base64")}`,
    AGENTLINK_SOURCE_URL: `${source.url}/{state}/{suburb}`,
    AGENTLINK_SOURCE_HEADERS: JSON.stringify({ Authorization: `Bearer ${secrets["the source's token"]}` }),
    AGENTLINK_SOURCE_CACHE: "0s",
    AGENTLINK_DROPBOX_APP_SECRET: secrets["the Dropbox app secret"] ?? "",
    AGENTLINK_DROPBOX_REFRESH_TOKEN: secrets["the Dropbox refresh token"] ?? "",
  };
  const service = await startBinary({ dataDir, env });
  const seen: Record<string, string> = {};
  const as = (secret: string) => ({ authorization: `Bearer ${secret}` });
  const request = async (what: string, path: string, init: RequestInit = {}) => {
    const response = await fetch(service.url + path, { redirect: "manual", ...init });
    seen[what] = `${JSON.stringify([...response.headers])}\n${await response.text()}`;
  };

  const first = await post(service.url, { ...inlineJob(1), callback_url: receiver.url }, as(submit));
  const second = await post(service.url, { suburb: "Manly", state: "NSW" }, as(submit));
  for (const id of [first, second]) {
    for (let status = "processing"; status === "processing"; ) {
      const job = await fetch(`${service.url}/api/job-status/${id}?wait=30`, { headers: as(submit) });
      status = ((await job.json()) as { status: string }).status;
      seen[`the status of ${id}`] = status;
      expect(["processing", "completed"]).toContain(status);
    }
    await request(`the job ${id}`, `/api/jobs/${id}`, { headers: as(admin) });
    await request(`the callbacks of ${id}`, `/api/jobs/${id}/callbacks`, { headers: as(admin) });
  }
  await request("a wrong key's refusal", "/api/jobs", { headers: as(secrets["a wrong key"] ?? "") });
  await request("the other header's", "/api/jobs", { headers: { "x-api-key": secrets["a wrong key"] ?? "" } });
  await request("a key in the query", `/api/jobs?key=${admin}`);
  await request("the form's", "/sign-in", {
    method: "POST",
    body: new URLSearchParams({ key: secrets["a wrong key"] ?? "" }),
  });
  await request("the form's way in", "/sign-in", { method: "POST", body: new URLSearchParams({ key: admin }) });
  await request("a bad request", "/api/generate-agents-report", { method: "POST", headers: as(submit), body: "{" });
  for (const path of ["/", "/metrics", "/readyz", "/api/overview", "/api/statistics", "/api/jobs", "/openapi.json"])
    await request(path, path, { headers: as(admin) });
  await service.end("SIGTERM");
  seen["agentlink config"] = JSON.stringify(await run(["config", "--data-dir", dataDir], { env }));
  seen["agentlink keys list"] = JSON.stringify(await run(["keys", "list", "--data-dir", dataDir]));
  seen["agentlink doctor"] = JSON.stringify(await run(["doctor", "--data-dir", dataDir], { env }));
  seen["the log"] = service.log();

  // A receiver's and the source's: there they belong, and they prove that the secrets were in use.
  expect(source.received.length).toBeGreaterThan(2);
  expect(receiver.received.length).toBeGreaterThan(0);
  expect(s3.objects.size).toBe(2);
  for (const name of readdirSync(dataDir, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue;
    const path = join(name.parentPath, name.name);
    seen[path] = readFileSync(path, "latin1");
    if (name.name.endsWith(".pdf") && Bun.which("qpdf") !== null)
      seen[`${path}, unpacked`] = await Bun.$`qpdf --qdf --object-streams=disable ${path} -`.quiet().text();
  }
  expect(Object.keys(seen).filter((path) => /agentlink\.db$|keys\.db$|\.pdf$/.test(path)).length).toBeGreaterThan(3);
  await s3.stop();

  const leaks = Object.entries(seen).flatMap(([where, text]) =>
    Object.entries(secrets)
      .filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
      .map(([what]) => `${what} is in ${where}`),
  );
  expect(leaks).toEqual([]);
}, 180_000);
