import { afterAll, describe, expect, test } from "bun:test";
import { readXlsx } from "hucre/xlsx";
import { withPrograms } from "../programs.ts";
import { claimOne } from "../queue/builders.ts";
import { type RedisServer, startRedis } from "../queue/redis-server.ts";
import { type Api, openApi } from "./api.ts";

const bearer = (secret: string) => ({ headers: { Authorization: `Bearer ${secret}` } });
const MONTH = new Date().toISOString().slice(0, 7);

interface Usage {
  readonly from: string;
  readonly to: string;
  readonly months: readonly Readonly<Record<string, unknown>>[];
  readonly total: Readonly<Record<string, number>>;
}

let redis: RedisServer | null = null;
afterAll(async () => void (await redis?.remove()));

describe.each(["SQLite", "Redis"])("%s", (backend) => {
  const run = backend === "Redis" ? withPrograms("redis-server") : test;
  const open = async (): Promise<Api> => {
    if (backend === "Redis") redis ??= await startRedis();
    return openApi(backend === "Redis" ? { redisUrl: redis?.url } : {});
  };

  run("a client sees its own reports by month, a viewer those of all, as JSON, CSV and a workbook", async () => {
    await using api = await open();
    const anna = api.keys.create({ name: "anna", scope: "submit", rate: null }).secret;
    const ben = api.keys.create({ name: "ben", scope: "read", rate: null }).secret;
    const viewer = api.keys.create({ name: "books", scope: "viewer", rate: null }).secret;
    await api.accept({}, bearer(anna).headers);
    await api.finish();
    await api.accept({}, bearer(anna).headers);
    const usage = async (secret: string, query = "") =>
      (await (await api.request(`/api/usage${query}`, bearer(secret))).json()) as Usage;
    const own = { month: MONTH, client: "anna", accepted: 2, reports: 1, documents: 1, pages: 12 };
    expect(await usage(anna)).toMatchObject({ to: MONTH, time_zone: "UTC", months: [own], total: { pages: 12 } });
    expect((await usage(viewer)).months).toEqual([own]);
    expect((await usage(viewer, "?client=ben")).months).toEqual([]);
    // Another's name changes nothing for a key that sees only its own jobs.
    expect((await usage(ben, "?client=anna")).months).toEqual([]);
    expect(await usage(anna, "?from=2025-01&to=2025-12-31")).toMatchObject({ from: "2025-01", months: [] });
    for (const query of ["?from=2026-13", "?from=2026-02-30", "?from=2026-03&to=2026-01", "?from=1990-01", "?form=x"])
      expect([query, (await api.request(`/api/usage${query}`, bearer(anna))).status]).toEqual([query, 422]);

    const csv = await api.request("/api/usage.csv", bearer(viewer));
    expect(csv.headers.get("content-disposition")).toContain(`-${MONTH}.csv"`);
    expect(await csv.text()).toBe(`month,client,accepted,reports,documents,pages\r\n${MONTH},anna,2,1,1,12\r\n`);
    const requested = await api.request("/api/usage", { headers: { ...bearer(viewer).headers, Accept: "text/csv" } });
    expect(requested.headers.get("content-type")).toStartWith("text/csv");
    const workbook = await api.request("/api/usage.xlsx", bearer(viewer));
    const { sheets } = await readXlsx(new Uint8Array(await workbook.arrayBuffer()));
    expect(sheets[0]?.rows[1]).toEqual([MONTH, "anna", 2, 1, 1, 12]);
  });

  run("the list is there as CSV and as a workbook, filtered as it is shown, and no cell is a formula", async () => {
    await using api = await open();
    const evil = '=HYPERLINK("https://example.com","x")\u0001\u202E_x202E_x0041_';
    await api.accept({ prepared_for: evil, metadata: { deal: "+1" } });
    await api.finish();
    await api.accept({ suburb: "Bondi", postcode: "2026" });
    const failed = await claimOne(api.queue);
    await api.queue.fail(failed, { code: "no_data", message: '-2+3, "quoted"\nsecond line' }, null);
    await api.accept({ suburb: "Avalon Beach" });

    const csv = await (await api.request("/api/jobs.csv?status=completed,failed")).text();
    const lines = csv.split("\r\n");
    expect(lines[0]).toStartWith("job_id,status,suburb,state,postcode,client,prepared_for,");
    expect(lines).toHaveLength(4);
    expect(csv).toContain(`"'=HYPERLINK(""https://example.com"",""x"")`);
    expect(csv).toContain(`"'-2+3, ""quoted""\nsecond line"`);
    expect(csv).not.toContain("Avalon");
    expect((await (await api.request("/api/jobs.csv?limit=1")).text()).split("\r\n")).toHaveLength(3);

    // By the clocks that were requested: the same moments, with how far they are ahead.
    const accepted = async (query: string) => {
      const [heads = "", row = ""] = (await (await api.request(`/api/jobs.csv?status=completed${query}`)).text()).split(
        "\r\n",
      );
      const [at] = row.match(/\d{4}-\d\d-\d\dT[^,]+/) ?? [];
      return { at, heads };
    };
    const utc = (await accepted("")).at ?? "";
    for (const [zone, ahead] of [
      ["Australia/Perth", 8],
      ["Australia/Brisbane", 10],
      ["suburb", /\+1[01]:00/],
    ] as const) {
      const { at = "" } = await accepted(`&time_zone=${zone}`);
      expect([zone, Math.floor(Date.parse(at) / 1_000)]).toEqual([zone, Math.floor(Date.parse(utc) / 1_000)]);
      expect(at).toMatch(typeof ahead === "number" ? new RegExp(`\\+${String(ahead).padStart(2, "0")}:00$`) : ahead);
    }
    expect((await api.request("/api/jobs.csv?time_zone=Mars/Olympus")).status).toBe(422);

    const workbook = await api.request("/api/jobs.xlsx?q=manly");
    expect(workbook.headers.get("content-disposition")).toContain('.xlsx"');
    const { sheets } = await readXlsx(new Uint8Array(await workbook.arrayBuffer()));
    const [heads = [], row = [], ...more] = sheets[0]?.rows ?? [];
    expect(more).toEqual([]);
    const cell = (name: string) => row[heads.indexOf(name)];
    expect(cell("prepared_for")).toBe(evil.replace("\u0001", "\\u0001").replace("\u202E", "\\u202e"));
    expect([cell("status"), cell("suburb"), cell("pages"), cell("documents")]).toEqual([
      "completed",
      "Manly",
      12,
      "agents",
    ]);
    expect([...(sheets[0]?.cells?.values() ?? [])].filter(({ formula }) => formula !== undefined)).toEqual([]);
    for (const query of ["?cursor=nonsense", "?colour=red"])
      expect([query, (await api.request(`/api/jobs.csv${query}`)).status >= 400]).toEqual([query, true]);
  });

  run("a long list comes whole, row by row, and each client sees its own rows", async () => {
    await using api = await open();
    const anna = api.keys.create({ name: "anna", scope: "submit", rate: null }).secret;
    const admin = api.keys.create({ name: "ops", scope: "admin", rate: null }).secret;
    const batch = (count: number, secret: string) =>
      api.post(
        "/api/generate-agents-reports",
        { reports: Array.from({ length: count }, () => ({ suburb: "Manly", state: "NSW" })) },
        bearer(secret).headers,
      );
    await batch(430, anna);
    await batch(3, admin);
    const rows = async (path: string, secret: string) =>
      (await (await api.request(path, bearer(secret))).text()).trimEnd().split("\r\n").slice(1);
    const all = await rows("/api/jobs.csv", admin);
    expect(all).toHaveLength(433);
    expect(new Set(all.map((line) => line.split(",")[0])).size).toBe(433);
    expect(await rows("/api/jobs.csv", anna)).toHaveLength(430);
  });
});
