import { createRandom, type Random } from "../../data/sample/random.ts";

/** A real town with invented sales: how much it sells, of what, at which prices, and through how many agencies. */
export interface Town {
  readonly name: string;
  readonly state: string;
  readonly postcode: string;
  /** Sales in a year, all kinds together. */
  readonly perYear: number;
  readonly house: number;
  readonly unit?: number;
  readonly land?: number;
  /** Shares of the sales; the rest are houses. */
  readonly units?: number;
  readonly lots?: number;
  readonly auctions?: number;
  readonly disclosed?: number;
  /** Of the price in a year. */
  readonly growth?: number;
  /** Deviation of the price's logarithm. */
  readonly spread?: number;
  readonly agencies?: number;
  /** Share of the sales by agencies that have only this one. */
  readonly oneOffs?: number;
  readonly from?: string;
  readonly to?: string;
  readonly at?: readonly [lat: number, lon: number];
  readonly agencyName?: (index: number) => string;
  readonly agentName?: (index: number) => string;
}

/** What was offered, and how that ended. */
export interface Deal {
  readonly town: Town;
  readonly n: number;
  readonly unit: string;
  readonly number: string;
  readonly street: string;
  readonly kind: "house" | "unit" | "land";
  /** As a portal calls it. */
  readonly type: string;
  readonly beds: number | null;
  readonly baths: number | null;
  readonly cars: number | null;
  readonly land: number | null;
  readonly listed: string;
  readonly sold: string;
  readonly price: number;
  readonly disclosed: boolean;
  readonly guide: number | null;
  readonly method: "auction" | "sold_prior" | "sold_after" | "private_treaty";
  readonly outcome: "sold" | "passed_in" | "withdrawn";
  readonly agency: string;
  readonly agents: readonly string[];
  readonly at: readonly [lat: number, lon: number] | null;
}

const FIRST =
  "Aisha Ben Chloe Dao Ella Farid Grace Huw Isla Jin Kofi Leila Mia Nikau Olive Priya Quentin Rosa Siobhán Tama Uma Viktor Wen Xanthe Yusuf Zoë Amelia-Rose Bartholomew Jean-Luc Thị".split(
    " ",
  );
const LAST =
  "Ashby Bilić Castellanos Duong Eze Featherstonehaugh Gupta Hughes Ito Jansen Kaur Lindqvist Mäkinen Ngata O'Hara Papadopoulos Quirk Romano Singh Tran Ueda Vella Wójcik Xu Yilmaz Zhang McAllister D'Souza Te-Rangi Smith-Harcourt".split(
    " ",
  );
const FIRMS =
  "Gull Tern Banksia Kestrel Lantern Wattle Ironbark Saltbush Ferry Paperbark Currawong Heron Quay Jarrah Bluegum Lorikeet Spinifex Acacia Casuarina Waratah".split(
    " ",
  );
const ENDS = ["Realty", "Property", "Estate Agents", "& Co", "Residential", "Real Estate", "& Sons", "Homes and Land"];
const STREETS =
  "Pine Tern Station Victoria George Railway Bridge Chapel Church High Park Ocean River School Acacia Bay Cliff Dam Elm Fig Gum Hill Iris Jetty King Lake Mill North Orchard Queen".split(
    " ",
  );
const WAYS = ["Street", "Road", "Avenue", "Parade", "Crescent", "Lane", "Court", "Place"];

export const agencyName = (index: number) =>
  `${FIRMS[index % FIRMS.length]} ${ENDS[(index * 3 + Math.floor(index / FIRMS.length)) % ENDS.length]}`;
export const agentName = (index: number) =>
  `${FIRST[index % FIRST.length]} ${LAST[(index * 7 + Math.floor(index / FIRST.length)) % LAST.length]}`;

const DAY = 86_400_000;
const iso = (time: number) => new Date(time).toISOString().slice(0, 10);
export const later = (day: string, days: number) => iso(Date.parse(day) + days * DAY);

/** A town's sales and failed auctions, oldest first; the same for the same town. */
export function dealsOf(town: Town): readonly Deal[] {
  const { from = "2024-07-01", to = "2026-10-31", perYear } = town;
  const random = createRandom(Number(town.postcode) * 31 + town.name.length);
  const days = (Date.parse(to) - Date.parse(from)) / DAY + 1;
  const deals = Array.from({ length: Math.round((perYear * days) / 365) }, (_, n) => deal(town, n, from, days, random));
  const failed = deals.filter(
    ({ method, n }) =>
      method === "sold_after" || (method === "private_treaty" && n % 11 === 0 && (town.auctions ?? 0) > 0),
  );
  return [
    ...deals,
    ...failed.map((each): Deal => {
      const outcome = each.n % 3 === 0 ? "withdrawn" : "passed_in";
      return { ...each, n: each.n + 100_000, method: "auction", outcome, sold: later(each.sold, -9), disclosed: false };
    }),
  ]
    .filter(({ sold }) => sold >= from)
    .sort((a, b) => (a.sold < b.sold ? -1 : a.sold > b.sold ? 1 : a.n - b.n));
}

function deal(town: Town, n: number, from: string, days: number, random: Random): Deal {
  const { units = 0.3, lots = 0, auctions = 0.3, disclosed = 0.88, growth = 0.05, spread = 0.35 } = town;
  const sold = dayOf(from, days, random);
  const roll = random.next();
  const kind = roll < units ? "unit" : roll < units + lots ? "land" : "house";
  const typical = { house: town.house, unit: town.unit ?? town.house * 0.6, land: town.land ?? town.house * 0.5 }[kind];
  const years = (Date.parse(sold) - Date.parse(from)) / DAY / 365;
  const beds =
    kind === "land"
      ? null
      : Math.max(kind === "unit" ? 0 : 1, Math.round((kind === "unit" ? 1.9 : 3.3) + random.normal() * 0.8));
  const size = beds === null ? 0 : (beds - (kind === "unit" ? 2 : 3)) * 0.17;
  const price = rounded(typical * (1 + growth) ** years * Math.exp(random.normal() * spread + size));
  const way = random.next();
  const method =
    kind === "land" || way > auctions
      ? "private_treaty"
      : way < auctions * 0.2
        ? "sold_prior"
        : way < auctions * 0.35
          ? "sold_after"
          : "auction";
  const known = (share: number) => random.next() < share;
  const street = random.pick(STREETS);
  return {
    ...{ town, n, kind, price, method, outcome: "sold", sold },
    unit: kind === "unit" ? String(1 + Math.floor(random.next() ** 2 * 180)) : "",
    number: kind === "land" && known(0.6) ? "" : `${1 + Math.floor(random.next() * 220)}${known(0.04) ? "A" : ""}`,
    street: `${street} ${WAYS[street.length % WAYS.length]}`,
    type:
      kind === "house"
        ? random.pick(["House", "House", "House", "Townhouse", "Semi-Detached", "Villa"])
        : kind === "unit"
          ? "Apartment"
          : "Vacant Land",
    beds: known(0.95) ? beds : null,
    baths: kind === "land" || !known(0.9) ? null : Math.max(1, Math.round(random.next() * 2.4)),
    cars: kind === "land" || !known(0.85) ? null : Math.floor(random.next() * 3),
    land: kind === "unit" || !known(0.8) ? null : Math.round(Math.exp(6.2 + random.normal() * 0.4)),
    listed: later(sold, -Math.round(12 + random.gamma() * 18)),
    disclosed: known(disclosed),
    guide: method === "private_treaty" && known(0.8) ? rounded(price * (1.02 + random.normal() * 0.03)) : null,
    ...seller(town, n, random),
    at: town.at ? [town.at[0] + random.normal() * 0.006, town.at[1] + random.normal() * 0.006] : null,
  };
}

/** Few sell at Christmas, more in spring and autumn. */
function dayOf(from: string, days: number, random: Random): string {
  const sold = later(from, Math.floor(random.next() * days));
  const [month, date] = [Number(sold.slice(5, 7)), Number(sold.slice(8))];
  const quiet = (month === 12 && date > 19) || (month === 1 && date < 18);
  return quiet && random.next() < 0.9 ? dayOf(from, days, random) : sold;
}

/** A few agencies have most sales; in each a few agents. */
function seller(town: Town, n: number, random: Random): Pick<Deal, "agency" | "agents"> {
  const { agencies = 14, oneOffs = 0.06 } = town;
  if (random.next() < oneOffs)
    return { agency: `${agentName(n * 13 + 5)} Property`, agents: [(town.agentName ?? agentName)(n + 900)] };
  const firm = Math.floor(agencies * random.next() ** 2.2);
  const agent = () => (town.agentName ?? agentName)(firm * 9 + Math.floor(8 * random.next() ** 2));
  const agents = random.next() < 0.2 ? [agent(), agent()] : [agent()];
  return { agency: (town.agencyName ?? agencyName)(firm), agents: [...new Set(agents)] };
}

function rounded(price: number): number {
  const step = price > 2_000_000 ? 25_000 : price > 400_000 ? 5_000 : 1_000;
  return Math.max(step, Math.round(price / step) * step);
}
