import { afterAll, describe, expect, test } from "bun:test";
import { fromBuffer } from "yauzl";
import { withPrograms } from "../programs.ts";
import { claimOne } from "../queue/builders.ts";
import { type RedisServer, startRedis } from "../queue/redis-server.ts";
import { type Api, bearer, openApi } from "./api.ts";

const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;
type FakeResponse = Readonly<Record<string, unknown>>;
interface Groups {
  readonly groups: readonly FakeResponse[];
}

let redis: RedisServer | null = null;
afterAll(async () => void (await redis?.remove()));

const act = async (api: Api, what: string, body: unknown, secret?: string): Promise<FakeResponse> => {
  const response = await api.post(`/api/jobs/${what}`, body, secret === undefined ? {} : bearer(secret));
  expect([what, response.status]).toEqual([what, 200]);
  return (await response.json()) as FakeResponse;
};

describe.each(["SQLite", "Redis"])("%s", (backend) => {
  const run = backend === "Redis" ? withPrograms("redis-server") : test;
  const open = async (): Promise<Api> => {
    if (backend === "Redis") redis ??= await startRedis();
    return openApi(backend === "Redis" ? { redisUrl: redis?.url } : {});
  };
  const failOne = async (api: Api, code: string, message = code) => {
    const claim = await claimOne(api.queue);
    await api.queue.fail(claim, { code, message }, null);
    return claim.job.id;
  };

  run(
    "jobs are counted, cancelled, retried and deleted by their ids or a filter, and the result is reported",
    async () => {
      await using api = await open();
      const manly = [await api.accept(), await api.accept(), await api.accept()];
      const bondi = await api.accept({ suburb: "Bondi", postcode: "2026" });
      expect(await act(api, "count", { suburb: "Manly" })).toMatchObject({
        count: 3,
        by_status: { queued: 3 },
        complete: true,
      });
      expect(await act(api, "count", { ids: [bondi, manly[0]] })).toMatchObject({ count: 2 });
      expect(await act(api, "cancel", { ids: [manly[0]] })).toEqual({
        cancelled: 1,
        requested: 0,
        unchanged: 0,
        next_cursor: null,
      });
      expect(await act(api, "cancel", { suburb: "manly", status: "processing" })).toMatchObject({ cancelled: 2 });
      expect(await act(api, "retry", { ids: [...manly, bondi] })).toEqual({ retried: 3, unchanged: 1 });
      // What has not ended is not deleted.
      expect(await act(api, "delete", { ids: [bondi] })).toMatchObject({ deleted: 0, unchanged: 1 });
      await act(api, "cancel", { status: "queued" });
      expect(await act(api, "delete", { status: "cancelled", suburb: "Manly" })).toEqual({
        deleted: 3,
        retained: 0,
        unchanged: 0,
        next_cursor: null,
      });
      expect(await api.queue.get(manly[0] ?? "")).toBeNull();
      expect(await api.queue.get(bondi)).toMatchObject({ status: "cancelled" });
      expect(await act(api, "cancel", { ids: [bondi, manly[0], Bun.randomUUIDv7()] })).toMatchObject({
        cancelled: 0,
        unchanged: 3,
      });
    },
    60_000,
  );

  run(
    "what was promised stays: a job that an Idempotency-Key names, or whose callback is not taken yet",
    async () => {
      await using api = await open();
      const named = await api.accept({}, { "Idempotency-Key": "once" });
      const notified = await api.accept({ callback_url: "https://hooks.example.com/a" });
      const plain = await api.accept();
      await act(api, "cancel", { ids: [named, notified, plain] });
      expect(await act(api, "delete", { ids: [named, notified, plain] })).toMatchObject({ deleted: 1, retained: 2 });
      expect(await api.queue.get(plain)).toBeNull();
    },
    60_000,
  );

  run(
    "a client acts on its own jobs alone, whatever it names",
    async () => {
      await using api = await open();
      const secrets = Object.fromEntries(
        (["mine", "other"] as const).map((name) => [
          name,
          api.keys.create({ name, scope: "submit", rate: null }).secret,
        ]),
      );
      const id = await api.accept({}, bearer(secrets.mine ?? ""));
      for (const what of ["cancel", "retry", "delete", "count"]) {
        for (const body of [{ ids: [id] }, { status: "processing", client: "mine" }, { q: id, status: "processing" }]) {
          const { cancelled = 0, retried = 0, deleted = 0, count = 0 } = await act(api, what, body, secrets.other);
          expect([what, cancelled, retried, deleted, count]).toEqual([what, 0, 0, 0, 0]);
        }
      }
      expect(await api.queue.get(id)).toMatchObject({ status: "queued", cancelRequested: false });
      expect(await act(api, "cancel", { ids: [id] }, secrets.mine)).toMatchObject({ cancelled: 1 });
      const reader = api.keys.create({ name: "mine", scope: "read", rate: null }).secret;
      for (const what of ["cancel", "retry", "delete"])
        expect((await api.post(`/api/jobs/${what}`, { ids: [id] }, bearer(reader))).status).toBe(403);
    },
    60_000,
  );

  run(
    "failures are grouped by cause; a group is retried, or dismissed until another job fails for it",
    async () => {
      await using api = await open();
      const groups = async (query = "", secret?: string) =>
        (
          (await (
            await api.request(`/api/failures${query}`, { headers: secret === undefined ? {} : bearer(secret) })
          ).json()) as Groups
        ).groups;
      expect(await groups()).toEqual([]);
      for (const code of ["no_data", "no_data", "source_refused"]) {
        await api.accept();
        await failOne(api, code, `about ${code}`);
      }
      await api.accept({ data: { agents: [], sales: [], listings: [] } });
      const undelivered = await claimOne(api.queue);
      await api.queue.gathered(undelivered, "{}");
      await api.queue.rendered(undelivered, { path: "reports/a.pdf", sha256: "ab".repeat(32), bytes: 10, pages: 1 });
      await api.queue.delivering(undelivered, "dropbox", "a.pdf");
      await api.queue.withdrawn(undelivered, "dropbox");
      await api.queue.fail(undelivered, { code: "dropbox_full", message: "no room" }, null);

      const found = await groups();
      expect(found.map(({ error_code, stage, undelivered, count }) => [error_code, stage, undelivered, count])).toEqual(
        [
          ["dropbox_full", "delivering", ["dropbox"], 1],
          ["source_refused", "gathering", [], 1],
          ["no_data", "gathering", [], 2],
        ],
      );
      expect(found[2]).toMatchObject({ message: "about no_data", dismissed: null, clients: ["local"] });

      const dismiss = (cause: FakeResponse | undefined) => api.post("/api/failures/dismiss", cause);
      const { error_code, stage } = found[2] ?? {};
      expect((await dismiss({ error_code, stage })).status).toBe(200);
      expect((await groups()).map((each) => each.error_code)).toEqual(["dropbox_full", "source_refused"]);
      expect((await groups("?dismissed=yes"))[2]).toMatchObject({ dismissed: { by: "local" } });
      await Bun.sleep(5);
      await api.accept();
      await failOne(api, "no_data");
      expect((await groups())[0]).toMatchObject({ error_code: "no_data", count: 3 });
      expect(await codeOf(await dismiss({ error_code: "never", stage: "rendering" }))).toBe("unknown_cause");
      expect((await dismiss({ error_code: "no_data", stage: "nowhere" })).status).toBe(422);

      expect(await act(api, "retry", { status: "failed", error_code: "dropbox_full", undelivered: "s3" })).toEqual({
        retried: 0,
      });
      expect(await act(api, "retry", { status: "failed", error_code: "dropbox_full", undelivered: "dropbox" })).toEqual(
        { retried: 1 },
      );
      expect(await act(api, "retry", { status: "failed", error_code: "no_data" })).toEqual({ retried: 3 });
      expect((await groups()).map((each) => each.error_code)).toEqual(["source_refused"]);
    },
    60_000,
  );

  run(
    "a job is found by its file, document, whom it is for, metadata, failure and end",
    async () => {
      await using api = await open();
      const requested = { prepared_for: "Norfolk & Pine Property", metadata: { deal: 4711, note: "50% off_x" } };
      const done = await api.accept(requested);
      const claim = await claimOne(api.queue);
      await api.queue.gathered(claim, "{}");
      const file = { path: "reports/a.pdf", sha256: "ab".repeat(32), bytes: 10, pages: 1 };
      await api.queue.rendered(claim, { ...file, kind: "agents", filename: "Manly Agents 2026.pdf", facts: null });
      await api.queue.complete(claim, { to: "a.pdf", url: null });
      await api.accept();
      const failed = await failOne(api, "no_data", "no data for Manly");
      const open_ = await api.accept();
      const list = async (query: string) => {
        const response = await api.request(`/api/jobs?${query}`);
        expect([query, response.status]).toEqual([query, 200]);
        return ((await response.json()) as { jobs: readonly { job_id: string }[] }).jobs.map(({ job_id }) => job_id);
      };
      const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
      const finds: readonly (readonly [string, readonly string[]])[] = [
        ["prepared_for=norfolk", [done]],
        ["prepared_for=%25", []],
        ["metadata=4711", [done]],
        ["metadata=50%25%20off_x", [done]],
        ["metadata=50_", []],
        ["filename=agents%202026", [done]],
        ["document=agents", [done]],
        ["document=commission", []],
        ["error=DATA%20FOR", [failed]],
        ["error_code=no_data", [failed]],
        ["error_code=no_dat", []],
        ["ended_after=2020-01-01", [failed, done]],
        [`ended_after=${day}`, []],
        [`ended_before=${day}`, [failed, done]],
        ["error=", [open_, failed, done]],
        ["prepared_for=norfolk&document=agents&status=completed&order=ended", [done]],
      ];
      for (const [query, ids] of finds) expect([query, await list(query)]).toEqual([query, [...ids]]);
      for (const query of ["document=letter", "ended_after=soon", `error=${"x".repeat(201)}`])
        expect((await api.request(`/api/jobs?${query}`)).status).toBe(422);
    },
    60_000,
  );

  run(
    "the reports of a selection come in one zip, a client's own alone",
    async () => {
      await using api = await open();
      const { secret } = api.keys.create({ name: "mine", scope: "read", rate: null });
      const admin = api.keys.create({ name: "boss", scope: "admin", rate: null }).secret;
      const ids: string[] = [];
      for (const text of ["one", "two"]) {
        await api.accept({}, bearer(admin));
        ids.push((await api.finish(new TextEncoder().encode(`%PDF-1.7 ${text}`))).job.id);
      }
      const request = (query: string, by = admin) =>
        api.request(`/api/jobs/reports.zip?${query}`, { headers: bearer(by) });
      const zip = await request("status=completed&suburb=manly");
      expect([zip.status, zip.headers.get("content-type")]).toEqual([200, "application/zip"]);
      const bytes = Buffer.from(await zip.arrayBuffer());
      const names = await new Promise<readonly string[]>((resolve, reject) =>
        fromBuffer(bytes, (error, opened) => {
          if (error !== null) return reject(error);
          const found: string[] = [];
          opened.on("entry", ({ fileName }) => void found.push(fileName));
          opened.on("end", () => resolve(found));
        }),
      );
      expect(new Set(names).size).toBe(2);
      expect(names.every((name) => name.endsWith(".pdf"))).toBe(true);
      for (const text of ["one", "two"]) expect(bytes.includes(`%PDF-1.7 ${text}`)).toBe(true);
      const named = Buffer.from(await (await request(`ids=${ids[1]}`)).arrayBuffer());
      expect([named.includes("%PDF-1.7 two"), named.includes("%PDF-1.7 one")]).toEqual([true, false]);
      for (const query of ["", `ids=${ids.join(",")}`, "client=boss"])
        expect([query, (await request(query, secret)).status]).toEqual([query, 404]);
      for (const query of ["ids=x", "ids=", "limit=7000", "status=all"])
        expect((await request(query)).status).toBe(422);
    },
    60_000,
  );

  run(
    "no client finds words of the operator's in failures that it may not see",
    async () => {
      await using api = await open();
      const { secret } = api.keys.create({ name: "mine", scope: "submit", rate: null });
      await api.accept({}, bearer(secret));
      await failOne(api, "delivery_denied", "the folder /srv/secret cannot be written");
      await api.accept({}, bearer(secret));
      await failOne(api, "no_data", "no data for Manly");
      const count = async (body: unknown) => (await act(api, "count", body, secret)).count;
      expect(await count({ error: "secret" })).toBe(0);
      expect(await count({ error: "data for" })).toBe(1);
      expect(await count({ error_code: "delivery_denied" })).toBe(1);
      const { groups } = (await (await api.request("/api/failures", { headers: bearer(secret) })).json()) as Groups;
      expect(JSON.stringify(groups)).not.toContain("/srv");
    },
    60_000,
  );
});

test("the rest of a long selection comes with the cursor, each job once", async () => {
  await using api = await openApi({ queueLimit: 5_000 });
  const reports = Array.from({ length: 550 }, () => ({ suburb: "Manly", state: "NSW" }));
  for (const _ of [1, 2]) expect((await api.post("/api/generate-agents-reports", { reports })).status).toBe(200);
  for (const [what, status, done] of [
    ["cancel", "queued", "cancelled"],
    ["delete", "cancelled", "deleted"],
  ] as const) {
    const first = await act(api, what, { status });
    expect([first[done], typeof first.next_cursor]).toEqual([1_000, "string"]);
    const second = await act(api, what, { status, cursor: first.next_cursor });
    expect([second[done], second.next_cursor]).toEqual([100, null]);
  }
}, 120_000);

test("what names no jobs is refused before anything is done", async () => {
  await using api = await openApi();
  const id = await api.accept();
  const wrong: readonly unknown[] = [
    {},
    [],
    null,
    { ids: [] },
    { ids: "all" },
    { ids: [id.slice(0, 8)] },
    { ids: [id], status: "queued" },
    { ids: Array.from({ length: 1_001 }, () => id) },
    { status: "everything" },
    { suburb: { $ne: null } },
    { sort: "x" },
    { status: "queued", cursor: 7 },
    { status: "queued", cursor: "x" },
  ];
  for (const body of wrong)
    for (const what of ["cancel", "delete"])
      expect([JSON.stringify(body).slice(0, 60), (await api.post(`/api/jobs/${what}`, body)).status]).toEqual([
        JSON.stringify(body).slice(0, 60),
        422,
      ]);
  expect(await api.queue.get(id)).toMatchObject({ status: "queued" });
}, 60_000);
