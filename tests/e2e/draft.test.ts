import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ok, startReceiver } from "../fakes/receiver.ts";
import { until } from "../until.ts";
import { post, run, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

const env = { AGENTLINK_ALLOW_HOSTS: "127.0.0.1", AGENTLINK_ALLOW_CALLBACK_HOSTS: "127.0.0.1" };

interface Draft {
  readonly draft: boolean;
  readonly status: string;
  readonly dropbox_url: string;
  readonly filename: string;
  readonly progress: number;
  readonly attempts: number;
  readonly result: { readonly sha256: string; readonly delivered_to: string | null; readonly pdf_url: string } | null;
}

/** The PDFs that were delivered. */
function delivered(dataDir: string): readonly string[] {
  const folder = join(dataDir, "delivered");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true }).flatMap((name) =>
    String(name).endsWith(".pdf") ? [String(name)] : [],
  );
}

test("a draft is delivered and called back only when it is sent, as it is, whatever kills come between", async () => {
  await using receiver = startReceiver(ok);
  const dataDir = temporaryFolder();
  let service = await startBinary({ dataDir, env });
  const statusOf = async (id: string) => (await (await fetch(`${service.url}/api/job-status/${id}`)).json()) as Draft;
  const send = (id: string) => fetch(`${service.url}/api/jobs/${id}/send`, { method: "POST" });
  const again = async () => {
    await service.end("SIGKILL");
    service = await startBinary({ dataDir, env });
  };

  const id = await post(service.url, { ...inlineJob(1), draft: "true", callback_url: receiver.url });
  // Killed on its way, it is a draft still.
  await again();
  await untilEnded(service.url, id);
  const draft = await statusOf(id);
  expect(draft).toMatchObject({ draft: true, status: "completed", progress: 100, dropbox_url: "", filename: "" });
  expect(draft.result?.delivered_to).toBeNull();
  const pdf = await fetch(draft.result?.pdf_url ?? "");
  expect([pdf.status, pdf.headers.get("content-type")]).toEqual([200, "application/pdf"]);
  expect(delivered(dataDir)).toEqual([]);
  expect(receiver.received).toHaveLength(0);

  await again();
  expect(delivered(dataDir)).toEqual([]);
  expect((await send(id)).status).toBe(200);
  await again();
  await untilEnded(service.url, id);
  const sent = await statusOf(id);
  expect(sent).toMatchObject({ draft: false, status: "completed" });
  expect(sent.result?.sha256).toBe(draft.result?.sha256 ?? "");
  expect(sent.filename).not.toBe("");
  expect(delivered(dataDir)).toHaveLength(1);
  await until(() => receiver.received.length > 0);
  // A second time it is returned as it is; what is no draft, or not rendered, is refused.
  expect((await send(id)).status).toBe(200);
  const plain = await post(service.url, inlineJob(2));
  await untilEnded(service.url, plain);
  expect((await send(plain)).status).toBe(409);
  expect(delivered(dataDir)).toHaveLength(2);
  expect(new Set(receiver.received.map(({ id: message }) => message)).size).toBe(1);

  // The same in the shell; one whose PDF is gone is rendered again when it is sent.
  await Bun.write(join(dataDir, "request.json"), JSON.stringify(inlineJob(3)));
  const shell = { AGENTLINK_URL: service.url };
  const made = await run(["submit", "--request", join(dataDir, "request.json"), "--draft", "--json"], { env: shell });
  expect(made.stderr).toContain("agentlink jobs send ");
  const job = JSON.parse(made.stdout) as { job_id: string; draft: boolean };
  expect(job.draft).toBe(true);
  expect((await run(["jobs", "list", "--limit", "1"], { env: shell })).stdout).toContain("draft, not sent");
  const [folder = ""] = readdirSync(join(dataDir, "reports"));
  for (const name of readdirSync(join(dataDir, "reports", folder)))
    if (name.includes(job.job_id)) await Bun.file(join(dataDir, "reports", folder, name)).delete();
  expect((await run(["jobs", "send", job.job_id], { env: shell })).code).toBe(0);
  await untilEnded(service.url, job.job_id);
  expect(delivered(dataDir)).toHaveLength(3);
  await service.end("SIGTERM");
}, 120_000);
