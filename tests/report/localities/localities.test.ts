import { expect, setDefaultTimeout, test } from "bun:test";
import { gazetteer } from "../../../src/report/gazetteer/gazetteer.ts";
import { kilometres, neighbours } from "../../../src/report/gazetteer/neighbours.ts";
import { resolveSuburb } from "../../../src/report/localities/suburbs.ts";

// From source the gazetteer is made when it is first needed.
setDefaultTimeout(30_000);

/** Where the gazetteer has a locality: some coordinates of its source are those of another locality of the name. */

test("a locality whose coordinates are another's is drawn among its real neighbours", () => {
  const locality = resolveSuburb({ suburb: "Winter Valley", state: "VIC", postcode: null });
  const near = neighbours(locality, 8).map(({ locality: { suburb } }) => suburb);
  expect(near).toContain("Bonshaw");
  expect(near).not.toContain("Chintin");
});

test.each([
  ["Winter Valley", "VIC", "3358", -37.6, 143.8],
  // The postcode's coordinates are in another state, too.
  ["Happy Valley", "NSW", "2430", -31.9, 152.5],
  // The outback's, and on an island.
  ["Happy Valley", "QLD", "4655", -25.3, 152.8],
  // The postcode's coordinates are the wrong way round.
  ["Galloways Hill", "QLD", "4171", -27.5, 153.1],
  // The campus in Geelong had the coordinates of the one in Melbourne, by both lookups.
  ["Deakin University", "VIC", "3217", -38.2, 144.3],
  ["Creek View", "VIC", "3558", -36.5, 144.6],
  ["Borambil", "NSW", "2329", -32.0, 150.2],
  // The other one is on the Cape York Peninsula, in Queensland.
  ["Annie River", "NT", "0822", -11.8, 130.6],
  // What is really far from everything else of its postcode stays where it is.
  ["Macquarie Island", "TAS", "7151", -54.6, 158.9],
  ["Lord Howe Island", "NSW", "2898", -31.5, 159.1],
  ["Warburton", "WA", "6431", -26.1, 126.6],
] as const)(
  "%s %s %s is drawn where it is, though its coordinates are another locality's",
  (suburb, state, postcode, ...at) => {
    const { latitude, longitude } = resolveSuburb({ suburb, state, postcode });
    const [south, east] = at;
    expect(Math.hypot(latitude - south, longitude - east)).toBeLessThan(0.4);
  },
);

/** Kilometres. So near there are five localities of other postcodes in a city or town. */
const DENSE = 3;
const FAR = 40;
/** Townsville's postcode reaches to Charters Towers. */
const REALLY = ["Sellheim QLD 4816"];

test("nothing in a town is far from all others of its postcode", () => {
  const all = gazetteer();
  const localities = Array.from({ length: all.size }, (_, index) => index)
    .filter((index) => all.isDelivery(index))
    .map(all.locality);
  const cell = ({ latitude, longitude }: (typeof localities)[number], south = 0, east = 0) =>
    `${Math.floor(latitude * 20) + south},${Math.floor(longitude * 20) + east}`;
  const around = Map.groupBy(localities, (locality) => cell(locality));
  const ofPostcode = Map.groupBy(localities, ({ postcode }) => postcode);
  const near = [-1, 0, 1];
  const strays = localities.filter((locality) => {
    const others = (ofPostcode.get(locality.postcode) ?? []).filter(({ suburb }) => suburb !== locality.suburb);
    if (others.length === 0 || others.some((other) => kilometres(locality, other) < FAR)) return false;
    const beside = near.flatMap((south) => near.flatMap((east) => around.get(cell(locality, south, east)) ?? []));
    const foreign = beside.filter((each) => each.postcode !== locality.postcode && kilometres(locality, each) < DENSE);
    return new Set(foreign.map(({ suburb }) => suburb)).size >= 5;
  });
  expect(strays.map(({ suburb, state, postcode }) => `${suburb} ${state} ${postcode}`)).toEqual(REALLY);
});
