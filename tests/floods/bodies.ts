/** Bodies just below the limit of 5 MiB, each the worst of its kind that we could think of. */
const BYTES = 5 * 1_024 * 1_024 - 1_000;
export const REPORT = "/api/generate-agents-report";
export const BATCH = "/api/generate-agents-reports";

const manly = { suburb: "Manly", state: "NSW" };
export const SALE = { category: "house", price: 1_000_000, sold_date: "2026-03-01", agency_ids: ["a1"] };
const sale = (index: number) => ({
  ...SALE,
  id: `s${index}`,
  address: `${index} Pitt Street, Manly`,
  price: 1_000_000 + index,
});

/** As many items as fit. */
function full(item: (index: number) => string, most: number): string {
  const items: string[] = [];
  for (let bytes = 0; items.length < most; ) {
    const text = item(items.length);
    bytes += text.length + 1;
    if (bytes > BYTES) break;
    items.push(text);
  }
  return items.join(",");
}

const sales = (one: (index: number) => unknown) =>
  `{"suburb":"Manly","state":"NSW","data":{"sales":[${full((index) => JSON.stringify(one(index)), 20_000)}]}}`;

interface Body {
  readonly what: string;
  readonly path: string;
  readonly text: () => string;
  readonly status: number;
}

export const LARGE_BODIES: readonly Body[] = [
  { what: "20,000 sales", path: REPORT, status: 200, text: () => sales(sale) },
  {
    what: "20,000 bad sales",
    path: REPORT,
    status: 422,
    text: () => sales((index) => ({ ...sale(index), price: "x" })),
  },
  {
    what: "fields nobody knows in each row",
    path: REPORT,
    status: 200,
    text: () => sales((index) => ({ ...sale(index), [`u${index}`]: 1 })),
  },
  {
    what: "a million sales",
    path: REPORT,
    status: 422,
    text: () => `{"suburb":"Manly","state":"NSW","data":{"sales":[${full(() => "{}", 1e9)}]}}`,
  },
  {
    what: "fields nobody knows",
    path: REPORT,
    status: 200,
    text: () => `{"suburb":"Manly","state":"NSW",${full((index) => `"k${index}":1`, 1e9)}}`,
  },
  {
    what: "empty lists",
    path: REPORT,
    status: 200,
    text: () => `{"suburb":"Manly","state":"NSW","x":[${full(() => "[]", 1e9)}]}`,
  },
  {
    what: "one long text",
    path: REPORT,
    status: 422,
    text: () => JSON.stringify({ ...manly, suburb: "x".repeat(BYTES - 100) }),
  },
  {
    what: "a batch of a thousand",
    path: BATCH,
    status: 200,
    text: () => JSON.stringify({ reports: Array(1_000).fill(manly) }),
  },
  {
    what: "a batch of a thousand that bring five megabytes of data",
    path: BATCH,
    status: 200,
    text: () => {
      const data = { sales: Array.from({ length: 34 }, (_, index) => sale(index)) };
      const reports = Array(1_000).fill({ ...manly, data });
      const text = JSON.stringify({ reports });
      if (text.length > BYTES || text.length < 0.8 * BYTES) throw new Error(`it has ${text.length} bytes`);
      return text;
    },
  },
  {
    what: "a batch of suburbs that are searched for",
    path: BATCH,
    status: 422,
    text: () =>
      JSON.stringify({
        reports: Array.from({ length: 1_000 }, (_, at) => ({ ...manly, suburb: `Mnaly Baech ${at}` })),
      }),
  },
  { what: "a batch of a million", path: BATCH, status: 422, text: () => `{"reports":[${full(() => "1", 1e9)}]}` },
];
