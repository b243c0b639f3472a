import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DataSet } from "../../../src/report/data-set.ts";
import { type Catalogue, type CatalogueKind, openCatalogue } from "../../../src/report/sources/catalogue.ts";
import { parseDataSet } from "../../../src/report/validation.ts";

const MANLY = { suburb: "Manly", state: "NSW", postcode: "2095" } as const;
const FAIRLIGHT = { suburb: "Fairlight", state: "NSW", postcode: "2094" } as const;
const RENTALS = `id,address,category,beds,listed_date,leased_date,weekly_rent,status,agency_ids,suburb,state
r1,1/2 Tern Street,unit,2,2026-05-01,2026-05-20,"$950",leased,a,Manly,NSW
r2,3 Tern Street,house,Studio,2026-06-01,,1850,current,a;b,Manly,NSW
r3,4 Tern Street,house,3,2023-01-01,,1850,withdrawn,b,Manly,NSW
`.replace("Studio", "0");

let folder: string;
let catalogue: Catalogue;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agentlink-kinds-"));
  catalogue = openCatalogue({ path: join(folder, "catalogue.db") });
});
afterEach(() => {
  catalogue.close();
  rmSync(folder, { recursive: true });
});

async function put(kind: CatalogueKind, rows: string | readonly unknown[]): Promise<readonly string[]> {
  const [format, text] =
    typeof rows === "string" ? (["csv", rows] as const) : (["json", JSON.stringify(rows)] as const);
  return (await catalogue.upsert(kind, format, new Blob([text]).stream())).warnings;
}

function read(locality = MANLY as { suburb: string; state: "NSW"; postcode: string }, of?: "rentals"): DataSet {
  return parseDataSet(JSON.parse(catalogue.dataSet(locality, of) ?? "null"));
}

test("rentals are in the data set of a report on rentals, and cost one on sales nothing", async () => {
  await put("agencies", 'id,name,address\na,Alder,"1 Quay Street, Manly"\nb,Birch,\nc,Cedar,\n');
  expect(await put("rentals", RENTALS)).toEqual([]);
  await put(
    "sales",
    "id,address,category,sold_date,agency_ids,suburb,state\ns,9 Tern Street,unit,2026-01-01,c,Manly,NSW\n",
  );
  const leasing = read(MANLY, "rentals");
  expect(leasing.rentals?.map(({ id, weekly_rent }) => [id, weekly_rent])).toEqual([
    ["r2", 1850],
    ["r1", 950],
  ]);
  expect([leasing.sales, leasing.agencies?.map(({ id }) => id)]).toEqual([[], ["a", "b"]]);
  expect(leasing.agencies?.[0]?.address).toBe("1 Quay Street, Manly");
  const selling = read();
  expect([selling.rentals, selling.agencies?.map(({ id }) => id)]).toEqual([undefined, ["c"]]);
  expect(catalogue.agencies(MANLY)?.map(({ name }) => name)).toEqual(["Alder", "Birch", "Cedar"]);
});

test("a partner is in the data sets of its localities, with its rates, and in no other", async () => {
  const csv = `id,agent,agency,places,suburb,state,tier,from,to,rates
one,Ada,Alder,,Manly,NSW,featured_plus,2026-01-01,2026-12-31,"$1m-$1.5m: 1.8-1.98; NSW $2-$2.5m: 1.7%"
two,Bo,Birch,Manly NSW 2095; fairlight nsw,,,standard,,,
all,Cy,Cedar,New South Wales,,,featured,,,
far,Di,Dune,"Manly, QLD",,,,,,
`;
  expect(await put("partners", csv)).toEqual([]);
  await put("agents", "id,name,suburb,state\nx,Xanthe,Manly,NSW\ny,Yusuf,Fairlight,NSW\n");
  expect(read().partners?.map(({ id }) => id)).toEqual(["all", "one", "two"]);
  expect(read(FAIRLIGHT).partners?.map(({ id }) => id)).toEqual(["all", "two"]);
  expect(read().partners?.find(({ id }) => id === "one")).toEqual({
    ...{ id: "one", agent: "Ada", agency: "Alder", tier: "featured_plus", from: "2026-01-01", to: "2026-12-31" },
    rates: [
      { band: "$1m-$1.5m", rate_from: 1.8, rate_to: 1.98 },
      { state: "NSW", band: "$2m-$2.5m", rate_from: 1.7, rate_to: 1.7 },
    ],
  });
  // Fewer areas than before.
  await put("partners", [{ id: "two", agent: "Bo", places: ["Fairlight NSW"] }]);
  expect(read().partners?.map(({ id }) => id)).toEqual(["all", "one"]);
  expect(catalogue.business(FAIRLIGHT).partners?.map(({ id }) => id)).toEqual(["all", "two"]);
});

test("commission rates of the state and of each kind of area come with every suburb's data, and a new one replaces the old", async () => {
  await put("agents", "id,name,suburb,state\nx,Xanthe,Manly,NSW\n");
  const csv = `state,area_kind,band,rate_from,rate_to,marketing_from,marketing_to
nsw,,$1-$1.5m,1.8,2.2,4000,8000
Victoria,,$1m-$1.5m,1.6,2,,
,Inner_City,less_than_$500k,2.1,2.4,3000,5000
`;
  await put("commission_rates", csv);
  await put("commission_rates", [{ state: "NSW", band: "$1m_$1.5m", rate_from: "1.9", rate_to: "2.3" }]);
  await put("area_kinds", "postcode,suburb,kind\n2095,,inner_city\n2095,MANLY,rural\n2094,Fairlight,rural\n");
  const { commission_rates, area_kinds } = read();
  expect(
    commission_rates?.map(({ state, area_kind, band, rate_from }) => [state ?? area_kind, band, rate_from]),
  ).toEqual([
    ["NSW", "$1m-$1.5m", 1.9],
    ["inner_city", "Less than $500k", 2.1],
  ]);
  expect(area_kinds?.map(({ kind }) => kind)).toEqual(["inner_city", "rural"]);
});

test.each([
  ["partners", { agent: "Ada" }, "places"],
  ["partners", { agent: "Ada", places: ["Nowhere NSW"] }, "Nowhere"],
  ["partners", { agent: "Ada", places: ["Manly"] }, "lacks a state"],
  ["partners", { agent: "Ada", places: ["NSW"], from: "2026-02-01", to: "2026-01-01" }, "before"],
  ["partners", { agent: "Ada", places: ["NSW"], rates: [{ band: "$1m-$1.5m", rate_from: 2, rate_to: 1 }] }, "rate_to"],
  ["partners", { agent: "Ada", places: ["NSW"], tier: "gold" }, "featured_plus, featured, standard"],
  ["commission_rates", { state: "NSW", band: "$1m-$2m", rate_from: 1, rate_to: 2 }, "$500k-$1m"],
  ["commission_rates", { state: "NSW", area_kind: "rural", band: "$10m+", rate_from: 1, rate_to: 2 }, "either"],
  ["commission_rates", { band: "$10m+", rate_from: 1, rate_to: 2 }, "either"],
  ["commission_rates", { state: "NSW", band: "$10m+" }, "rate_from"],
  ["commission_rates", { state: "NSW", band: "$10m+", rate_from: 2, rate_to: 1 }, "rate_to"],
  ["area_kinds", { kind: "rural" }, "postcode"],
  ["area_kinds", { postcode: "2095", kind: "beach" }, "inner_city, suburb, rural"],
  ["rentals", { id: "r", address: "1 Tern Street", category: "unit", leased_date: "2026-02-30", ...MANLY }, "calendar"],
] as const)("a row of %s that says %j is refused with what is wrong", async (kind, row, reason) => {
  const refused = await put(kind, [row]).then(
    () => "taken",
    (error) => String(error),
  );
  expect(refused).toContain(reason);
});

test("a catalogue of before has the new tables once it is opened, and what was in it", async () => {
  await put("agents", "id,name,suburb,state\nx,Xanthe,Manly,NSW\n");
  catalogue.close();
  const old = new Database(join(folder, "catalogue.db"));
  for (const kind of ["rentals", "partners", "commission_rates", "area_kinds"]) old.run(`DROP TABLE ${kind}`);
  old.close();
  catalogue = openCatalogue({ path: join(folder, "catalogue.db") });
  await put("rentals", RENTALS);
  expect([read().agents?.length, read(MANLY, "rentals").rentals?.length]).toEqual([1, 2]);
});

test("partners and rates alone make no suburb one that there is data about", async () => {
  await put("partners", [{ agent: "Ada", places: ["Manly NSW"] }]);
  await put("area_kinds", [{ suburb: "Manly", kind: "inner_city" }]);
  expect([catalogue.dataSet(MANLY), catalogue.agencies(MANLY)]).toEqual([null, null]);
});
