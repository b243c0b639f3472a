import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../../../src/failure.ts";
import {
  neighbours,
  parseState,
  readLocality,
  resolveSuburb,
  type SuburbQuery,
  searchSuburbs,
} from "../../../src/report/localities/suburbs.ts";
import { workOf } from "../../work.ts";

describe("a suburb", () => {
  test("gets the postcode people live in, never that of its post-office boxes", () => {
    expect(resolveSuburb({ suburb: "Manly", state: "NSW" })).toMatchObject({ postcode: "2095", kind: "delivery" });
    expect(resolveSuburb({ suburb: "Manly", state: "QLD" }).postcode).toBe("4179");
    expect(resolveSuburb({ suburb: "North Sydney", state: "NSW" }).postcode).toBe("2060");
    expect(resolveSuburb({ suburb: "Melbourne", state: "VIC" }).postcode).toBe("3000");
    expect(resolveSuburb({ suburb: "Alice Springs", state: "NT" }).postcode).toBe("0870");
  });

  test.each([
    ["manly", "New South Wales", "Manly"],
    ["  MANLY   VALE ", "nsw", "Manly Vale"],
    ["manly-vale", "N.S.W.", "Manly Vale"],
    ["Saint Kilda", "victoria", "St Kilda"],
    ["Mt Kuring gai", "NSW", "Mount Kuring-Gai"],
    ["O’Connor", "act", "O'Connor"],
    ["oconnor", "Australian Capital Territory", "O'Connor"],
    ["MCMAHONS POINT", "NSW", "McMahons Point"],
  ])("%p in %p is %p", (suburb, state, name) => {
    expect(resolveSuburb({ suburb, state }).suburb).toBe(name);
  });

  test.each([
    ["Manly, NSW", "NSW", undefined, "Manly", "2095"],
    ["Manly NSW 2095", "NSW", undefined, "Manly", "2095"],
    ["manly 2095 nsw", "New South Wales", "2095", "Manly", "2095"],
    ["Manly, New South Wales, Australia", "NSW", undefined, "Manly", "2095"],
    ["Richmond QLD 4822", "QLD", undefined, "Richmond", "4822"],
    ["St Kilda, Victoria", "VIC", undefined, "St Kilda", "3182"],
    ["Mount Victoria", "NSW", undefined, "Mount Victoria", "2786"],
    ["Mount Victoria NSW", "NSW", undefined, "Mount Victoria", "2786"],
    ["Victoria Point, QLD", "QLD", undefined, "Victoria Point", "4165"],
    ["2095", "NSW", undefined, "Manly", "2095"],
    ["2095 Manly", "NSW", undefined, "Manly", "2095"],
    ["Manly", "NSW 2095", undefined, "Manly", "2095"],
    ["Manly NSW 2095", undefined, undefined, "Manly", "2095"],
    ["Manly, Queensland, Australia", null, undefined, "Manly", "4179"],
    ["manly 4179", "", undefined, "Manly", "4179"],
    ["Manly", undefined, "2095", "Manly", "2095"],
    ["2095", undefined, undefined, "Manly", "2095"],
    ["Mount Victoria NSW", undefined, undefined, "Mount Victoria", "2786"],
    ["Port Victoria 5573", undefined, undefined, "Port Victoria", "5573"],
    ["St Kilda VIC", undefined, undefined, "St Kilda", "3182"],
  ])("%p in %p (%p) is read as the line that it is", (suburb, state, postcode, name, code) => {
    expect(resolveSuburb({ suburb, state, postcode })).toMatchObject({ suburb: name, postcode: code });
  });

  test.each([
    ["Manly, QLD", "NSW", undefined, /state is NSW, and suburb says QLD/],
    ["Manly NSW", "VIC", undefined, /state is VIC, and suburb says NSW/],
    ["Manly NSW 2095", "NSW", "2096", /postcode is 2096, and suburb says 2095/],
    ["Manly", "NSW 2095", "2096", /postcode is 2096, and state says 2095/],
    ["Manly NSW 9999", "NSW", undefined, /Manly NSW has the postcode 2095, not 9999/],
    ["Manly 9999", undefined, undefined, /state is required: there are Manly NSW 2095 and Manly QLD 4179/],
    ["Manly", undefined, undefined, /state is required: there are Manly NSW 2095 and Manly QLD 4179/],
    ["Manly", "VIC", undefined, /no suburb "Manly" in VIC; did you mean Manly NSW 2095/],
    ["Manly VIC", undefined, undefined, /no suburb "Manly" in VIC; did you mean Manly NSW 2095/],
    ["Mount Victoria", undefined, undefined, /state is required: there is only Mount Victoria NSW 2786/],
    ["Nowhereville", undefined, undefined, /there is no suburb "Nowhereville" in any state/],
    [
      "2000",
      undefined,
      undefined,
      /the postcode 2000 of \d+ suburbs: send one of them, such as Sydney NSW 2000, Haymarket/,
    ],
    ["9999", undefined, undefined, /the postcode 9999, which no suburb has/],
    ["2095", "VIC", undefined, /the postcode 2095, which no suburb of VIC has/],
    ["NSW", "NSW", undefined, /no suburb "NSW" in NSW/],
    ["Manly", "Sydney", undefined, /no state "Sydney"/],
  ])("%p in %p (%p), which contradicts itself or names none, is refused in words", (suburb, state, postcode, words) => {
    expect(refusal({ suburb, state, postcode }).message).toMatch(words);
  });

  test("and its state are read from one line, whatever follows", () => {
    expect(
      ["Manly NSW", "St Kilda VIC 3182", "St Kilda, 3182, Victoria, Australia", "Manly", "", "NSW"].map(readLocality),
    ).toEqual([
      { suburb: "Manly", state: "NSW", postcode: null },
      { suburb: "St Kilda", state: "VIC", postcode: "3182" },
      { suburb: "St Kilda", state: "VIC", postcode: "3182" },
      { suburb: "Manly", state: null, postcode: null },
      { suburb: "", state: null, postcode: null },
      { suburb: "NSW", state: null, postcode: null },
    ]);
  });

  test("is found however it is spelt", () => {
    const names = ["Manly Vale", "Mount Kuring-Gai", "St Kilda", "O'Connor", "Kippa-Ring", "Dee Why"] as const;
    const states = { "St Kilda": "VIC", "O'Connor": "ACT", "Kippa-Ring": "QLD" } as Record<string, string>;
    const spelling = fc.record({
      name: fc.constantFrom(...names),
      upper: fc.boolean(),
      space: fc.constantFrom(" ", "  ", "-"),
      apostrophe: fc.constantFrom("'", "’", ""),
    });
    fc.assert(
      fc.property(spelling, ({ name, upper, space, apostrophe }) => {
        const spelt = name.replaceAll(/[ -]/g, space).replaceAll("'", apostrophe);
        const state = states[name] ?? "NSW";
        expect(resolveSuburb({ suburb: upper ? spelt.toUpperCase() : spelt.toLowerCase(), state }).suburb).toBe(name);
      }),
    );
  });

  test("with a postcode is the one of that postcode", () => {
    expect(resolveSuburb({ suburb: "Richmond", state: "QLD" }).postcode).toBe("4740");
    expect(resolveSuburb({ suburb: "Richmond", state: "QLD", postcode: "4822" }).postcode).toBe("4822");
  });

  test("with the postcode of its post-office boxes is the delivery area beside them", () => {
    expect(resolveSuburb({ suburb: "Manly", state: "NSW", postcode: "1655" }).postcode).toBe("2095");
  });

  test("with a postcode it does not have is refused with the right one", () => {
    const failure = refusal({ suburb: "Manly", state: "NSW", postcode: "4179" });
    expect(failure).toMatchObject({ code: "postcode_mismatch", transient: false });
    expect(failure.message).toContain("2095");
    expect(failure.options.details?.nearest).toEqual([{ suburb: "Manly", state: "NSW", postcode: "2095" }]);
  });

  test("that is misspelt is refused with the nearest of its state", () => {
    const failure = refusal({ suburb: "Paramatta", state: "NSW" });
    expect(failure).toMatchObject({ code: "unknown_suburb", transient: false });
    expect(nearest(failure)[0]).toEqual({ suburb: "Parramatta", state: "NSW", postcode: "2150" });
    // That very name is a suburb of South Australia.
    expect(nearest(failure)).toContainEqual(expect.objectContaining({ suburb: "Paramatta", state: "SA" }));
    expect(nearest(refusal({ suburb: "Manley", state: "NSW" }))[0]).toMatchObject({ suburb: "Manly", state: "NSW" });
  });

  test("of another state is refused with that state named first", () => {
    expect(nearest(refusal({ suburb: "Fitzroy Crossing", state: "VIC" }))[0]).toMatchObject({
      suburb: "Fitzroy Crossing",
      state: "WA",
    });
  });

  test("in a state that is none is refused with the states", () => {
    expect(refusal({ suburb: "Manly", state: "Sydney" })).toMatchObject({ code: "unknown_state", transient: false });
  });

  test("is found a hundred times while a megabyte of JSON is parsed; a wrong one is refused in less than that ten times", () => {
    resolveSuburb({ suburb: "Manly", state: "NSW" });
    // A search through all localities for a hit would take more.
    const hit = workOf(() => resolveSuburb({ suburb: "Dee Why", state: "New South Wales" }), 1_000);
    const miss = workOf(() => refusal({ suburb: "Dee Whyyy", state: "NSW" }), 20);
    expect(hit).toBeLessThan(0.01);
    expect(miss).toBeLessThan(10);
  });

  test("whatever is requested, the result is a locality or a permanent failure", () => {
    const query = fc.record({
      suburb: fc.string({ unit: "grapheme", maxLength: 100 }),
      state: fc.constantFrom("NSW", "WA"),
    });
    fc.assert(
      fc.property(query, (requested) => {
        try {
          expect(resolveSuburb(requested).state).toBe(requested.state === "WA" ? "WA" : "NSW");
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          expect(error).toMatchObject({ code: "unknown_suburb", transient: false });
        }
      }),
    );
  });
});

test("a state is known short and in full, in any case", () => {
  expect(["nsw", "New South Wales", "QUEENSLAND", " vic ", "Utopia"].map(parseState)).toEqual([
    "NSW",
    "NSW",
    "QLD",
    "VIC",
    null,
  ]);
});

describe("completion", () => {
  const names = (q: string, limit = 5) =>
    searchSuburbs(q, limit).map(({ suburb, state, postcode }) => `${suburb} ${state} ${postcode}`);

  test("names what begins so first, then words that begin so, then what is spelt alike", () => {
    expect(names("manly", 6)).toEqual([
      "Manly NSW 2095",
      "Manly QLD 4179",
      "Manly West QLD 4179",
      "Manly Vale NSW 2093",
      "Manly East NSW 2095",
      "North Manly NSW 2100",
    ]);
    expect(names("mnaly")).toContain("Manly NSW 2095");
  });

  test("names the larger of several first, whatever the alphabet says", () => {
    for (const [q, first] of [
      ["per", "Perth WA 6000"],
      ["perth", "Perth WA 6000"],
      ["parra", "Parramatta NSW 2150"],
      ["richmond", "Richmond VIC 3121"],
      ["rich", "Richmond VIC 3121"],
      ["syd", "Sydney NSW 2000"],
      ["mel", "Melbourne VIC 3000"],
      ["brighton", "Brighton VIC 3186"],
      ["st kil", "St Kilda VIC 3182"],
      ["kew", "Kew VIC 3101"],
      ["newc", "Newcastle NSW 2300"],
      ["dar", "Darwin NT 0800"],
    ] as const)
      expect([q, names(q, 1)]).toEqual([q, [first]]);
  });

  test("names localities that there is data for before all others", () => {
    const vale = ({ suburb }: { suburb: string }) => suburb === "Manly Vale";
    expect(searchSuburbs("manly", 2, vale).map(({ suburb, state }) => `${suburb} ${state}`)).toEqual([
      "Manly Vale NSW",
      "Manly NSW",
    ]);
  });

  test("takes a postcode with a name, before it or behind it", () => {
    for (const q of ["manly 2095", "2095 manly", "Manly, NSW 2095"]) expect(names(q, 1)).toEqual(["Manly NSW 2095"]);
    expect(names("perth 7300", 3)).toEqual(["Perth TAS 7300"]);
    expect(names("manly 4179", 1)).toEqual(["Manly QLD 4179"]);
  });

  test("respects a state given at the end", () => {
    const found = searchSuburbs("richmond victoria", 20);
    expect(found[0]).toMatchObject({ suburb: "Richmond", postcode: "3121" });
    expect(found.every(({ state }) => state === "VIC")).toBe(true);
  });

  test("takes digits as the beginning of a postcode", () => {
    expect(names("2095")).toEqual(["Manly NSW 2095", "Manly East NSW 2095"]);
  });

  test("never names more than requested, and nothing for nothing", () => {
    expect(names("a", 3)).toHaveLength(3);
    expect(names("  ")).toEqual([]);
    expect(names("manly", 0)).toEqual([]);
  });
});

describe("neighbours", () => {
  const manly = resolveSuburb({ suburb: "Manly", state: "NSW" });

  test("are the nearest first, with kilometres east and north", () => {
    const found = neighbours(manly, 8);
    expect(found[0]).toMatchObject({ locality: { suburb: "Fairlight" } });
    const names = found.map(({ locality }) => locality.suburb);
    expect(names).toEqual(expect.arrayContaining(["Fairlight", "Queenscliff", "Freshwater", "Balgowlah"]));
    const distances = found.map(({ x, y }) => Math.hypot(x, y));
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
    // Freshwater lies north of Manly; Watsons Bay south, across the harbour.
    expect(found.find(({ locality }) => locality.suburb === "Freshwater")?.y).toBeGreaterThan(1);
    expect(found.find(({ locality }) => locality.suburb === "Watsons Bay")?.y).toBeLessThan(-1);
  });

  test("are other localities: no older name of the same, no post-office boxes, none twice", () => {
    for (const [suburb, state] of [
      ["Freshwater", "NSW"],
      ["Birdsville", "QLD"],
      ["Perth", "WA"],
    ] as const) {
      const found = neighbours(resolveSuburb({ suburb, state }), 8);
      expect(found).toHaveLength(8);
      expect(new Set(found.map(({ locality }) => locality.suburb)).size).toBe(8);
      expect(found.every(({ locality, x, y }) => locality.kind === "delivery" && Math.hypot(x, y) >= 0.29)).toBe(true);
    }
  });
});

function refusal(query: SuburbQuery): Failure {
  try {
    resolveSuburb(query);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

function nearest(failure: Failure): readonly unknown[] {
  return failure.options.details?.nearest as readonly unknown[];
}
