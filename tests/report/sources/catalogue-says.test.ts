import { expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { PROPERTY_SEED } from "../../property-seed.ts";
import { MANLY, newCatalogueWorld } from "./catalogue-world.ts";

/** What the catalogue's page of a locality counts, beside what was imported; with auctions that failed and mistyped days. */

setDefaultTimeout(60_000);
const world = newCatalogueWorld();
const LOCALITY = { ...MANLY, kind: "delivery", latitude: 0, longitude: 0 } as const;

const day = (ago: number) => new Date(Date.UTC(2026, 5, 30 - ago)).toISOString().slice(0, 10);

const rows = fc.array(
  fc.record({
    ago: fc.nat(1_500),
    outcome: fc.constantFrom("sold", "sold", "passed_in", "withdrawn", undefined),
    agents: fc.uniqueArray(fc.constantFrom("x", "y"), { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 30 },
);

test("sales are those that were sold, and a day in the future is not the newest", async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.boolean(), async (all, mistyped) => {
      await world.catalogue.clear("sales");
      await world.put("agents", "ndjson", '{"id":"x","name":"Xanthe"}\n{"id":"y","name":"Yusuf"}');
      const sales = [
        ...all.map(({ ago, agents, ...rest }, at) => ({
          ...{ id: `s${at}`, address: `${at} Tern Street`, category: "house", sold_date: day(ago), ...rest },
          agents: agents.map((id) => ({ id })),
        })),
        ...(mistyped ? [{ id: "z", address: "99 Tern Street", category: "house", sold_date: "2162-06-01" }] : []),
      ];
      await world.put("sales", "ndjson", sales.map((row) => JSON.stringify({ ...row, ...MANLY })).join("\n"));
      const locality = world.catalogue.locality(LOCALITY);
      const newest = Math.min(...all.map(({ ago }) => ago));
      const isSold = ({ outcome }: (typeof all)[number]) => outcome === undefined || outcome === "sold";
      const year = all.filter((each) => isSold(each) && each.ago < newest + 365);
      expect(locality).toMatchObject({
        sales: sales.length,
        newest: day(newest),
        oldest: day(Math.max(...all.map(({ ago }) => ago))),
        sales_12m: year.length,
        missing: [
          ...(year.length >= 10
            ? []
            : [year.length === 0 ? "sales" : `sales: ${year.length} in twelve months; a full report needs 10 or more`]),
          ...(year.some(({ agents }) => agents.length > 0)
            ? []
            : ["agents: no sale of the last twelve months names an agent"]),
          "current listings",
        ],
      });
      for (const { id, sales: counted } of world.catalogue.localityPeople(LOCALITY).agents)
        expect(counted).toBe(all.filter((each) => isSold(each) && each.agents.some((agent) => agent === id)).length);
      // The report has all that is not too old for it, whatever is mistyped.
      expect(
        world
          .read()
          .sales?.filter(({ id }) => id !== "z")
          .map(({ id }) => id),
      ).toHaveLength(all.filter(({ ago }) => day(ago) >= monthsBefore(day(newest), 39)).length);
    }),
    { seed: PROPERTY_SEED, numRuns: 15 },
  );
});

function monthsBefore(iso: string, months: number): string {
  const date = new Date(`${iso}T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() - months);
  return date.toISOString().slice(0, 10);
}
