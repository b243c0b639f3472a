import { expect } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DRAW } from "../../src/render/documents.ts";
import type { DataSet } from "../../src/report/data-set.ts";
import { BANDS } from "../../src/report/input/price-band.ts";
import type { ReportOptions } from "../../src/report/options.ts";
import { withPrograms } from "../programs.ts";
import { OPTIONS } from "./data-sets.ts";
import { overlaps, pagesOf } from "./page.ts";
import { png } from "./pictures.ts";

const testPdf = withPrograms("pdftotext");
const LONG = "Wolfeschlegelsteinhausenbergerdorff Konstantinopoulou-Featherstonehaugh de la Fontaine-Smythe";

const RATES: DataSet = {
  commission_rates: BANDS.map(({ label }, step) => ({
    ...{ state: "NSW" as const, band: label, rate_from: 2 - step / 20, rate_to: 2.4 - step / 20 },
    ...{ marketing_from: 4_000 + 500 * step, marketing_to: 8_000 + 1_000 * step },
  })),
};

async function drawn(data: DataSet, options: Partial<ReportOptions> = {}) {
  const path = join(mkdtempSync(join(tmpdir(), "agentlink-commission-")), "commission.pdf");
  const { bytes, pages, facts } = await DRAW.commission(
    data,
    { ...OPTIONS, homeOwnerPricing: "$1.5m-$2m", ...options },
    () => {},
  );
  await Bun.write(path, bytes);
  const found = await pagesOf(path);
  expect(found).toHaveLength(pages);
  return { pages: found, facts, text: found.map(({ text }) => text).join("") };
}

testPdf("what the status repeats is what is printed, with the partner labelled as paid", async () => {
  const partners = [
    {
      agent: "Ada Ash",
      agency: "Alder",
      tier: "featured" as const,
      rates: [{ band: "$1.5m-$2m", rate_from: 1.8, rate_to: 1.98 }],
    },
  ];
  const { facts, text, pages } = await drawn({ ...RATES, partners });
  expect(facts).toEqual({ commission_rate: "1.80-1.98%", discount: "$1,250" });
  for (const words of [
    "1.80–1.98%",
    "$1,250",
    "1.85–2.25%",
    "$5,500–$11,000",
    "AdaAsh",
    "FEATUREDPARTNER",
    "PAIDPLACE",
    "Manly",
    "$1.5m–$2m",
  ])
    expect(text).toContain(words);
  expect(pages).toHaveLength(1);
});

testPdf("without rates for the band it says so", async () => {
  const { facts, text } = await drawn({});
  expect(facts).toEqual({ commission_rate: "", discount: "" });
  expect(text).toContain("Nousualcommissionisonrecordfor$1.5m–$2m");
});

testPdf.each(["Less than $500k", "$1.5m-$2m", "$10m+"])(
  "it holds its shape on one page with the longest names and every band, asked for %s",
  async (homeOwnerPricing) => {
    const partners = [
      {
        agent: LONG,
        agency: LONG,
        tier: "featured_plus" as const,
        logo: png({ width: 400, height: 30 }),
        photo: png({ width: 30, height: 90 }),
      },
    ];
    const { pages } = await drawn(
      { ...RATES, partners },
      { homeOwnerPricing, suburb: "Kangaroo Point South-Woolloomooloo", branding: { name: LONG, contact: LONG } },
    );
    expect(pages).toHaveLength(1);
    for (const { words, width, height } of pages) {
      expect(overlaps(words)).toEqual([]);
      expect(words.filter(({ left, right, bottom }) => left < 0 || right > width || bottom > height)).toEqual([]);
    }
  },
);
