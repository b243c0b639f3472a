import { expect, test } from "bun:test";
import { type Api, openApi } from "./api.ts";

const REPORT = "/api/generate-agents-report";
const BATCH = "/api/generate-agents-reports";

interface Accepted {
  readonly job_id: string;
  readonly warnings: readonly string[];
}

const bytes = (rows: unknown) => new Blob([JSON.stringify(rows)]).stream();
const asCsv = (api: Api, body: string, type = "text/csv") =>
  api.request(BATCH, { method: "POST", headers: { "content-type": type }, body });
const job = async (api: Api, id: string) =>
  (await (await api.request(`/api/job-status/${id}`)).json()) as Record<string, unknown>;

/** A house of Richmond QLD, by its postcode. */
const richmond = (postcode: string) => ({
  ...{ id: `s${postcode}`, suburb: "Richmond", state: "QLD", postcode, address: "1 Crescent Street" },
  ...{ category: "house", sold_date: "2026-05-01", agency_ids: ["np"], agents: [{ id: "a1" }] },
});

test("of two towns of one name the one with data is taken, with a warning that stays with the job", async () => {
  await using api = await openApi();
  const request = async (fields = {}) => {
    const response = await api.post(REPORT, { suburb: "richmond", state: "qld", ...fields });
    const { job_id, warnings } = (await response.json()) as Accepted;
    const { postcode, warnings: retained } = await job(api, job_id);
    expect(retained).toEqual(warnings);
    return [postcode, warnings.length, warnings.join()] as const;
  };
  const both = expect.stringMatching(/4740.*4822|4822.*4740/);
  const [preferred, ...rest] = await request();
  // And that there is no data yet.
  expect(rest).toEqual([2, both]);
  const other = preferred === "4740" ? "4822" : "4740";
  await api.catalogue.upsert("sales", "json", bytes([richmond(other)]));
  expect(await request()).toEqual([other, 1, both]);
  expect(await request({ post_code: Number(preferred) })).toEqual([
    preferred,
    1,
    expect.stringContaining("there is no data"),
  ]);
  const data = { suburb: { name: "Richmond", state: "QLD", postcode: preferred }, agents: [{ name: "Ana" }] };
  expect(await request({ data })).toEqual([preferred, 0, ""]);
  const batch = await api.post(BATCH, { reports: [{ suburb: "Richmond", state: "QLD" }] });
  const [first] = ((await batch.json()) as { jobs: readonly Accepted[] }).jobs;
  expect(await job(api, first?.job_id ?? "")).toMatchObject({ postcode: other, warnings: [both] });
});

test("unknown agents and agencies to highlight, and regions that no source takes, are warnings", async () => {
  await using api = await openApi();
  await api.catalogue.upsert("agencies", "json", bytes([{ id: "np", name: "Norfolk & Pine" }]));
  await api.catalogue.upsert("agents", "json", bytes([{ id: "a1", name: "Ada Smith", agency_id: "np" }]));
  await api.catalogue.upsert("sales", "json", bytes([richmond("4822")]));
  const warnings = async (fields: object) => {
    const response = await api.post(REPORT, { suburb: "Richmond", state: "QLD", postcode: "4822", ...fields });
    return ((await response.json()) as Accepted).warnings;
  };
  expect(await warnings({ featured_agent_id: "ada smith", featured_agency_id: "np" })).toEqual([]);
  expect(await warnings({ featured_agent_id: 77, featured_agency_id: "Far Away" })).toEqual([
    expect.stringMatching(/^featured_agent_id: no agent called "77" is in the data/),
    expect.stringMatching(/^featured_agency_id: no agency called "Far Away" is in the data/),
  ]);
  expect(await warnings({ region: "North Queensland", area: "null" })).toEqual([
    expect.stringMatching(/^region: .*"North Queensland"/),
  ]);
  const data = {
    agents: [
      { id: "7", name: "Bo Li" },
      { id: "8", name: "Cy", hidden: true },
    ],
  };
  expect(await warnings({ data, featured_agent_id: "BO LI" })).toEqual([]);
  expect(await warnings({ data, featured_agent_id: "8" })).toEqual([
    expect.stringContaining('no agent called "8" is in the data'),
  ]);
  await using elsewhere = await openApi({ hasOtherSource: true, takesRegions: true });
  const id = await elsewhere.accept({ featured_agent_id: "x", region: "Sydney Region" });
  expect((await job(elsewhere, id)).warnings).toEqual([]);
});

test.each([",", ";", "\t"])("a batch may be CSV with %p between its columns: a row is a request", async (sign) => {
  await using api = await openApi();
  const rows = [
    [
      ...[
        "Suburb",
        "STATE",
        "Post code",
        "property types",
        "min_bedrooms",
        "delivery_folder",
        "metadata_deal",
        "colour",
      ],
      ...["Subject address", "subject_bedrooms"],
    ],
    ["Manly", "NSW", "2095", '"house, townhouse"', "3", "Sold", "7", "red", "12 Ocean Road", "4"],
    ["", "", "", "", "", "", "", "", "", ""],
    ["St Kilda", "vic", "", "null", "", "", "", "", "", ""],
  ];
  const response = await asCsv(api, `\ufeff${rows.map((row) => row.join(sign)).join("\r\n")}\r\n`);
  expect(response.status).toBe(200);
  const { jobs, warnings } = (await response.json()) as { jobs: readonly Accepted[]; warnings: readonly string[] };
  expect(warnings).toEqual(['the column "colour" is unknown and was ignored']);
  const [manly, kilda, ...more] = await Promise.all(jobs.map(({ job_id }) => job(api, job_id)));
  expect(more).toEqual([]);
  expect(manly).toMatchObject({
    ...{ suburb: "Manly", postcode: "2095", metadata: { deal: "7" } },
    requested: {
      ...{ property_types: ["House", "Townhouse"], min_bedrooms: 3 },
      subject: { address: "12 Ocean Road", bedrooms: 4 },
    },
  });
  expect(kilda).toMatchObject({ suburb: "St Kilda", state: "VIC", requested: {}, metadata: null });
  const stored = JSON.parse((await api.queue.request(String(manly?.job_id))) ?? "") as object;
  expect(stored).toMatchObject({ delivery: { folder: "Sold" } });
});

test("a batch as CSV with a bad row, no such columns, too many rows or in another encoding is refused whole", async () => {
  await using api = await openApi();
  const refused = async (body: string, type?: string) => {
    const response = await asCsv(api, body, type);
    return [response.status, (await response.json()) as { detail: string; problems?: readonly object[] }] as const;
  };
  const bad = await refused("suburb,state,max_bedrooms\nManly,NSW,2\nManley,NSW,\nManly,NSW,two\n");
  expect(bad).toMatchObject([422, { problems: [{ index: 1, code: "unknown_suburb" }, { index: 2 }] }]);
  expect(await refused("place,state\nManly,NSW\n")).toMatchObject([422, { detail: expect.stringContaining("suburb") }]);
  expect(await refused("suburb,state\n")).toMatchObject([422, {}]);
  expect(await refused(`suburb,state\n${"Manly,NSW\n".repeat(1_001)}`)).toMatchObject([422, {}]);
  expect(await refused('suburb,state\n"Manly,NSW\n')).toMatchObject([422, {}]);
  // Nothing of a row is dropped: neither cells that have no column, nor a row that cannot be parsed.
  expect(await refused("suburb,state\nManly,NSW\nManly,NSW,2095\n")).toMatchObject([
    422,
    { detail: expect.stringContaining("has 3 cells, but the header has 2") },
  ]);
  expect(await refused("suburb,state\nManly,NSW\n", "text/csv; charset=utf-16")).toMatchObject([415, {}]);
  const single = await api.request(REPORT, {
    method: "POST",
    headers: { "content-type": "text/csv" },
    body: "suburb,state\nManly,NSW\n",
  });
  expect(single.status).toBe(415);
  expect(((await (await api.request("/api/jobs")).json()) as { jobs: object[] }).jobs).toEqual([]);
});

test("a thousand requests as CSV are read in the thread", async () => {
  await using api = await openApi();
  const response = await asCsv(api, `suburb,state,min_bedrooms\n${"Manly,NSW,3\n".repeat(1_000)}`);
  expect(((await response.json()) as { jobs: object[] }).jobs).toHaveLength(1_000);
});

test("a locality may be written in one line, in every way that a request comes in; a contradiction is refused with both values", async () => {
  await using api = await openApi();
  const positionOf = async (id: string) => {
    const { suburb, state, postcode } = await job(api, id);
    return `${suburb} ${state} ${postcode}`;
  };
  const ways = [
    { suburb: "Manly NSW 2095" },
    { suburb: "Manly, New South Wales", draft: true },
    { suburb: "manly 2095" },
    { suburb: 2095 },
    { suburb: "Manly", state: "NSW 2095", post_code: 2095 },
    { suburb: "Manly NSW", data: { suburb: { name: "Manly", state: "NSW" }, agents: [{ name: "Ana" }] } },
  ];
  for (const body of ways) {
    const { job_id } = (await (await api.post(REPORT, body)).json()) as Accepted;
    expect([body, await positionOf(job_id)]).toEqual([body, "Manly NSW 2095"]);
  }
  const batch = await api.post(BATCH, { reports: ways });
  const table = await asCsv(api, "Suburb\nManly NSW\n2095 Manly\n");
  for (const response of [batch, table]) {
    const { jobs } = (await response.json()) as { jobs: readonly Accepted[] };
    for (const { job_id } of jobs) expect(await positionOf(job_id)).toBe("Manly NSW 2095");
  }
  const mountVictoria = { suburb: "Katoomba NSW", other_suburbs: ["Mount Victoria", "2785"] };
  const { job_id } = (await (await api.post(REPORT, mountVictoria)).json()) as Accepted;
  expect((await job(api, job_id)).requested).toMatchObject({
    other_suburbs: ["Mount Victoria NSW 2786", "Blackheath NSW 2785"],
  });

  const refused = async (body: unknown) => {
    const response = await api.post(REPORT, body);
    expect(response.status).toBe(422);
    return ((await response.json()) as { problems: readonly { path: string; message: string }[] }).problems[0];
  };
  expect(await refused({ suburb: "Manly NSW", state: "VIC" })).toMatchObject({
    path: "/state",
    message: expect.stringMatching(/VIC.*NSW/),
  });
  expect(await refused({ suburb: "Manly NSW 2095", postcode: "2096" })).toMatchObject({ path: "/postcode" });
  expect(await refused({ suburb: "Manly" })).toMatchObject({
    path: "/state",
    message: expect.stringMatching(/Manly NSW 2095 and Manly QLD 4179/),
  });
});

test("what is no text, or broken JSON, is named for what it is, with line and column, on every way in", async () => {
  await using api = await openApi();
  const send = async (path: string, method: string, type: string, body: string | Uint8Array<ArrayBuffer>) => {
    const response = await api.request(path, { method, headers: { "content-type": type }, body });
    expect(response.ok).toBe(false);
    return ((await response.json()) as { detail: string }).detail;
  };
  const workbook = Buffer.from("504b0304140000", "hex");
  const utf16 = new Uint8Array(Buffer.from("\ufeffsuburb;state\nManly;NSW\n", "utf16le"));
  expect(await send(BATCH, "POST", "text/csv", workbook)).toContain("an Excel workbook (.xlsx)");
  expect(await send(BATCH, "POST", "text/csv", utf16)).toContain("UTF-16");
  expect(await send(REPORT, "POST", "application/json", utf16)).toContain("UTF-16");
  const rows = '[\n  {"id": "a1", "name": "Ada"},\n  {"id": "a2" "name": "Grace"}\n]';
  expect(await send("/api/catalogue/agents", "PUT", "application/json", rows)).toContain("line 3, column 15: a comma");
  const lines = '{"id": "a1", "name": "Ada"}\n{"id": "a2" "name": "Grace"}\n';
  expect(await send("/api/catalogue/agents", "PUT", "application/x-ndjson", lines)).toContain("line 2, column 13");
  const map = encodeURIComponent('{"columns": }');
  expect(await send(`/api/catalogue/agents?map=${map}`, "PUT", "text/csv", "id\n1\n")).toContain("line 1, column 13");
  expect(await send("/api/catalogue-maps/m", "PUT", "application/json", '{"columns": }')).toContain(
    "line 1, column 13",
  );
});
