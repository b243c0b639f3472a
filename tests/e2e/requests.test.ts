import { expect, test } from "bun:test";
import { join } from "node:path";
import { run, startBinary, temporaryFolder } from "./binary.ts";
import { importManly } from "./jobs.ts";

const OLD_FIELDS = {
  ...{ suburb: "manly", state: "NSW", post_code: 2095, property_types: ["House", "ApartmentUnitFlat"] },
  ...{
    min_bedrooms: "1",
    max_bedrooms: null,
    min_bathrooms: 1,
    max_bathrooms: "",
    min_carspaces: "",
    max_carspaces: "null",
  },
  ...{ min_land_area: null, max_land_area: null, include_surrounding_suburbs: false, region: "", area: null },
  ...{ home_owner_pricing: null, featured_agent_id: null, featured_agency_id: "" },
};

test("the command line requests all that a request can, one by one and by the table, and shows the result", async () => {
  const dataDir = temporaryFolder();
  await importManly(dataDir);
  const service = await startBinary({ dataDir });
  const at = ["--url", service.url];
  const one = await run([
    ...["submit", "Manly", "NSW", "--no-wait", ...at, "--property-types", "houses,Townhouse", "--bedrooms", "2-4"],
    ...["--bathrooms", "1+", "--carspaces", "-3", "--land-area", "100+", "--surroundings", "--area", "Beaches"],
    ...["--region", "North", "--home-owner-pricing", "$1-$1.5m", "--featured-agent", "nobody", "--edition", "full"],
  ]);
  expect(one.code).toBe(0);
  expect(one.stderr).toContain("featured_agent_id");
  const id = one.stdout.trim();
  const status = (await (await fetch(`${service.url}/api/job-status/${id}?wait=60&until=ended`)).json()) as object;
  expect(status).toMatchObject({
    requested: {
      ...{ property_types: ["House", "Townhouse"], min_bedrooms: 2, max_bedrooms: 4, min_bathrooms: 1 },
      ...{ max_carspaces: 3, min_land_area: 100, include_surrounding_suburbs: true, region: "North", area: "Beaches" },
      ...{ home_owner_pricing: "$1m-$1.5m", featured_agent_id: "nobody", edition: "full" },
    },
  });
  const shown = await run(["jobs", "show", id, ...at]);
  expect(shown.stdout).toMatch(/requested +houses and townhouses, 2 to 4 bedrooms/);
  expect(shown.stdout).toMatch(/warning +featured_agent_id: /);
  expect(shown.stdout).toMatch(/warning +region: /);

  const table = join(dataDir, "requests.csv");
  await Bun.write(table, "suburb,state,min_bedrooms,colour\nManly,NSW,3,red\nFairlight,NSW,,\n");
  const batch = await run(["submit", "--batch", table, ...at]);
  expect([batch.code, batch.stderr]).toEqual([0, 'warning: the column "colour" is unknown and was ignored\n']);
  expect(batch.stdout.trim().split("\n")).toHaveLength(2);
  expect((await run(["submit", "Manly", "NSW", "--batch", table, ...at])).code).toBe(2);

  const file = join(dataDir, "old.json");
  await Bun.write(
    file,
    JSON.stringify([
      OLD_FIELDS,
      { ...OLD_FIELDS, min_bedrooms: 40, colour: "red" },
      { suburb: "Manley", state: "NSW" },
    ]),
  );
  const looked = await run(["doctor", "--old-client", file, "--data-dir", dataDir]);
  expect(looked.code).toBe(1);
  expect(looked.stdout).toMatch(
    /request 1 +accepted: Manly NSW 2095, houses and apartments and units, 1 bedroom or more/,
  );
  expect(looked.stdout).toMatch(/data +\d+ sales? in 12 months/);
  expect(looked.stdout).toMatch(/warning +\/colour is unknown/);
  expect(looked.stdout).toMatch(/data +no record matches: .*40 bedrooms or more/);
  expect(looked.stdout).toMatch(/request 3 +refused with 422 \(unknown_suburb\).*Manly/);
  await Bun.write(file, JSON.stringify(OLD_FIELDS));
  const json = await run(["doctor", "--old-client", file, "--json", "--data-dir", temporaryFolder()]);
  expect(json.code).toBe(0);
  expect(json.stdout).toContain("the catalogue has none for Manly");
  await service.end("SIGTERM");
}, 120_000);
