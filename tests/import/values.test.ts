import { expect, test } from "bun:test";
import fc from "fast-check";
import { areaUnit, readArea, readCount, readPrice } from "../../src/import/amounts.ts";
import { meaningOfPhrase, meansNoPrice, meansNothing, WORDS, wordKey } from "../../src/import/columns/words.ts";
import { isAmbiguous, orderOf, readDay, readSerial, whyNoDay } from "../../src/import/dates.ts";
import { addressKey } from "../../src/report/identity/address.ts";
import { idOfProperty, stableId } from "../../src/report/identity/ids.ts";

const day = (text: string, order: "day_first" | "month_first" = "day_first") => readDay(text, order, 2026)?.day ?? null;

test("a day is read in each way that people, portals and spreadsheets write it", () => {
  const spellings = [
    ..."14/06/2026,14/6/2026,14-06-2026,14.06.2026,14/06/26,14 06 2026,2026-06-14,2026/06/14,2026-6-14,20260614".split(
      ",",
    ),
    ..."14 Jun 2026,14 June 2026,14-Jun-26,14-Jun-2026,14 Jun '26,14th June 2026,14th of June 2026,14jun2026".split(
      ",",
    ),
    ..."June 14 2026,Jun-14-2026,Sunday 14 June 2026,Sun 14/06/2026,14. June 2026,14 JUNE 2026".split(","),
    "June 14, 2026",
    "Sunday, 14 June 2026",
    "14/06/2026 10:30 AM",
    "14/06/2026 10:30:05",
    "14/06/2026, 10:30 pm",
    "14 June 2026 at 9.30am",
    "2026-06-14T00:00:00",
    "2026-06-14T23:59:59.999Z",
    "2026-06-14 00:00",
    "2026-06-14T09:00:00+10:00",
    "20260614T1030",
    "Sun Jun 14 2026 00:00:00 GMT+1000 (AEST)",
    "2026-06-14T00:00:00+10:00[Australia/Sydney]",
    "14/06/2026*",
    "46187",
    "46187.75",
  ];
  for (const text of spellings) expect([text, day(text)]).toEqual([text, "2026-06-14"]);
});

test("what is not a day of the calendar, or no day, is none", () => {
  for (const text of [
    "31/06/2026",
    "29/02/2025",
    "32/01/2026",
    "0/1/2026",
    "Jun 2026",
    "June",
    "soon",
    "2026",
    "14/13/2026",
    "14 Foo 2026",
    "",
    "1.5",
    "99999",
  ])
    expect([text, day(text)]).toEqual([text, null]);
  expect(day("29/02/2024")).toBe("2024-02-29");
});

test("a day that is none says why: it is not in the calendar, or it is no date", () => {
  const calendar = "must be a day of the calendar";
  for (const [text, says] of [
    ["31/02/2026", `${calendar}, not "31/02/2026" (the day is read first)`],
    ["29.2.25", `${calendar}, not "29.2.25" (the day is read first)`],
    ["2026-02-31", `${calendar}, not "2026-02-31"`],
    ["20260231", `${calendar}, not "20260231"`],
    ["31 Feb 2026", `${calendar}, not "31 Feb 2026"`],
    ["June 31, 2026", `${calendar}, not "June 31, 2026"`],
    ["July 2026", 'must be a date such as 30/06/2026 or 2026-06-30, not "July 2026"'],
    ["14 Foo 2026", 'must be a date such as 30/06/2026 or 2026-06-30, not "14 Foo 2026"'],
    ["1783123200", 'must be a date such as 30/06/2026 or 2026-06-30, not "1783123200"'],
  ] as const)
    expect(whyNoDay("sold_date", text, "day_first")).toBe(`sold_date ${says}`);
  expect(whyNoDay("sold_date", "02/31/2026", "month_first")).toEndWith("(the month is read first)");
});

test("years of two digits are of this century up to next year", () => {
  expect(["1/2/26", "1/2/27", "1/2/28", "1/2/99", "1/2/00"].map((text) => day(text))).toEqual([
    "2026-02-01",
    "2027-02-01",
    "1928-02-01",
    "1999-02-01",
    "2000-02-01",
  ]);
});

test("a date says which of its numbers is the day only where the other one cannot be", () => {
  expect(["14/06/2026", "06/14/2026", "06/07/2026", "7/7/2026", "2026-06-14", "14 Jun 2026"].map(orderOf)).toEqual([
    "day_first",
    "month_first",
    null,
    null,
    null,
    null,
  ]);
  expect(["06/07/2026", "7/7/2026", "14/06/2026"].map(isAmbiguous)).toEqual([true, false, false]);
  expect([day("06/07/2026"), day("06/07/2026", "month_first")]).toEqual(["2026-07-06", "2026-06-07"]);
});

test("each day survives each way to write it, and Excel's number for it", () => {
  const names = "January February March April May June July August September October November December".split(" ");
  const days = fc.date({ min: new Date("1951-01-01"), max: new Date("2026-11-26"), noInvalidDate: true });
  fc.assert(
    fc.property(days, (date) => {
      const iso = date.toISOString().slice(0, 10);
      const [y = "", m = "", d = ""] = iso.split("-");
      const name = names[Number(m) - 1] ?? "";
      for (const text of [
        `${d}/${m}/${y}`,
        `${Number(d)}.${Number(m)}.${y}`,
        `${d} ${name} ${y}`,
        `${name.slice(0, 3)} ${Number(d)}, ${y}`,
        `${y}${m}${d}`,
        `${iso} 23:59`,
      ])
        expect([text, day(text)]).toEqual([text, iso]);
      expect(day(`${m}/${d}/${y}`, "month_first")).toBe(iso);
      const serial = Math.floor(date.getTime() / 86_400_000) + 25_569;
      expect(readSerial(serial)?.day).toBe(iso);
    }),
    { numRuns: 300 },
  );
});

test("a price is read in each way that people write it", () => {
  const prices: readonly (readonly [string, number | null, number | null])[] = [
    ["1250000", 1_250_000, null],
    ["$1,250,000", 1_250_000, null],
    ["$1.25m", 1_250_000, null],
    ["1.25M", 1_250_000, null],
    ["$1.25 million", 1_250_000, null],
    ["1,250,000.00", 1_250_000, null],
    ["985000.50", 985_001, null],
    ["$850k", 850_000, null],
    ["850K", 850_000, null],
    ["AUD 1,250,000", 1_250_000, null],
    ["A$1,250,000", 1_250_000, null],
    ["1 250 000", 1_250_000, null],
    ["$1.2m - $1.3m", 1_200_000, 1_300_000],
    ["$1.2m-1.3m", 1_200_000, 1_300_000],
    ["1.2 - 1.3m", 1_200_000, 1_300_000],
    ["$1,200,000 to $1,300,000", 1_200_000, 1_300_000],
    ["$1.2m – $1.3m", 1_200_000, 1_300_000],
    ["Between $900k and $1m", 900_000, 1_000_000],
    ["Guide $3,363,000", 3_363_000, null],
    ["Price guide: $900,000", 900_000, null],
    ["Offers over $2m", 2_000_000, null],
    ["$2m+", 2_000_000, null],
    ["Auction - guide $1.5m", 1_500_000, null],
    ["Sold for $1.1m", 1_100_000, null],
    ["Under $2m", null, 2_000_000],
    ["< $2m", null, 2_000_000],
    ["> $1.2m", 1_200_000, null],
    ["$1.2m / $1.3m", 1_200_000, 1_300_000],
    ["$2,450,000 (Normal Sale)", 2_450_000, null],
    ["$1.2m (incl GST)", 1_200_000, null],
    ["High $900,000s", 900_000, null],
    ["$1,250,000ono", 1_250_000, null],
    ["985.000,50", 985_001, null],
    ["0", 0, null],
  ];
  for (const [text, from, to] of prices) {
    const price = readPrice(text);
    expect([text, price?.from ?? null, price?.to ?? null]).toEqual([text, from, to]);
  }
});

/** Of other currencies, and below zero. */
const OTHER_AMOUNTS = ["US$1.2m", "NZ$1,200,000", "€1.2m", "-1200000", "-$1,200,000", "($1,200,000)"];

test("what is no price is none, and is not made one", () => {
  for (const text of [
    "Contact agent",
    "5 bedrooms from 2020",
    "a lot",
    "12 Pine St",
    "$1.3m - $1.2m",
    "1.2.3",
    "$",
    ...OTHER_AMOUNTS,
  ])
    expect([text, readPrice(text)]).toEqual([text, null]);
  for (const text of [
    "Contact Agent",
    "withheld",
    "Not Disclosed",
    "-",
    "–",
    "N/A",
    "POA",
    "Price on application",
    "Auction",
    "TBA",
    "Undisclosed",
    "By negotiation",
    "Under offer",
  ])
    expect([text, meansNoPrice(text)]).toEqual([text, true]);
  for (const text of ["$1.25m", "Guide $900k", "1250000", "Contact agent $1.2m"])
    expect([text, meansNoPrice(text)]).toEqual([text, false]);
});

test("each amount survives its spellings", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99_999 }), (thousands) => {
      const amount = thousands * 1_000;
      const commas = amount.toLocaleString("en-AU");
      for (const text of [
        `$${commas}`,
        commas,
        `${commas}.00`,
        `$${thousands / 1_000}m`,
        `${thousands}k`,
        `$ ${commas}`,
      ])
        expect([text, readPrice(text)?.from]).toEqual([text, amount]);
      const to = (amount + 50_000).toLocaleString("en-AU");
      expect(readPrice(`$${commas} - $${to}`)).toMatchObject({ from: amount, to: amount + 50_000 });
    }),
    { numRuns: 200 },
  );
});

test("an area is square metres, whatever its unit, and counts are counts", () => {
  const areas: readonly (readonly [string, number | null])[] = [
    ["450", 450],
    ["1,012 sqm", 1_012],
    ["450 m²", 450],
    ["450m2", 450],
    ["450 sq.m.", 450],
    ["0.5 ha", 5_000],
    ["2.5 hectares", 25_000],
    ["1 acre", 4_046.86],
    ["1,012.5 m2", 1_012.5],
    ["approx. 600 sqm", 600],
    ["600 sqm approx", 600],
    ["large", null],
    ["450 bananas", null],
  ];
  for (const [text, sqm] of areas) expect([text, readArea(text)?.sqm ?? null]).toEqual([text, sqm]);
  expect(readArea("0.5", areaUnit("ha") ?? "sqm")?.sqm).toBe(5_000);
  expect(
    ["3", "4.00", "2.5", "Studio", "3 + study", "Yes", "no", "3 beds", "many"].map(
      (text) => readCount(text)?.count ?? null,
    ),
  ).toEqual([3, 4, 2, 0, 3, 1, 0, 3, null]);
});

test("the words of portals and CRMs are those of the catalogue", () => {
  const meaning = (field: string, text: string) => WORDS[field]?.get(wordKey(text));
  const units = [
    "Apartment",
    "ApartmentUnitFlat",
    "Unit",
    "Flat",
    "Studio",
    "Penthouse",
    "NewApartments",
    "BlockOfUnits",
    "ServicedApartment",
  ];
  for (const text of units) expect([text, meaning("category", text)]).toEqual([text, "unit"]);
  for (const text of ["House", "HOUSE", "Free Standing House"])
    expect([text, meaning("category", text)]).toEqual([text, "house"]);
  for (const text of ["Townhouse", "Town House", "Villa", "Terrace", "Semi-Detached", "Duplex", "DuplexSemi-detached"])
    expect(["house", "townhouse"]).toContain(meaning("category", text) ?? text);
  for (const text of ["Vacant Land", "VacantLand", "Land", "Development Site"])
    expect([text, meaning("category", text)]).toEqual([text, "land"]);
  const methods = {
    SoldByAuction: "auction",
    "Prior to Auction": "sold_prior",
    "sold-after-auction": "sold_after",
    "Private Treaty": "private_treaty",
    "Normal Sale": "private_treaty",
    "Expressions of Interest": "eoi",
    "Off-market": "off_market",
  };
  for (const [text, method] of Object.entries(methods)) expect([text, meaning("method", text)]).toEqual([text, method]);
  expect(["Sold", "Passed In", "passed-in-vendor-bid", "Withdrawn"].map((text) => meaning("outcome", text))).toEqual([
    "sold",
    "passed_in",
    "passed_in",
    "withdrawn",
  ]);
  for (const text of ["-", "--", "n/a", "N/A", "nil", "none", "TBA", "?", "unknown"])
    expect([text, meansNothing(text)]).toEqual([text, true]);
  for (const text of ["0", "No", "Studio", "Nilsson"]) expect([text, meansNothing(text)]).toEqual([text, false]);
});

test("an address is one, however it is spelt, and its id with it", () => {
  const same = [
    "5/12 Pine Street",
    "Unit 5, 12 Pine St",
    "5 / 12 PINE STREET",
    "U5/12 Pine St.",
    "Apt 5 12 Pine St",
    "Flat 5, 12 Pine St",
  ];
  for (const text of same) expect([text, addressKey(text)]).toEqual([text, "5/12 pine street"]);
  for (const [a, b] of [
    ["12 Pine St", "5/12 Pine St"],
    ["12 Pine St", "12 Pine Rd"],
    ["12 St Pauls Rd", "12 Pauls Rd"],
    ["1/23 Pine St", "12/3 Pine St"],
  ])
    expect(addressKey(String(a))).not.toBe(addressKey(String(b)));
  expect([addressKey("73 A O'Brien St"), addressKey("73A O’BRIEN STREET")]).toEqual([
    "73a obrien street",
    "73a obrien street",
  ]);
  const locality = { suburb: "Manly", state: "NSW", day: "2026-06-14", more: [] };
  expect(idOfProperty("sale", { ...locality, address: "Unit 5, 12 Pine St" })).toBe(
    idOfProperty("sale", { ...locality, address: "5/12 Pine Street" }),
  );
  expect(idOfProperty("sale", { ...locality, address: "1/23 Pine St" })).not.toBe(
    idOfProperty("sale", { ...locality, address: "12/3 Pine St" }),
  );
  expect(stableId("agent", "x".repeat(300))).toHaveLength(100);
  expect(stableId("agent", "陳 美玲")).toBe("agent-陳-美玲");
});

test("amounts with points or apostrophes between thousands, powers of ten, words around; fractions, ranges and decimal commas of areas; counts in words", () => {
  expect(
    [
      "1.250.000",
      "1.250.000,00",
      "1'250'000",
      "1.25e6",
      "1.25E+06",
      "$1,250,000 at auction",
      "$1.25m under the hammer",
    ].map((text) => readPrice(text)?.from),
  ).toEqual(Array.from({ length: 7 }, () => 1_250_000));
  expect(
    ["1.250", "$1,25", "1.25.000", "1'25", "£1,250,000", "1.25e999"].map((text) => readPrice(text)?.from ?? null),
  ).toEqual([null, null, null, null, null, null]);
  expect(
    ["1/4 acre", "450 - 500 m²", "450 to 500", "4,5 ha", "1,012 sqm", "10 x 45", "1/0 acre"].map(
      (text) => readArea(text)?.sqm ?? null,
    ),
  ).toEqual([1_011.71, 450, 450, 45_000, 1_012, null, null]);
  expect(
    [
      "¼ acre",
      "Half acre",
      "1 ½ acres",
      "20 perches",
      "1 acre 20 perches",
      "1a 2r 20p",
      "607㎡",
      "607m2 / 6533sqft",
      "1.5 ha*",
    ].map((text) => readArea(text)?.sqm ?? null),
  ).toEqual([1_011.71, 2_023.43, 6_070.29, 505.86, 4_552.72, 6_576.15, 607, 607, 15_000]);
  expect(["three", "Two bedrooms", "3/4", "1-2"].map((text) => readCount(text)?.count ?? null)).toEqual([
    3,
    2,
    null,
    null,
  ]);
});

test("phrases that are no known word are what their words say, where these agree", () => {
  expect(
    Object.fromEntries(
      [
        "House & Land Package",
        "Flat/Unit/Apartment",
        "Semi Detached House",
        "House (Res)",
        "Townhouse or Apartment",
        "Houseboat",
        "Mixed",
      ].map((text) => [text, meaningOfPhrase("category", text)]),
    ),
  ).toEqual({
    "House & Land Package": "house",
    "Flat/Unit/Apartment": "unit",
    "Semi Detached House": "house",
    "House (Res)": "house",
    "Townhouse or Apartment": null,
    Houseboat: null,
    Mixed: null,
  });
  expect(
    [
      "Auction - sold prior",
      "Pre-auction",
      "Online Auction",
      "Passed in, sold after",
      "Sale by Private Treaty (exclusive)",
      "Lottery",
    ].map((text) => meaningOfPhrase("method", text)),
  ).toEqual(["sold_prior", "sold_prior", "auction", "sold_after", "private_treaty", null]);
});
