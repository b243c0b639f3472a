/**
 * Makes the synthetic sample set: `bun data/sample/generate.ts` writes the files beside it, the same bytes each time.
 * Suburbs are real, for the gazetteer's sake; streets, agencies, agents, properties and prices are invented, telephone
 * numbers are those that Australia keeps for fiction.
 */
import { join } from "node:path";
import { AREA_KIND_COLUMNS, AREA_KINDS, partners, RATE_COLUMNS, rateRows } from "./business.ts";
import {
  agencies,
  agents,
  type SampleAgency,
  type SampleAgent,
  type SampleSuburb,
  STREETS,
  SUBURBS,
} from "./people.ts";
import { createRandom, type Random } from "./random.ts";
import { RENTAL_COLUMNS, rentalRows } from "./rentals.ts";

const AS_OF = day("2026-06-30");
const FIRST_DAY = day("2023-07-01");
const QUARTER_ENDS = quarterEnds();

interface Record {
  readonly id: string;
  readonly suburb: SampleSuburb;
  readonly address: string;
  readonly category: "house" | "unit";
  readonly beds: number;
  readonly baths: number;
  readonly cars: number;
  readonly land: number | null;
  readonly listed: number;
  readonly sold: number;
  readonly price: number | null;
  readonly disclosed: boolean;
  readonly ask: readonly [number, number | null] | null;
  readonly method: string;
  readonly outcome: "sold" | "passed_in" | "withdrawn";
  readonly agencies: readonly string[];
  readonly agents: readonly string[];
}

/** The files of the sample set, by name. */
export function generateSample(): Readonly<{ [file: string]: string }> {
  const random = createRandom(20260630);
  const records = SUBURBS.flatMap((suburb) => recordsOf(suburb, random));
  const listings = SUBURBS.flatMap((suburb) => listingsOf(suburb, random));
  const market = SUBURBS.flatMap((suburb) => marketOf(suburb, records, random));
  return {
    "sources.ndjson": ndjson(SOURCES),
    "agencies.csv": agenciesCsv(),
    "agents.ndjson": ndjson(agents().map((agent) => agentRow(agent, random))),
    "sales.csv": csv(SALE_COLUMNS, records.map(saleCells)),
    "listings.csv": csv(LISTING_COLUMNS, listings),
    "market.ndjson": ndjson(market),
    "rentals.csv": csv(RENTAL_COLUMNS, rentalRows(AS_OF, iso)),
    "partners.ndjson": ndjson(partners()),
    "commission_rates.csv": csv(RATE_COLUMNS, rateRows()),
    "area_kinds.csv": csv(AREA_KIND_COLUMNS, AREA_KINDS),
  };
}

const SOURCES = [
  {
    id: "sample-sales",
    name: "AgentLink sample sales",
    licence: "Made up; free to use",
    retrieved_at: "2026-06-30",
    disclaimer: "Every sale, agency and agent here is invented. Likeness to real ones is chance.",
    coverage_pct: 94,
    synthetic: true,
  },
  {
    id: "sample-market",
    name: "AgentLink sample market series",
    licence: "Made up; free to use",
    retrieved_at: "2026-06-30",
    disclaimer: "Invented, as the sales are.",
    synthetic: true,
  },
  {
    id: "sample-rentals",
    name: "AgentLink sample rental listings",
    licence: "Made up; free to use",
    retrieved_at: "2026-06-30",
    disclaimer: "Every property, agency and rent here is invented. Likeness to real ones is chance.",
    synthetic: true,
  },
];

function recordsOf(suburb: SampleSuburb, random: Random): readonly Record[] {
  const records: Record[] = [];
  const years = (AS_OF - FIRST_DAY + 1) / 365;
  const total = Math.round(suburb.salesAYear * years);
  for (let n = 1; n <= total; n++) {
    const id = `${suburb.code}-${String(n).padStart(4, "0")}`;
    records.push(...campaign(id, suburb, random));
  }
  return records.sort((a, b) => a.sold - b.sold || (a.id < b.id ? -1 : 1));
}

/** A property's way to its sale: at times through an auction passed in, or a withdrawal and a second listing. */
function campaign(id: string, suburb: SampleSuburb, random: Random): readonly Record[] {
  const sold = FIRST_DAY + Math.floor(random.next() * (AS_OF - FIRST_DAY + 1));
  const home = property(suburb, sold, random);
  const method = pickMethod(home.category, random);
  const days = Math.round(14 + random.gamma() * (home.category === "house" ? 16 : 18));
  const [agencies, agents] = sellers(suburb, sold, random);
  const discount = method === "private_treaty" ? 0.025 + random.normal() * 0.025 : -0.02 + random.normal() * 0.05;
  const floor = roundPrice(home.value * (1 + discount));
  const ask: Record["ask"] =
    random.next() < 0.7 ? [floor, random.next() < 0.6 ? roundPrice(floor * 1.08) : null] : null;
  const disclosed = random.next() > 0.13;
  const final: Record = {
    ...home,
    id,
    suburb,
    listed: sold - days,
    sold,
    price: disclosed ? roundPrice(home.value) : null,
    disclosed,
    ask,
    method,
    outcome: "sold",
    agencies,
    agents,
  };
  const earlier = { ...final, price: null, disclosed: false };
  if (method === "sold_after") {
    const auction = sold - 1 - Math.floor(random.next() * 12);
    return [{ ...earlier, id: `${id}-a`, method: "auction", outcome: "passed_in", sold: auction }, final];
  }
  if (method === "private_treaty" && random.next() < 0.12) {
    const withdrawn = final.listed - 5 - Math.floor(random.next() * 60);
    const began = withdrawn - 20 - Math.floor(random.next() * 40);
    const outcome = random.next() < 0.6 ? "passed_in" : "withdrawn";
    if (began >= FIRST_DAY)
      return [{ ...earlier, id: `${id}-a`, method: "auction", outcome, listed: began, sold: withdrawn }, final];
  }
  // Some auctions lead nowhere.
  if (method === "auction" && random.next() < 0.14)
    return [{ ...earlier, outcome: random.next() < 0.75 ? "passed_in" : "withdrawn" }];
  return [final];
}

function property(suburb: SampleSuburb, sold: number, random: Random) {
  const category: "house" | "unit" = random.next() < suburb.unitShare ? "unit" : "house";
  const [street, number] = [random.pick(STREETS), 1 + Math.floor(random.next() * 180)];
  const beds =
    category === "house"
      ? random.weighted([
          [2, 1],
          [3, 4],
          [4, 4],
          [5, 2],
        ])
      : random.weighted([
          [1, 3],
          [2, 5],
          [3, 2],
        ]);
  const typical = category === "house" ? 3.6 : 2;
  // No logarithm and no power here: their last digits differ from machine to machine.
  const trend = 1 + (category === "house" ? 0.05 : 0.035) * ((sold - AS_OF) / 365);
  const base = category === "house" ? suburb.house : suburb.unit;
  const value = base * trend * (1 + 0.17 * (beds - typical)) * Math.max(0.55, 1 + random.normal() * 0.2);
  return {
    category,
    beds,
    baths: Math.max(1, Math.min(beds, beds - 1 + Math.floor(random.next() * 2))),
    cars: category === "house" ? 1 + Math.floor(random.next() * 3) : Math.floor(random.next() * 2.3),
    land: category === "house" ? 180 + Math.floor(random.next() * 520) : null,
    address: category === "unit" ? `${1 + Math.floor(random.next() * 24)}/${number} ${street}` : `${number} ${street}`,
    value,
  };
}

function pickMethod(category: "house" | "unit", random: Random): string {
  return random.weighted(
    category === "house"
      ? [
          ["auction", 46],
          ["sold_prior", 14],
          ["sold_after", 8],
          ["private_treaty", 24],
          ["off_market", 5],
          ["eoi", 2],
          ["not_stated", 1],
        ]
      : [
          ["auction", 31],
          ["sold_prior", 10],
          ["sold_after", 6],
          ["private_treaty", 47],
          ["off_market", 4],
          ["not_stated", 2],
        ],
  );
}

/** Who sold it: an agency by its strength in the suburb, which changes over the years, and one or two of its agents. */
function sellers(suburb: SampleSuburb, sold: number, random: Random): readonly [readonly string[], readonly string[]] {
  const years = (sold - AS_OF) / 365;
  const strength = (agency: SampleAgency) =>
    Math.max(0.3, agency.strength + agency.drift * years) * (agency.home === suburb.code ? 2.4 : 1);
  const first = random.weighted(agencies().map((agency) => [agency, strength(agency)] as const));
  const team = agentsOf(first);
  const lead = random.weighted(team.map((agent) => [agent, agent.strength] as const));
  const ids = [`${lead.id}:lead`];
  if (random.next() < 0.045) {
    const second = random.pick(agencies().filter((agency) => agency.id !== first.id));
    ids.push(`${random.pick(agentsOf(second)).id}:co`);
    return [[first.id, second.id], ids];
  }
  const others = team.filter((agent) => agent !== lead);
  if (random.next() < 0.28) ids.push(`${random.pick(others).id}:co`);
  return [[first.id], ids];
}

const SALE_COLUMNS = (
  "id,suburb,state,postcode,address,category,beds,baths,cars,land_sqm,listed_date,sold_date,price,price_disclosed," +
  "first_ask_from,first_ask_to,method,outcome,agency_ids,agents,source"
).split(",");

function saleCells(record: Record): readonly Cell[] {
  const { suburb, ask } = record;
  return [
    record.id,
    suburb.name,
    "NSW",
    suburb.postcode,
    record.address,
    record.category,
    record.beds,
    record.baths,
    record.cars,
    record.land,
    iso(record.listed),
    iso(record.sold),
    record.price,
    record.outcome === "sold" ? String(record.disclosed) : null,
    ask?.[0] ?? null,
    ask?.[1] ?? null,
    record.method,
    record.outcome,
    record.agencies.join(";"),
    record.agents.join(";"),
    "sample-sales",
  ];
}

const LISTING_COLUMNS =
  "id,suburb,state,postcode,address,category,listed_date,display_price,agency_ids,agent_ids,source".split(",");

function listingsOf(suburb: SampleSuburb, random: Random): readonly (readonly Cell[])[] {
  const total = Math.round(suburb.salesAYear / 5.2);
  return Array.from({ length: total }, (_, index) => {
    const home = property(suburb, AS_OF, random);
    const [agencies, agents] = sellers(suburb, AS_OF, random);
    const guide = roundPrice(home.value * 0.98);
    const display = random.weighted([
      [`Guide ${dollars(guide)}`, 5],
      [`${dollars(guide)} – ${dollars(roundPrice(guide * 1.1))}`, 3],
      ["Auction", 2],
      ["Contact agent", 2],
    ]);
    return [
      `${suburb.code}-for-sale-${String(index + 1).padStart(3, "0")}`,
      suburb.name,
      "NSW",
      suburb.postcode,
      home.address,
      home.category,
      iso(AS_OF - Math.floor(random.gamma() * 14)),
      display,
      agencies.join(";"),
      agents.map((agent) => agent.replace(/:\w+$/, "")).join(";"),
      "sample-sales",
    ];
  });
}

function marketOf(suburb: SampleSuburb, records: readonly Record[], random: Random): readonly unknown[] {
  return (["house", "unit"] as const).map((category) => ({
    suburb: suburb.name,
    state: "NSW",
    postcode: suburb.postcode,
    category,
    source: "sample-market",
    series: QUARTER_ENDS.map((end, index) => {
      const begin = (QUARTER_ENDS[index - 1] ?? FIRST_DAY - 1) + 1;
      const own = records.filter(
        (record) =>
          record.suburb === suburb && record.category === category && record.sold >= begin && record.sold <= end,
      );
      return point(suburb, category, end, own, random);
    }),
  }));
}

function point(suburb: SampleSuburb, category: "house" | "unit", end: number, own: readonly Record[], random: Random) {
  const sold = own.filter(({ outcome }) => outcome === "sold");
  const prices = sold.flatMap(({ price }) => price ?? []);
  const days = sold.map((record) => record.sold - record.listed);
  const countOf = (method: string) => sold.filter((record) => record.method === method).length;
  const unsold = (outcome: string) =>
    own.filter((record) => record.outcome === outcome && record.method === "auction").length;
  const at = (q: number) => (prices.length >= 3 ? Math.round(quantile(prices, q)) : null);
  const rent = (category === "house" ? suburb.houseRent : suburb.unitRent) * (1 + 0.04 * ((end - AS_OF) / 365));
  const [soldAt, passedIn, withdrawn] = [countOf("auction"), unsold("passed_in"), unsold("withdrawn")];
  const stock = Math.round((suburb.salesAYear / 5) * (category === "unit" ? suburb.unitShare : 1 - suburb.unitShare));
  return {
    period_end: iso(end),
    period_months: 3,
    median_sold_price: at(0.5),
    number_sold: sold.length,
    p5: at(0.05),
    p25: at(0.25),
    p75: at(0.75),
    p95: at(0.95),
    days_on_market: days.length >= 3 ? Math.round(quantile(days, 0.5)) : null,
    discount_pct: Math.round((2.4 + random.normal() * 0.5) * 10) / 10,
    auctions: {
      scheduled: soldAt + passedIn + withdrawn + countOf("sold_prior"),
      auctioned: soldAt + passedIn,
      sold_prior: countOf("sold_prior"),
      sold_at: soldAt,
      sold_after: 0,
      passed_in: passedIn,
      withdrawn,
      unreported: 0,
    },
    sale_listings: Math.max(1, Math.round(stock * (1 + random.normal() * 0.12))),
    median_ask: at(0.5) === null ? null : roundPrice((at(0.5) ?? 0) * 1.01),
    median_weekly_rent: Math.round((rent * (1 + random.normal() * 0.01)) / 10) * 10,
    rent_listings: Math.max(1, Math.round(stock * 0.8 * (1 + random.normal() * 0.15))),
  };
}

function agenciesCsv(): string {
  return csv(
    "id,name,brand,colour,principal,phone,url,address,for_sale,source".split(","),
    agencies().map((agency) => [
      agency.id,
      agency.name,
      agency.brand,
      agency.colour,
      agency.principal,
      agency.phone,
      `https://example.com/${agency.id}`,
      agency.address,
      null,
      "sample-sales",
    ]),
  );
}

function agentRow(agent: SampleAgent, random: Random) {
  const reviews = 4 + Math.floor(random.gamma() * 20);
  return {
    id: agent.id,
    name: agent.name,
    agency_id: agent.agency,
    title: agent.title,
    phone: agent.phone,
    email: `${agent.id}@example.com`,
    source: "sample-sales",
    ...(agent.hidden ? { hidden: true } : {}),
    reviews: [
      {
        provider: "Sample Reviews",
        rating: Math.round((4.3 + random.next() * 0.7) * 10) / 10,
        count: reviews,
        as_of: "2026-06-30",
      },
    ],
  };
}

function agentsOf(agency: SampleAgency): readonly SampleAgent[] {
  return agents().filter((agent) => agent.agency === agency.id);
}

type Cell = string | number | null;

function csv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => cells.map(cellText).join(",");
  return `${[columns, ...rows].map(line).join("\n")}\n`;
}

function cellText(cell: Cell): string {
  const text = cell === null ? "" : String(cell);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function ndjson(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

function roundPrice(price: number): number {
  const unit = price > 3_000_000 ? 25_000 : price > 1_500_000 ? 10_000 : 5_000;
  return Math.round(price / unit) * unit;
}

function dollars(price: number): string {
  return `$${String(price).replace(/\B(?=(\d{3})+$)/g, ",")}`;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? 0;
  return low + ((sorted[Math.ceil(at)] ?? low) - low) * (at - Math.floor(at));
}

function quarterEnds(): readonly number[] {
  return Array.from({ length: 12 }, (_, index) => Date.UTC(2023, 9 + 3 * index, 0) / 86_400_000);
}

function day(text: string): number {
  return Date.parse(text) / 86_400_000;
}

function iso(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}

if (import.meta.main)
  for (const [file, text] of Object.entries(generateSample())) await Bun.write(join(import.meta.dir, file), text);
