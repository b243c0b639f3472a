import { afterAll, beforeAll, expect, setDefaultTimeout } from "bun:test";
import { basename, join } from "node:path";
import fc from "fast-check";
import { BANDS } from "../../src/report/input/price-band.ts";
import { withPrograms } from "../programs.ts";
import { PROPERTY_SEED } from "../property-seed.ts";
import { type RunningBinary, startBinary, temporaryFolder, untilEnded } from "./binary.ts";

/** Each field of a job that describes its report, beside the PDFs that were delivered, and the request and its data. */

setDefaultTimeout(180_000);
const testPdf = withPrograms("pdftotext", "pdfinfo");
const folder = temporaryFolder();
let service: RunningBinary;
beforeAll(async () => {
  service = await startBinary({
    dataDir: join(folder, "data"),
    env: { AGENTLINK_DELIVERY_FOLDER: join(folder, "out") },
  });
});
afterAll(() => service.end("SIGKILL"));

interface DescribedJob {
  readonly stage: string;
  readonly progress: number;
  readonly section: string | null;
  readonly requested_text: string;
  readonly warnings: readonly string[];
  readonly commission_rate: string;
  readonly discount: string;
  readonly filename: string;
  readonly result: Omit<DescribedDocument, "kind" | "filename">;
  readonly documents: readonly DescribedDocument[];
}

interface DescribedDocument {
  readonly kind: string;
  readonly filename: string;
  readonly pdf_url: string;
  readonly pages: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly delivered_to: string;
  readonly url: string | null;
}

/** Another seed has other sales and rents. */
const [drawn] = fc.sample(
  fc.record({
    beds: fc.array(fc.option(fc.integer({ min: 1, max: 6 })), { minLength: 16, maxLength: 40 }),
    price: fc.integer({ min: 600, max: 1_900 }).map((thousands) => thousands * 1_000),
    rentals: fc.integer({ min: 2, max: 6 }).map((thirds) => thirds * 3),
    rent: fc.integer({ min: 45, max: 80 }).map((tens) => tens * 10),
    least: fc.integer({ min: 1, max: 3 }),
    more: fc.integer({ min: 0, max: 3 }),
  }),
  { seed: PROPERTY_SEED, numRuns: 1 },
);
if (drawn === undefined) throw new Error("nothing was drawn");
const { beds, price, rentals, rent, least } = drawn;
const most = least + drawn.more;
const wanted = beds.filter((each) => each !== null && each >= least && each <= most).length;
const bedrooms = least === most ? `${least} ${least === 1 ? "bedroom" : "bedrooms"}` : `${least} to ${most} bedrooms`;

const AGENCIES = ["Gull Realty", "Tern Property", "Pelican Estate Agents"];
const PEOPLE = ["Emma Oliver", "Jack Wren", "Mia Hart"];
const dataOf = (agencies: readonly string[], agents: readonly string[]) => ({
  as_of: "2026-06-30",
  agencies: agencies.map((name, at) => ({ id: `y${at}`, name })),
  agents: agents.map((name, at) => ({ id: `a${at}`, name, agency_id: `y${at}` })),
  sales: beds.map((each, at) => ({
    ...{ id: `s${at}`, address: `${at + 1} Elm Street`, category: "house", beds: each, price: price + at },
    ...{ sold_date: `2026-0${1 + (at % 6)}-10`, agency_ids: [`y${at % 3}`], agents: [{ id: `a${at % 3}` }] },
  })),
});
const DATA = dataOf(AGENCIES, PEOPLE);
const RATES = BANDS.map(({ label }) => ({ state: "NSW", band: label, rate_from: 1.8, rate_to: 2.2 }));
const PARTNER = {
  ...{ agent: "Emma Oliver", agency: "Gull Realty", tier: "featured_plus", places: ["Manly NSW"] },
  rates: [{ band: "$1m-$1.5m", rate_from: 1.5, rate_to: 1.5 }],
};

const CASES: readonly (readonly [
  what: string,
  request: object,
  expected: {
    readonly kinds: readonly string[];
    readonly requested: string;
    readonly warnings: readonly RegExp[];
    readonly rate?: string;
  },
])[] = [
  ["the usual report", { data: DATA }, { kinds: ["agents"], requested: "", warnings: [] }],
  [
    "swapped names, and a field that is none",
    { data: dataOf(PEOPLE, AGENCIES), edition: "brief", colour: "red" },
    {
      ...{ kinds: ["agents_brief"], requested: "brief edition" },
      warnings: [
        /^\/colour is unknown and was ignored$/,
        /^The names of agents and agencies seem to be swapped: .*"Gull Realty".*"Emma Oliver"/,
      ],
    },
  ],
  [
    "rents by the month",
    {
      report: "agency",
      data: {
        ...DATA,
        rentals: Array.from({ length: rentals }, (_, at) => ({
          ...{ id: `r${at}`, address: `${at} Tern Street`, category: "unit", listed_date: "2026-05-01" },
          weekly_rent: Math.round(((rent + 10 * at) * 52) / 12),
        })),
      },
    },
    {
      kinds: ["agency"],
      requested: "",
      warnings: [new RegExp(`^The rents of ${rentals} rental listings of units are not used: .*month\\.$`)],
    },
  ],
  [
    "a filter and prices in thousands",
    {
      ...{ property_types: ["House"], min_bedrooms: least, max_bedrooms: most, other_suburbs: ["Fairlight NSW 2094"] },
      data: { ...DATA, sales: DATA.sales.map((sale) => ({ ...sale, price: 850 })) },
    },
    {
      ...{ kinds: ["agents"], requested: `houses, ${bedrooms}, Manly and Fairlight` },
      warnings: [
        ...(wanted < 3
          ? []
          : [
              new RegExp(
                `^${wanted} house sales are counted without a price: .* \\$850, so the prices seem to be in thousands\\.$`,
              ),
            ]),
        /^There is no sales data for Fairlight\.$/,
      ],
    },
  ],
  [
    "a price band, with a partner's rate",
    {
      home_owner_pricing: "$1m-$1.5m",
      edition: "brief",
      data: { ...DATA, commission_rates: RATES, partners: [PARTNER] },
    },
    {
      ...{ kinds: ["agents_brief", "commission", "complete"], warnings: [], rate: "1.50%" },
      requested: "price band $1m-$1.5m, brief edition",
    },
  ],
];

const textOf = async (path: string) => (await Bun.$`pdftotext -layout ${path} -`.quiet().text()).replace(/\s+/g, " ");

async function posted(url: string, body: object): Promise<string> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return ((await response.json()) as { job_id: string }).job_id;
}

for (const [what, request, expected] of CASES)
  testPdf(`what a job says of its report is so: ${what}`, async () => {
    const kind = "report" in request ? "agency" : "agents";
    const id = await posted(`${service.url}/api/generate-${kind}-report`, {
      suburb: "Manly",
      state: "NSW",
      ...request,
    });
    await untilEnded(service.url, id);
    const job = (await (await fetch(`${service.url}/api/job-status/${id}`)).json()) as DescribedJob;
    expect([job.stage, job.progress, job.section, job.requested_text]).toEqual([
      ...["completed", 100, null, expected.requested],
    ]);
    expect(job.documents.map(({ kind }) => kind)).toEqual([...expected.kinds]);
    expect(job.warnings).toEqual(expected.warnings.map((pattern) => expect.stringMatching(pattern)));
    const pages = new Map<string, number>();
    for (const document of job.documents) {
      const { kind, filename, pdf_url, delivered_to: path } = document;
      const served = await fetch(pdf_url);
      const bytes = await served.bytes();
      expect(await Bun.file(path).bytes()).toEqual(bytes);
      const info = await Bun.$`pdfinfo ${path}`.quiet().text();
      const printed = Number(/^Pages:\s+(\d+)$/m.exec(info)?.[1]);
      pages.set(kind, printed);
      expect([document.pages, document.bytes, document.sha256]).toEqual([
        ...[printed, bytes.length, new Bun.CryptoHasher("sha256").update(bytes).digest("hex")],
      ]);
      expect([basename(path), served.headers.get("content-disposition")]).toEqual([
        ...[filename, expect.stringContaining(`filename="${filename}"`)],
      ]);
      expect(info).toContain("Manly");
    }
    // The main document once more, under the address that a client without a list of them uses.
    const { pdf_url: _, ...main } = job.result;
    expect(job.documents[0]).toMatchObject({ ...main, filename: job.filename });
    const [whole, ...parts] = [
      pages.get("complete"),
      ...[...pages].flatMap(([kind, n]) => (kind === "complete" ? [] : n)),
    ];
    if (whole !== undefined) expect(parts.reduce<number>((sum, n) => sum + (n ?? 0), 0)).toBe(whole);
    const commission = job.documents.find(({ kind }) => kind === "commission");
    expect(job.commission_rate).toBe(expected.rate ?? "");
    const said = commission === undefined ? "" : await textOf(commission.delivered_to);
    for (const fact of [job.commission_rate, job.discount]) expect(said).toContain(fact);
    expect(job.discount === "").toBe(commission === undefined);
  });
