import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import fc from "fast-check";
import { deliveryPath } from "../../src/delivery/path.ts";
import { createRenderPool } from "../../src/render/threads/pool.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { openApi } from "../http/api.ts";
import { withPrograms } from "../programs.ts";
import { dataSet, OPTIONS } from "../render/data-sets.ts";

const test = withPrograms("pdftotext", "qpdf");

/** What a request may contain where a name belongs. */
const HOSTILE = [
  "Ann\u0000\u0007\u001b[31m Smith\u009b2J",
  "\u202egro.live\u202c Realty\u200b\u2066",
  "https://evil.example/?q=1",
  "javascript:app.alert(1)",
  ") /OpenAction << /S /JavaScript /JS (app.alert(1)) >> (",
  "<script>alert(1)</script><b>x</b>",
  '=HYPERLINK("https://evil.example")',
  "{{7*7}}%n%s",
  "line\r\none\nmore\u2028x\u2029y",
];

/** Every text of a data set, with a hostile one in its place. */
function poisoned(value: unknown, turn: { at: number }, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => poisoned(item, turn, key));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, poisoned(inside, turn, name)]));
  const isWords = [
    "name",
    "address",
    "title",
    "brand",
    "principal",
    "phone",
    "url",
    "display_price",
    "disclaimer",
    "licence",
  ].includes(key);
  if (!isWords || typeof value !== "string") return value;
  turn.at += 1;
  return HOSTILE[turn.at % HOSTILE.length];
}

test("hostile texts are texts in the PDF: no control characters, no links, no scripts, no actions", async () => {
  const { suburb, ...rest } = dataSet() as unknown as Record<string, unknown>;
  const hostile = { ...(poisoned(rest, { at: 0 }) as object), suburb };
  const output = join(temporaryFolder(), "report.pdf");
  const pool = createRenderPool({ threads: 1 });
  const branding = { name: HOSTILE[4] ?? "", contact: HOSTILE[2] ?? "" };
  await pool.render(
    {
      dataSet: new TextEncoder().encode(JSON.stringify(hostile)),
      options: { ...OPTIONS, branding, preparedFor: HOSTILE[0] ?? "" },
      output,
    },
    {},
  );
  await pool.close();
  const inside = await Bun.$`qpdf --json=2 ${output}`.quiet().text();
  // As a name of the PDF's language: what is text begins with u: or b: there.
  for (const name of [
    "/JavaScript",
    "/JS",
    "/URI",
    "/Launch",
    "/OpenAction",
    "/AA",
    "/SubmitForm",
    "/EmbeddedFile",
    "/RichMedia",
    "/GoToR",
  ])
    expect([name, inside.includes(`"${name}"`)]).toEqual([name, false]);
  const text = await Bun.$`pdftotext ${output} -`.text();
  expect(text).toContain("Ann");
  expect(text).toContain("evil.example");
  // Of its own pdftotext writes line ends and a form feed after each page.
  expect(text.match(/(?![\n\r\t\f])\p{Cc}|[\u200b\u202a-\u202e\u2066-\u2069]/gu) ?? []).toEqual([]);
}, 120_000);

test("whatever is requested as a folder and a name, the file is below the target, under a plain name", () => {
  const wish = fc.oneof(
    fc.constantFrom(...HOSTILE, "..", "../..", "/etc", "C:\\x", "CON", "a/../../b", "~"),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(wish, wish, (folder, filename) => {
      const request = JSON.stringify({ delivery: { folder, filename } });
      const job = { id: "0".repeat(8), suburb: "Manly", state: "NSW", createdAt: "2026-07-01T00:00:00.000Z", request };
      const path = deliveryPath(job as Parameters<typeof deliveryPath>[0]);
      expect(path).toEndWith(".pdf");
      expect(normalize(path)).toBe(path);
      for (const name of path.split("/")) expect(name).toMatch(/^(?:(?![\p{Cc}/\\:*?"<>|]).)+$/u);
      expect(path.split("/").filter((name) => /^\.+$/.test(name))).toEqual([]);
    }),
    { numRuns: 300 },
  );
}, 60_000);

test("no text adds a second line to the log, a header to a response, or markup to a page", async () => {
  await using api = await openApi();
  for (const hostile of HOSTILE) {
    const body = { suburb: "Manly", state: "NSW", metadata: { hostile }, delivery: { filename: hostile } };
    expect((await api.post("/api/generate-agents-report", body)).status).toBe(200);
    await api.post("/api/generate-agents-report", { suburb: hostile, state: "NSW" });
    const lost = await api.request(`/${encodeURIComponent(hostile)}<script>`, {
      headers: { "X-Request-Id": encodeURIComponent(hostile) },
    });
    expect(lost.headers.get("content-type")).toBe("application/problem+json");
    expect(lost.headers.get("x-content-type-options")).toBe("nosniff");
    for (const [, value] of lost.headers) expect(value).not.toMatch(/\p{Cc}/u);
    await api.finish();
  }
  // Each was one line of JSON: api.ts parses them as they are written.
  for (const line of api.logged) expect(JSON.stringify(line)).not.toMatch(/\p{Cc}/u);
  const page = await (await fetch(`${api.url}/`)).text();
  expect(page).not.toContain("<script>alert");
  const { jobs } = (await (await api.request("/api/jobs")).json()) as { jobs: { metadata: { hostile: string } }[] };
  expect(jobs.map(({ metadata }) => metadata.hostile).toSorted()).toEqual(HOSTILE.toSorted());
}, 60_000);

test("the file of a report is offered under a name that is a header's text and no more", async () => {
  await using api = await openApi();
  const id = await api.accept();
  await api.finish(readFileSync(import.meta.path));
  const response = await api.request(`/api/jobs/${id}/report.pdf`);
  expect(response.headers.get("content-disposition")).toMatch(
    /^inline; filename="[\x20-\x7e]+\.pdf"; filename\*=UTF-8''[\w.%-]+$/,
  );
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
});
