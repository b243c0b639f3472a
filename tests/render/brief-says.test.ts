import { expect, setDefaultTimeout } from "bun:test";
import fc from "fast-check";
import { DRAW } from "../../src/render/documents.ts";
import { withPrograms } from "../programs.ts";
import { PROPERTY_SEED } from "../property-seed.ts";
import { options } from "../report/data.ts";
import { AGENCIES, AGENTS, type Dealing, dayOf, dealingsOf, iso, recordsOf, TODAY } from "../report/dealings.ts";
import { countedBy, DAY, dataSet, hasOddRents, middle as middleRent, rentals } from "../report/rentals.ts";
import { dollars, middle, most, name, oneDecimal, prices, truthOf, YEAR } from "../report/truth.ts";
import { messageOf } from "./said.ts";

/** Every word of the brief editions, read from the PDF, and worked out again from what happened. */

setDefaultTimeout(120_000);
const test = withPrograms("qpdf");
const SETTINGS = { seed: PROPERTY_SEED, numRuns: 8, includeErrorInReport: true, endOnFailure: true };

const PERIOD = "Manly NSW 2095 12 months 1 July 2025 to 30 June 2026 Data as of 30 June 2026";
const NUMBERS = ["no", "one", "two", "three", "four", "five"];
const any = (names: readonly string[]) => names.map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
const plural = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
const longDay = (day: string) =>
  new Date(`${day}T00:00:00Z`).toLocaleString("en-AU", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });

const ROW = String.raw`(?<rank>\d) (?<name>${any(AGENTS.map((each) => each.name))}) (?<agency>${any(AGENCIES.map((each) => each.name))}) (?<lead>\d+) (?<joint>\d+) (?<value>–|\$[\d.]+[kmb](?: \d+ prices?)) (?<median>Not disclosed|– n \d: too few|\$[\d.]+[km]\*? \d+ prices)`;
const FEW = String.raw`(?: \* n below 10: too few to rely on\.)?`;
const AGENTS_PAGE = new RegExp(
  String.raw`^AgentLink TOP AGENTS ${PERIOD} (?:Nothing found The data has no sales by a named agent in Manly in the 12 months to 30 June 2026\. (?:.*)|(?<title>The (?:agent|\w+ agents) with (?:a sale|the most sales)) (?<known>.+?) AGENT AGENCY AS LEAD JOINTLY TOTAL VALUE MEDIAN (?<rows>(?:${ROW.replace(/\(\?<\w+>/g, "(?:")} ?)+)As lead: sales the agent led\. Jointly: colleagues' sales the agent took part in\. Ranked by both\. Total value: sum of disclosed prices\. Median: of 3 or more disclosed prices\. Sales records are incomplete and lag the market\. This is not a valuation\. Nobody can pay for a rank\.${FEW})$`,
);

function money(value: number): string {
  return value >= 9_995_000 ? `$${(Math.round(value / 100_000) / 10).toFixed(1)}m` : dollars(value);
}

function agentSentences(all: readonly Dealing[]) {
  const { now, agents, known } = truthOf(all);
  const ranked = [...agents].map(([id, n]) => ({
    id,
    n,
    rank: 1 + [...agents.values()].filter((other) => other > n).length,
  }));
  const shown = Math.min(5, ranked.length);
  const unnamed = now.filter(({ agents: of }) => of.length === 0).length;
  const oldest = Math.max(...known.map(dayOf));
  const line = [
    `${plural(ranked.length, "agent")} with a sale, ${plural(now.length, "sale")} in Manly`,
    ...(oldest >= YEAR - 32 || known.length === 0 ? [] : [`data from ${longDay(iso(oldest))}`]),
    ...(unnamed === 0 ? [] : [`no agent is shown for ${plural(unnamed, "sale")}`]),
  ].join("; ");
  const title = shown === 1 ? "The agent" : `The ${NUMBERS[shown]} agents`;
  return { now, ranked, line, title };
}

test("a brief edition says of the agents what happened, and nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(dealingsOf(6, 800), dealingsOf(60, 760), dealingsOf(25, 40)), async (all) => {
      const { bytes } = await DRAW.agents_brief(recordsOf(all), options({ date: TODAY }), () => {});
      const said = await messageOf(bytes);
      const claim = AGENTS_PAGE.exec(said)?.groups;
      if (claim === undefined) throw new Error(`no reader for: ${said}`);
      const { now, ranked, line, title } = agentSentences(all);
      expect(claim.title === undefined).toBe(ranked.length === 0);
      if (claim.title === undefined) return;
      // There are five agents, so none is level with the last one shown.
      expect([claim.title, claim.known]).toEqual([`${title} with a sale`, line]);
      const rows = [...(claim.rows ?? "").matchAll(new RegExp(ROW, "g"))].map(({ groups }) => groups ?? {});
      expect(rows).toHaveLength(ranked.length);
      for (const row of rows) {
        const id = AGENTS.find((each) => each.name === row.name)?.id ?? "";
        const own = now.filter(({ agents }) => agents.includes(id));
        const led = own.filter(({ agents: [first] }) => first === id).length;
        expect([Number(row.rank), Number(row.lead), Number(row.joint)]).toEqual([
          ranked.find((each) => each.id === id)?.rank ?? 0,
          led,
          own.length - led,
        ]);
        expect(row.agency).toBe(name(AGENTS.find((each) => each.id === id)?.agency_id ?? ""));
        const paid = prices(own);
        expect(row.value).toBe(
          paid.length === 0 ? "–" : `${money(paid.reduce((a, b) => a + b, 0))} ${plural(paid.length, "price")}`,
        );
        const median = middle(paid);
        expect(row.median).toBe(
          median !== null
            ? `${dollars(median)}${paid.length < 10 ? "*" : ""} ${paid.length} prices`
            : paid.length === 0
              ? "Not disclosed"
              : `– n ${paid.length}: too few`,
        );
      }
      expect(said.includes("* n below 10")).toBe(rows.some(({ median }) => median?.includes("*")));
      expect(most(new Map(ranked.map(({ id, n }) => [id, n])))).toBe(Math.max(...ranked.map(({ n }) => n)));
    }),
    SETTINGS,
  );
});

const IDS = ["a", "b", "c", "d"];
const RENTAL_ROW = String.raw`(?<rank>\d) Agency (?<id>[abcd]) [abcd] Quay (?<listings>\d+)(?: (?<now>\d+) now)? (?<share>[\d.]+%\*?)(?: (?<change>[+−]?[\d.]+) points)? (?<rent>–|\$[\d,]+\*?)(?: (?<rents>\d+) rents?)? (?<days>–|\d+\*?)(?: n (?<leased>\d+) leased)?`;
const AGENCY_PAGE = new RegExp(
  String.raw`^AgentLink TOP RENTAL AGENCIES ${PERIOD} (?:Nothing found The data has no rental listings by a named agency in Manly in the 12 months to 30 June 2026\. Listing records are incomplete and lag the market\. Nobody can pay for a rank\.|(?<title>The (?:agency|\w+ agencies) with a rental listing) (?<known>.+?) AGENCY LISTINGS SHARE RENT A WEEK DAYS (?<rows>(?:${RENTAL_ROW.replace(/\(\?<\w+>/g, "(?:")} ?)+)Listings: properties advertised for rent in the 12 months\. Share: of all rental listings in this report(?<below>; below it, the change on the previous 12 months in percentage points)?\. Rent: median asking rent, of 3 or more\. Days: median from listing to lease\. (?<odd>Some rents may be monthly or fortnightly, not weekly: medians made from them are then too high\. )?Listing records are incomplete and lag the market\. Nobody can pay for a rank\.${FEW})$`,
);

test("and of the agencies that let", async () => {
  await fc.assert(
    fc.asyncProperty(rentals, async (rows) => {
      const { bytes } = await DRAW.agency(dataSet(rows), options({ edition: "brief" }), () => {});
      const said = await messageOf(bytes);
      const claim = AGENCY_PAGE.exec(said)?.groups;
      if (claim === undefined) throw new Error(`no reader for: ${said}`);
      const { within, by } = countedBy(rows, "2025-07-01", "2026-06-30");
      const named = IDS.filter((id) => by(id).length > 0);
      expect(claim.title === undefined).toBe(named.length === 0);
      if (claim.title === undefined) return;
      expect(claim.title).toBe(
        `The ${named.length === 1 ? "agency" : `${NUMBERS[named.length]} agencies`} with a rental listing`,
      );
      const unknown = within.filter(({ agency_ids }) => agency_ids?.length === 0).length;
      expect(claim.known?.replace(/; data from [^;]+/, "")).toBe(
        `${plural(named.length, "agency", "agencies")}, ${plural(within.length, "rental listing")} in Manly${unknown === 0 ? "" : `; no agency is known for ${plural(unknown, "listing")}`}`,
      );
      const found = [...(claim.rows ?? "").matchAll(new RegExp(RENTAL_ROW, "g"))].map(({ groups }) => groups ?? {});
      expect(found.map(({ id }) => id ?? "").sort()).toEqual(named);
      expect(claim.below !== undefined).toBe(found.some(({ change }) => change !== undefined));
      expect(claim.odd !== undefined).toBe(hasOddRents(rows) && found.some(({ rent }) => rent !== "–"));
      for (const row of found) {
        const own = by(row.id ?? "");
        expect([Number(row.rank), Number(row.listings)]).toEqual([
          1 + named.filter((id) => by(id).length > own.length).length,
          own.length,
        ]);
        const few = within.length < 10 ? "*" : "";
        expect(row.share).toBe(`${oneDecimal((own.length / within.length) * 100)}%${few}`);
        const rents = own.flatMap(({ weekly_rent }) => weekly_rent || []);
        const median = middleRent(rents);
        expect(row.rent).toBe(
          median === null ? "–" : `$${Math.round(median).toLocaleString("en-AU")}${rents.length < 10 ? "*" : ""}`,
        );
        expect(Number(row.rents ?? 0)).toBe(rents.length);
        const days = own.flatMap(({ listed_date, leased_date }) =>
          listed_date && leased_date && leased_date >= listed_date
            ? [(Date.parse(leased_date) - Date.parse(listed_date)) / DAY]
            : [],
        );
        const took = middleRent(days);
        expect(row.days).toBe(took === null ? "–" : `${Math.round(took)}${days.length < 10 ? "*" : ""}`);
        const current = rows.filter(
          ({ status, agency_ids }) => status === "current" && agency_ids?.includes(row.id ?? ""),
        );
        expect(Number(row.now ?? 0)).toBe(current.length);
      }
    }),
    SETTINGS,
  );
});
