import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type Api, openApi } from "./api.ts";

const REPORTS = "/api/generate-agents-report";
const LOCALITY = { suburb: "Manly", state: "NSW" };

let api: Api;
beforeEach(async () => {
  api = await openApi();
  await api.catalogue.upsert(
    "agencies",
    "json",
    bytes([
      { id: "np", name: "Norfolk & Pine Property" },
      { id: "hb", name: "Harbour Beach Realty" },
      { id: "far", name: "Far Away Estates" },
    ]),
  );
  await api.catalogue.upsert("agents", "json", bytes([{ id: "a1", name: "Ada Smith", agency_id: "hb" }]));
  await api.catalogue.upsert(
    "sales",
    "json",
    bytes([
      {
        id: "s1",
        ...LOCALITY,
        address: "1 The Corso",
        category: "house",
        sold_date: "2026-05-01",
        price: 1_000_000,
        agency_ids: ["np"],
      },
      {
        id: "s2",
        ...LOCALITY,
        address: "1 The Corso",
        category: "house",
        sold_date: "2026-05-02",
        price: 1_100_000,
        agents: [{ id: "a1" }],
      },
      {
        id: "s3",
        ...LOCALITY,
        address: "1 The Corso",
        category: "house",
        sold_date: "2026-05-03",
        price: 1_200_000,
        agency_ids: ["nameless"],
      },
    ]),
  );
});
afterEach(() => api[Symbol.asyncDispose]());

function bytes(rows: readonly unknown[]) {
  return [new TextEncoder().encode(JSON.stringify(rows))] as never;
}

async function accepted(fields: Record<string, unknown>) {
  const response = await api.post(REPORTS, { ...LOCALITY, ...fields });
  return (await response.json()) as { job_id: string; warnings: string[] };
}

describe("an agency that the report is prepared for", () => {
  test("that the catalogue does not know is warned of at once, with the nearest, and the warning stays with the job", async () => {
    const { job_id, warnings } = await accepted({ prepared_for: "Norfolk & Pne Property" });
    expect(warnings).toEqual([
      'prepared_for: no agency called "Norfolk & Pne Property" is in the data for Manly NSW 2095, so none is highlighted. Did you mean "Norfolk & Pine Property"?',
    ]);
    for (const path of [`/api/job-status/${job_id}`, `/api/jobs?q=${job_id}`, `/api/jobs/${job_id}`])
      expect(JSON.stringify(await (await api.request(path)).json())).toContain("no agency called");
    const status = (await (await api.request(`/api/job-status/${job_id}`)).json()) as { warnings: string[] };
    expect(status.warnings).toEqual(warnings);
  });

  test.each([
    "Norfolk & Pine Property",
    "norfolk &  PINE property",
    "np",
    "Harbour Beach Realty",
    "hb",
    "nameless",
    "",
  ])("that it knows, by name or id, is not: %p", async (prepared_for) => {
    expect((await accepted({ prepared_for })).warnings).toEqual([]);
  });

  test("of another suburb is not one that this suburb's data knows", async () => {
    const [warning] = (await accepted({ prepared_for: "Far Away Estates" })).warnings;
    expect(warning).toContain('no agency called "Far Away Estates" is in the data for');
    expect(warning).not.toContain("Did you mean");
  });

  test("is searched for in the data of the request, where it brings some", async () => {
    const data = { agencies: [{ id: "x", name: "Inline Agency" }], agents: [{ name: "B", agency_id: "y" }] };
    for (const known of ["Inline Agency", "x", "y"])
      expect((await accepted({ data, prepared_for: known })).warnings).toEqual([]);
    expect((await accepted({ data, prepared_for: "Inlne Agency" })).warnings.join()).toContain(
      'Did you mean "Inline Agency"?',
    );
    expect((await accepted({ data, prepared_for: "np" })).warnings).toHaveLength(1);
  });

  test("is warned of for each request of a batch, beside its other warnings", async () => {
    const reports = [
      { ...LOCALITY, prepared_for: "np" },
      { ...LOCALITY, prepared_for: "Nobody", colour: "red" },
    ];
    const response = await api.post("/api/generate-agents-reports", { reports });
    const { jobs } = (await response.json()) as { jobs: { warnings: string[] }[] };
    expect(jobs[0]?.warnings).toEqual([]);
    expect(jobs[1]?.warnings).toHaveLength(2);
  });

  test("gets no warning where it cannot be known: no data yet, or another service is queried first", async () => {
    const hobart = await api.post(REPORTS, { suburb: "Hobart", state: "TAS", prepared_for: "Nobody" });
    expect(await hobart.json()).toMatchObject({
      warnings: [expect.stringMatching(/^there is no data for Hobart TAS/)],
    });
    await using elsewhere = await openApi({ hasOtherSource: true, catalogue: api.catalogue });
    const response = await elsewhere.post(REPORTS, { ...LOCALITY, prepared_for: "Nobody" });
    expect(await response.json()).toMatchObject({ warnings: [] });
    expect(await (await elsewhere.request("/api/agencies?suburb=Manly&state=NSW")).json()).toEqual({ agencies: null });
  });
});

test("the agencies of a suburb, of all, and by a part of their name are there to choose from", async () => {
  const names = async (query: string) => {
    const { agencies } = (await (await api.request(`/api/agencies?${query}`)).json()) as {
      agencies: { name: string }[] | null;
    };
    return agencies?.map(({ name }) => name) ?? null;
  };
  expect(await names("suburb=Manly&state=NSW")).toEqual([
    "Harbour Beach Realty",
    "Norfolk & Pine Property",
    "nameless",
  ]);
  expect(await names("suburb=Manly&state=NSW&q=pine")).toEqual(["Norfolk & Pine Property"]);
  expect(await names("suburb=Hobart&state=TAS")).toBeNull();
  expect(await names("q=away")).toEqual(["Far Away Estates"]);
  expect((await api.request("/api/agencies?suburb=Manly")).status).toBe(422);
  expect((await api.request("/api/agencies?suburb=Nowhere&state=NSW")).status).toBe(422);
});

test("suburbs with data come first, then the larger; a postcode narrows, before the name or behind it", async () => {
  const first = async (q: string) => {
    const response = await api.request(`/api/suburbs?q=${encodeURIComponent(q)}`);
    const { suburbs } = (await response.json()) as { suburbs: { suburb: string; state: string }[] };
    return suburbs.map(({ suburb, state }) => `${suburb} ${state}`);
  };
  // Without data Mandurah is the largest.
  expect((await first("man")).slice(0, 2)).toEqual(["Manly NSW", "Mandurah WA"]);
  expect((await first("perth"))[0]).toBe("Perth WA");
  for (const q of ["2095", "2095 manly", "manly 2095", "Manly, NSW 2095"])
    expect((await first(q))[0]).toBe("Manly NSW");
  await api.catalogue.upsert(
    "sales",
    "json",
    bytes([
      {
        id: "p",
        suburb: "Perth",
        state: "TAS",
        address: "1 The Corso",
        category: "house",
        sold_date: "2026-05-01",
        price: 1,
      },
    ]),
  );
  expect((await first("perth")).slice(0, 2)).toEqual(["Perth TAS", "Perth WA"]);
});

test("an import is listed among what people did, with who did it and how many rows", async () => {
  await api.request("/api/catalogue/agencies", {
    method: "PUT",
    headers: { "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin" },
    body: JSON.stringify([{ id: "z", name: "Z" }]),
  });
  await api.queue.pause("ops");
  const { actions } = (await (await api.request("/api/overview")).json()) as { actions: Record<string, unknown>[] };
  expect(actions.map(({ action, actor, detail }) => [action, actor, detail])).toEqual([
    ["paused", "ops", null],
    ["imported", "local (dashboard)", "1 agency"],
    ["imported", "operator", "3 sales"],
    ["imported", "operator", "1 agent"],
    ["imported", "operator", "3 agencies"],
  ]);
});
