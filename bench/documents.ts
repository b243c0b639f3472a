import { join } from "node:path";
import { DRAW } from "../src/render/documents.ts";
import type { DataSet } from "../src/report/data-set.ts";
import type { ReportOptions } from "../src/report/options.ts";
import { drawLogos } from "./logos.ts";
import { portrait } from "./pictures.ts";
import { OPTIONS, sampleDataSet } from "./sample.ts";

/**
 * `bun run gallery documents`: the pictures of README.md and docs/documents.md in docs/images, from the sample data with portraits and
 * logos that are invented.
 */
const IMAGES = join(import.meta.dir, "../docs/images");
const DOTS_PER_INCH = "72";

const FAIRLIGHT = { suburb: "Fairlight", state: "NSW", postcode: "2094" } as const;

export async function drawDocuments(): Promise<void> {
  const plain = {
    sales: await sampleDataSet(),
    rentals: await sampleDataSet(undefined, "rentals"),
    fairlight: await sampleDataSet(FAIRLIGHT),
  };
  const agencies = new Map(Object.values(plain).flatMap((each) => (each.agencies ?? []).map((one) => [one.id, one])));
  const logos = await drawLogos([...agencies.values()]);
  const sales = withPictures(plain.sales, logos);
  const rentals = withPictures(plain.rentals, logos);
  const fairlight = withPictures(plain.fairlight, logos);
  // The README's: three pages of the report as it is, wide enough to be read in a third of a page.
  for (const [name, page] of [
    ["verdict", 2],
    ["market", 4],
    ["agencies", 6],
  ] as const)
    await picture(name, page, "agents", plain.sales, OPTIONS, "92");
  await picture("brief", 1, "agents_brief", sales, OPTIONS);
  await picture("agency-report", 3, "agency", rentals, OPTIONS);
  const commission = { ...OPTIONS, ...FAIRLIGHT, preparedFor: null, homeOwnerPricing: "$2m-$2.5m" };
  await picture("commission", 1, "commission", fairlight, commission);
}

async function picture(
  name: string,
  page: number,
  kind: "agents" | "agents_brief" | "agency" | "commission",
  dataSet: DataSet,
  options: ReportOptions,
  dotsPerInch = DOTS_PER_INCH,
): Promise<void> {
  const { bytes } = await DRAW[kind](dataSet, options, () => {});
  const path = join(IMAGES, name);
  const pdf = Bun.file(`${path}.pdf`);
  await Bun.write(pdf, bytes);
  await Bun.$`pdftoppm -r ${dotsPerInch} -f ${page} -l ${page} -singlefile -png ${path}.pdf ${path}`;
  await pdf.delete();
  console.log(`${name}: ${Math.round(Bun.file(`${path}.png`).size / 1_000)} kB`);
}

function withPictures(dataSet: DataSet, logos: ReadonlyMap<string, string>): DataSet {
  const partners = (dataSet.partners ?? []).map((partner, index) => ({ ...partner, photo: portrait(index) }));
  return {
    ...dataSet,
    agents: (dataSet.agents ?? []).map((agent, index) =>
      index % 5 === 4 ? agent : { ...agent, photo: portrait(index) },
    ),
    agencies: (dataSet.agencies ?? []).map((agency) => ({ ...agency, logo: logos.get(agency.id) ?? null })),
    partners,
  };
}
