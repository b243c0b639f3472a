import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { until } from "../until.ts";
import { type Api, openApi } from "./api.ts";

interface Detail {
  readonly job: {
    readonly job_id: string;
    readonly ran_seconds: number;
    readonly result: Record<string, unknown> | null;
  };
  readonly attempts: readonly { readonly outcome: string; readonly release_reason: string | null }[];
  readonly history: readonly { readonly to: string; readonly by: string; readonly actor: string | null }[];
}

/** As a browser's request from a page of the service itself. */
const BROWSER = { "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors" };
const PDF = new TextEncoder().encode("%PDF-1.7 a report");

let api: Api;
beforeEach(async () => {
  api = await openApi();
});
afterEach(() => api[Symbol.asyncDispose]());

const detail = async (id: string) => (await (await api.request(`/api/jobs/${id}`)).json()) as Detail;

describe("why a job's attempt was released", () => {
  test.each(["stopping", "delivery_busy", "delivery_closed"] as const)("is reported as it was: %s", async (reason) => {
    const id = await api.accept();
    await api.queue.release(await api.claim(), reason);
    expect((await detail(id)).attempts).toMatchObject([{ outcome: "released", release_reason: reason }]);
  });
});

describe("who it was", () => {
  test("is in the history of the job: a program, a person in the dashboard, the service", async () => {
    const id = await api.accept();
    await api.request(`/api/jobs/${id}/cancel`, { method: "POST", headers: BROWSER });
    await api.request(`/api/jobs/${id}/retry`, { method: "POST" });
    await api.claim();
    const { history } = await detail(id);
    expect(history.map(({ to, by, actor }) => [to, by, actor])).toEqual([
      ["queued", "service", "local"],
      ["cancelled", "service", "local (dashboard)"],
      ["queued", "service", "local"],
      ["gathering", "service", null],
    ]);
  });

  test("a retry of many names who requested it in each of them", async () => {
    const ids = [await api.accept(), await api.accept()];
    for (const _ of ids) await api.queue.fail(await api.claim(), { code: "x", message: "x" }, null);
    await api.request("/api/jobs/retry", {
      method: "POST",
      headers: { "Content-Type": "application/json", ...BROWSER },
      body: "{}",
    });
    for (const id of ids) expect((await detail(id)).history.at(-1)).toMatchObject({ actor: "local (dashboard)" });
  });
});

describe("the PDF", () => {
  test("is served from the moment it is rendered: while it is delivered, while it waits, and when that failed", async () => {
    const id = await api.accept({ data: { agencies: [] } });
    expect((await detail(id)).job.result).toBeNull();
    const claim = await api.claim();
    await Bun.write(`${api.dataDir}/reports/a.pdf`, PDF);
    const sha256 = new Bun.CryptoHasher("sha256").update(PDF).digest("hex");
    await api.queue.rendered(claim, { path: "reports/a.pdf", sha256, bytes: PDF.length, pages: 12 });
    const there = async (stage: string) => {
      const { job } = await detail(id);
      expect(job).toMatchObject({
        stage,
        result: { pages: 12, bytes: PDF.length, sha256, delivered_to: null, url: null },
      });
      const response = await api.request(`/api/jobs/${id}/report.pdf`);
      expect(response.status).toBe(200);
      expect(await response.bytes()).toEqual(PDF);
    };
    await there("delivering");
    await api.queue.fail(claim, { code: "outage", message: "Dropbox does not respond" }, 0);
    // Its time has come at once, so that it may be queued again already.
    await there(expect.stringMatching(/^(waiting|queued)$/));
    const [again] = await api.queue.claim({ delivering: 1 });
    if (again === undefined) throw new Error("it was not claimed");
    await api.queue.fail(again, { code: "outage", message: "Dropbox does not respond" }, null);
    await there("failed");
    await api.request(`/api/jobs/${id}/cancel`, { method: "POST" });
    await there("failed");
  });
});

describe("a piece of an id", () => {
  test("is enough wherever a job is named", async () => {
    const id = await api.accept();
    await api.accept();
    for (const piece of [id.slice(-8), id.slice(-8).toUpperCase(), id.slice(-20), id.slice(0, 30)]) {
      for (const path of [`/api/jobs/${piece}`, `/api/job-status/${piece}`, `/api/jobs/${piece}/callbacks`]) {
        const response = await api.request(path);
        expect(response.status).toBe(200);
      }
      expect((await detail(piece)).job.job_id).toBe(id);
    }
    const cancelled = await api.request(`/api/jobs/${id.slice(-8)}/cancel`, { method: "POST" });
    expect(await cancelled.json()).toMatchObject({ job_id: id, status: "cancelled" });
    const retried = await api.request(`/api/jobs/${id.slice(-8)}/retry`, { method: "POST" });
    expect(await retried.json()).toMatchObject({ job_id: id, status: "processing" });
    const listed = await api.request(`/api/jobs?q=${id.slice(-8)}`);
    expect(await listed.json()).toMatchObject({ jobs: [{ job_id: id }], next_cursor: null });
  });

  test("finds its job within the name of a delivered file or an address, as people paste it", async () => {
    const id = await api.accept();
    await api.accept();
    const name = `2026-11-27 Manly agents report ${id.slice(-8)}`;
    const pasted = [
      ...[
        name,
        `${name}.pdf`,
        `${name}.PDF`,
        `${name} (1).pdf`,
        ` ${id.slice(-8)} `,
        `Manly_agents_${id.slice(-8)}.pdf`,
      ],
      ...[
        `/srv/out/NSW/Manly/${name}.pdf`,
        `C:\\out\\${name}.pdf`,
        `https://reports.example.com/jobs/${id}`,
        `${id}.pdf`,
      ],
    ];
    for (const text of pasted) {
      const response = await api.request(`/api/job-status/${encodeURIComponent(text)}`);
      expect([text, await response.json()]).toMatchObject([text, { job_id: id }]);
      const listed = await api.request(`/api/jobs?q=${encodeURIComponent(text)}`);
      expect([text, await listed.json()]).toMatchObject([text, { jobs: [{ job_id: id }], next_cursor: null }]);
    }
    for (const text of [`${name} and more`, `Manly deadbeef`, "report.pdf", `${name}.docx`])
      expect((await api.request(`/api/job-status/${encodeURIComponent(text)}`)).status).toBe(404);
  });

  test("delays a response until its job changes", async () => {
    const id = await api.accept();
    const longPolls = api.request(`/api/job-status/${id.slice(-8)}?wait=20`);
    await until(() => api.server.longPolls() > 0);
    await api.queue.cancel(id);
    expect(await (await longPolls).json()).toMatchObject({ job_id: id, status: "cancelled" });
  });

  test("that several jobs have is reported as ambiguous, with the jobs, and changes none of them", async () => {
    const ids = [await api.accept(), await api.accept()];
    const common = ids[0]?.slice(0, 6) ?? "";
    const response = await api.request(`/api/jobs/${common}/cancel`, { method: "POST" });
    expect(response.status).toBe(409);
    const problem = (await response.json()) as {
      detail: string;
      code: string;
      details: { jobs: { job_id: string }[] };
    };
    expect(problem.code).toBe("ambiguous_id");
    for (const id of ids) expect(problem.detail).toContain(id);
    expect(problem.details.jobs.map(({ job_id }) => job_id)).toEqual(ids.toReversed());
    for (const id of ids) expect((await api.queue.get(id))?.status).toBe("queued");
  });

  test("that no job has, or that is too short to mean one, is no job", async () => {
    await api.accept();
    for (const piece of ["abc", "0", "ffffffffffff", "manly-nsw", "%25", "-".repeat(36), "1".repeat(60)]) {
      const response = await api.request(`/api/jobs/${piece}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: "unknown_job" });
    }
  });

  test("means no job of another client, and is not ambiguous because of one", async () => {
    const { secret: admin } = await api.keys.create({ name: "ops", scope: "admin", rate: null });
    const { secret } = await api.keys.create({ name: "office", scope: "submit", rate: null });
    const as = (key: string) => ({ Authorization: `Bearer ${key}` });
    const post = async (key: string) => {
      const response = await api.post("/api/generate-agents-report", { suburb: "Manly", state: "NSW" }, as(key));
      return ((await response.json()) as { job_id: string }).job_id;
    };
    const [theirs, mine] = [await post(admin), await post(secret)];
    const other = await api.request(`/api/jobs/${theirs.slice(-8)}`, { headers: as(secret) });
    expect(other.status).toBe(404);
    const own = await api.request(`/api/jobs/${mine.slice(0, 6)}`, { headers: as(secret) });
    expect(await own.json()).toMatchObject({ job: { job_id: mine } });
    expect((await api.request(`/api/jobs/${mine.slice(0, 6)}`, { headers: as(admin) })).status).toBe(409);
  });
});

describe("the order of the list", () => {
  test("may be that of the ends", async () => {
    const early = await api.accept();
    const late = await api.accept();
    const claims = [await api.claim(), await api.claim()];
    for (const id of [late, early]) {
      const claim = claims.find(({ job }) => job.id === id);
      if (claim === undefined) throw new Error("it was not claimed");
      await api.queue.fail(claim, { code: "x", message: id }, null);
      await Bun.sleep(2);
    }
    await api.accept();
    const ids = async (query: string) => {
      const { jobs } = (await (await api.request(`/api/jobs?${query}`)).json()) as { jobs: { job_id: string }[] };
      return jobs.map(({ job_id }) => job_id);
    };
    expect(await ids("order=ended")).toEqual([early, late]);
    expect(await ids("order=ended&status=failed&limit=1")).toEqual([early]);
    expect(await ids("status=failed")).toEqual([late, early]);
    expect((await api.request("/api/jobs?order=sideways")).status).toBe(422);
  });
});
