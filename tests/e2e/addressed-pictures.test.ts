import { expect, test } from "bun:test";
import { png } from "../render/pictures.ts";
import { startBinary, temporaryFolder } from "./binary.ts";

test("a request's photo by address is in its report, and one that is missing is a warning of its job", async () => {
  const photo = Buffer.from(png({ width: 60, height: 60 }).split(",")[1] ?? "", "base64");
  const requested: string[] = [];
  using host = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url);
      requested.push(pathname);
      return pathname === "/ada" ? new Response(photo) : new Response("", { status: 404 });
    },
  });
  const address = `127.0.0.1:${host.port}`;
  const env = { AGENTLINK_ALLOW_HOSTS: address, AGENTLINK_RENDER_THREADS: "1" };
  const service = await startBinary({ dataDir: temporaryFolder(), env });
  const body = {
    suburb: "Manly",
    state: "NSW",
    data: {
      agents: ["Ada Quill", "Bela Quill"].map((name, index) => ({
        ...{ name, supplied: { sales_12m: 9 - index } },
        photo: `http://${address}/${name.slice(0, 3).toLowerCase()}`,
      })),
    },
  };
  const response = await fetch(`${service.url}/api/generate-agents-report`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Prefer: "wait=120" },
    body: JSON.stringify(body),
  });
  const job = (await response.json()) as { job_id: string; status: string; warnings: readonly string[] };
  expect(job).toMatchObject({
    status: "completed",
    warnings: [
      `A picture is left out: the photo of Bela Quill (${address}) could not be downloaded: its host responded with 404.`,
    ],
  });
  expect(requested.toSorted()).toEqual(["/ada", "/bel"]);
  const report = await (await fetch(`${service.url}/api/jobs/${job.job_id}/report.pdf`)).bytes();
  expect(
    Buffer.from(report)
      .toString("latin1")
      .match(/\/Subtype \/Image/g),
  ).toHaveLength(1);
  await service.end("SIGTERM");
}, 180_000);
