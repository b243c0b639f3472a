import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { nameOffice, undo } from "../../src/cli/catalogue.ts";
import { readMoment } from "../../src/import/reaxml/moment.ts";
import { parseListings } from "../../src/import/reaxml/parse.ts";
import { joinStates, type ListingState, stateOf } from "../../src/import/reaxml/state.ts";
import { bytesSource } from "../../src/import/source.ts";
import { NOW, newImportWorld } from "./import-world.ts";
import { zip } from "./zip.ts";

const AGENT = (id: number, name: string, more = "") =>
  `<listingAgent id="${id}"><name>${name}</name><telephone type="mobile">0400 000 00${id}</telephone><email>agent${id}@example.com</email>${more}</listingAgent>`;
const ADDRESS = `<address display="yes"><subNumber>5</subNumber><streetNumber>12</streetNumber><street>Pine Street</street><suburb display="yes">MANLY</suburb><state>nsw</state><postcode>2095</postcode></address>`;
const CURRENT = (more = "") =>
  `<authority value="auction"/>${AGENT(1, "Jane Citizen")}${AGENT(2, "Sam Roe")}<price display="no"><range><min>2300000</min><max>2500000</max></range></price><priceView><![CDATA[Auction: guide $2.3m & up]]></priceView>${ADDRESS}<category name="Apartment"/><features><bedrooms>Studio</bedrooms><bathrooms>1</bathrooms><garages>1</garages><carports>yes</carports></features><landDetails><area unit="square">10</area></landDetails>${more}`;
const SOLD = `<soldDetails><soldPrice display="no">2460000</soldPrice><soldDate>20260530</soldDate></soldDetails>`;

interface Message {
  readonly time: string;
  readonly status: string;
  readonly body: string;
  readonly id?: string;
  readonly kind?: string;
}
const xml = (messages: readonly Message[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE propertyList SYSTEM "http://reaxml.example/propertyList.dtd">\n<propertyList date="2026-05-02-09:00:00" username="xmluser" password="secret">\n${messages
    .map(
      ({ time, status, body, id = "P-1", kind = "residential" }) =>
        `<${kind} modTime="${time}" status="${status}"><agentID>ABCDEF</agentID><uniqueID>${id}</uniqueID>${body}</${kind}>`,
    )
    .join("\n")}\n</propertyList>\n`;

const world = newImportWorld();

test("times are read in each way that feeds write them", () => {
  for (const text of [
    "2026-05-02-09:00:00",
    "2026-05-02-09:00",
    "2026-05-02T09:00:00",
    "20260502-090000",
    "20260502T0900",
    "2026-5-2 9:00:00 AM",
    "2026-05-02-9:00",
    "2026-05-02 09:00:00.000",
  ])
    expect([text, readMoment(text)]).toEqual([text, "2026-05-02T09:00:00"]);
  expect([readMoment("2026-05-02 1:00:00 PM"), readMoment("2026-05-02"), readMoment("20260502")]).toEqual([
    "2026-05-02T13:00:00",
    "2026-05-02T00:00:00",
    "2026-05-02T00:00:00",
  ]);
  for (const text of ["0000-00-00", "0000-00-00-00:00:00", "", "soon", "2026-13-01"])
    expect([text, readMoment(text)]).toEqual([text, null]);
});

test("any order and repetition of messages end in one state", async () => {
  const time = fc.integer({ min: 1, max: 28 }).map((day) => `2026-05-${String(day).padStart(2, "0")}-09:00:00`);
  const body = fc.constantFrom(
    "",
    CURRENT(),
    SOLD,
    "<priceView/>",
    "<priceView>Offers</priceView>",
    `<listingAgent id="2"/>`,
    AGENT(1, "Ann Lee"),
    ADDRESS,
    "<features><bedrooms>4.00</bedrooms></features>",
    `<price display="yes">1000000</price>`,
  );
  const message = fc.record({ time, status: fc.constantFrom("current", "sold", "withdrawn", "offmarket"), body });
  await fc.assert(
    fc.asyncProperty(
      fc.array(message, { minLength: 1, maxLength: 8 }),
      fc.infiniteStream(fc.nat()),
      async (messages, random) => {
        const states = await statesOf(messages);
        const expected = JSON.stringify(fold(states));
        const shuffled = [...states, ...states.slice(0, 3)]
          .map((state) => ({ state, at: random.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at);
        expect(JSON.stringify(fold(shuffled.map(({ state }) => state)))).toBe(expected);
        // In two halves, as two imports.
        const half = Math.floor(shuffled.length / 2);
        const [a, b] = [shuffled.slice(0, half), shuffled.slice(half)].map((part) => part.map(({ state }) => state));
        if (a?.length && b?.length) expect(JSON.stringify(joinStates(fold(b), fold(a)))).toBe(expected);
      },
    ),
    { numRuns: 120 },
  );
});

describe("a feed", () => {
  const current = { time: "2026-05-02-09:00:00", status: "current", body: CURRENT() };
  const sold = { time: "2026-05-30-15:00:00", status: "sold", body: SOLD };
  const stale = { time: "2026-05-20-08:00:00", status: "current", body: "<priceView>Late</priceView>" };

  test("makes a listing, then its sale; what comes late changes nothing; what falls through is for sale again", async () => {
    await feed([current]);
    expect(world.rows("listings")).toMatchObject([
      {
        id: "rea-abcdef-p-1",
        address: "5/12 Pine Street",
        category: "unit",
        listed_date: "2026-05-02",
        display_price: "Auction: guide $2.3m & up",
      },
    ]);
    await feed([sold]);
    const sale = {
      address: "5/12 Pine Street",
      beds: 0,
      baths: 1,
      cars: 2,
      land_sqm: 92.9,
      listed_date: "2026-05-02",
      sold_date: "2026-05-30",
      price: 2_460_000,
      price_disclosed: false,
      method: "auction",
      outcome: "sold",
      first_ask: { from: 2_300_000, to: 2_500_000 },
    };
    expect(world.rows("sales")).toMatchObject([sale]);
    expect(world.rows("listings")).toEqual([]);
    await feed([stale]);
    expect([world.rows("sales"), world.rows("listings")]).toMatchObject([[sale], []]);
    await feed([{ ...current, time: "2026-06-10-09:00:00" }]);
    expect([world.rows("sales").length, world.rows("listings").length]).toEqual([0, 1]);
    // Undone, it is sold, and the next message knows it is.
    undo({ dataDir: world.dataDir, json: true, out: () => {}, importId: null });
    expect([world.rows("sales").length, world.rows("listings").length]).toEqual([1, 0]);
    await feed([{ ...current, time: "2026-06-10-09:00:00" }]);
    expect([world.rows("sales").length, world.rows("listings").length]).toEqual([0, 1]);
  });

  test("in any order of its files is one catalogue", async () => {
    const passedIn = {
      time: "2026-05-16-12:00:00",
      status: "current",
      body: `<auctionOutcome><auctionDate>2026-05-16-11:00</auctionDate><auctionResult type="passed-in"/></auctionOutcome>`,
    };
    const conjunctional = {
      time: "2026-05-17-12:00:00",
      status: "current",
      body: AGENT(2, "Bob Roe", "<agentID>OTHERS</agentID>"),
    };
    const files = [current, passedIn, conjunctional, sold, stale];
    const dumps = new Set<string>();
    for (const order of [
      [0, 1, 2, 3, 4],
      [4, 3, 2, 1, 0],
      [3, 0, 4, 2, 1, 3],
      [2, 1, 0, 4, 3, 0],
    ]) {
      world.forget();
      for (const at of order) await feed([files[at] ?? current]);
      dumps.add(dump());
    }
    // All files of one command, and all of one zip.
    for (const order of [
      [0, 1, 2, 3, 4],
      [3, 4, 2, 0, 1],
    ]) {
      const named = order.map((at, index) => [`${index}.xml`, xml([files[at] ?? current])] as const);
      world.forget();
      const paths = await Promise.all(named.map(([name, content]) => world.file(name, content)));
      expect(await world.run(paths)).toBe(0);
      dumps.add(dump());
      world.forget();
      expect(await world.add("day.zip", zip(Object.fromEntries(named)))).toBe(0);
      dumps.add(dump());
    }
    expect(dumps.size).toBe(1);
    expect(world.rows("sales")).toMatchObject([
      {
        id: "rea-abcdef-p-1",
        method: "sold_after",
        outcome: "sold",
        agency_ids: ["agency-office-abcdef", "agency-office-others"],
      },
      { id: "rea-abcdef-p-1-passed-in-2026-05-16", outcome: "passed_in", sold_date: "2026-05-16" },
    ]);
    expect(
      world
        .rows("agents")
        .map(({ name, phone }) => [name, phone])
        .sort(),
    ).toContainEqual(["Jane Citizen", "0400 000 001"]);
  });

  test("defers a sale until its listing comes, and says so", async () => {
    await feed([sold]);
    expect(world.rows("sales")).toEqual([]);
    expect(world.err).toEqual([
      expect.stringContaining("ABCDEF P-1 is sold, but no message has given its address yet"),
    ]);
    await feed([current]);
    expect(world.rows("sales")).toMatchObject([{ price: 2_460_000, listed_date: "2026-05-02" }]);
  });

  test("loses none of its listings to a bad one, and takes none that is cut off", async () => {
    const good = xml([current, { ...current, id: "P-2" }]);
    const broken = good.replace(
      "</propertyList>",
      `<residential modTime="2026-05-02" status="gone"><agentID>ABCDEF</agentID><uniqueID>P-3</uniqueID></residential><residential status="current"><uniqueID>P-4</uniqueID></residential><land modTime="2026-05-02" status="current"><agentID>ABCDEF</agentID><uniqueID>P-5</uniqueID><price>1</land>`,
    );
    expect(await run(broken)).toBe(0);
    expect(world.rows("listings")).toHaveLength(2);
    expect(world.err).toEqual(
      [
        expect.stringMatching(/listing 3 \(residential P-3\) has the status "gone": use one of current/),
        expect.stringMatching(/listing 4 \(residential P-4\) has no agentID and uniqueID/),
        expect.stringContaining("P-5 is current, but no message has given its address yet"),
        expect.stringMatching(/listing 5|P-5|cut|ends/),
      ].slice(0, world.err.length),
    );
  });

  test("without times is stored without a listing day; a listing without an end is named and takes no other with it", async () => {
    const one = (id: string, end = "</residential>") =>
      `<residential status="current"><agentID>ABCDEF</agentID><uniqueID>${id}</uniqueID>${ADDRESS.replace("12", id)}${end}`;
    expect(
      await run(
        `<propertyList>${one("1")}${one("2", "")}${one("3", "<features><bedrooms>3")}${one("4")}</propertyList>`,
      ),
    ).toBe(0);
    expect(world.rows("listings").map(({ id, listed_date }) => [id, listed_date])).toEqual([
      ["rea-abcdef-1", undefined],
      ["rea-abcdef-4", undefined],
    ]);
    expect(world.err.filter((line) => line.includes("is cut off"))).toHaveLength(2);
  });

  test("sells on the day that is given, however it is written; without one on the message's, which is reported", async () => {
    const sold = (id: string, date: string) => ({
      ...{ time: "2026-06-01-10:00:00", status: "sold", id },
      body: `${CURRENT()}<soldDetails><soldPrice>2460000</soldPrice>${date}</soldDetails>`,
    });
    const messages = [
      sold("P-1", "<soldDate>30/05/2026</soldDate>"),
      sold("P-2", "<date>Sat 30 May 2026</date>"),
      sold("P-3", "<soldDate>0000-00-00</soldDate>"),
      sold("P-4", "<soldDate>2026-13-45</soldDate>"),
      sold("P-5", ""),
    ];
    expect(await world.add("sold.xml", xml(messages))).toBe(0);
    const database = new Database(join(world.dataDir, "catalogue.db"), { readonly: true });
    const days = database.query<{ day: string }, []>("SELECT sold_date AS day FROM sales_view ORDER BY id").all();
    database.close();
    expect(days.map(({ day }) => day)).toEqual([
      ...["2026-05-30", "2026-05-30"],
      ...["2026-06-01", "2026-06-01", "2026-06-01"],
    ]);
    expect(world.out.join("\n")).toContain(
      'sold_date: no readable sale date: the day of the message (3, such as "0000-00-00" of rea-abcdef-p-3, 2026-06-01)',
    );
  });

  test("takes withdrawn and off-market listings away, and rentals where they belong", async () => {
    await feed([current, { ...current, id: "P-2" }]);
    await feed([
      { time: "2026-05-20", status: "offmarket", body: "" },
      { time: "2026-05-20", status: "withdrawn", body: `<auction date="2026-05-30-11:00"/>`, id: "P-2" },
    ]);
    expect(world.rows("listings")).toEqual([]);
    expect(world.rows("sales")).toMatchObject([{ outcome: "withdrawn", sold_date: "2026-05-20" }]);
    const rental = {
      time: "2026-05-02",
      status: "current",
      kind: "rental",
      id: "R-1",
      body: `${ADDRESS}<category name="House"/><rent period="month">4333</rent>`,
    };
    await feed([rental]);
    expect(world.rows("rentals")).toMatchObject([{ status: "current", weekly_rent: 1_000, category: "house" }]);
    await feed([{ ...rental, time: "2026-06-02", status: "leased" }]);
    expect(world.rows("rentals")).toMatchObject([{ status: "leased", leased_date: "2026-06-02" }]);
  });

  test("names offices by codes, which an operator gives names, before or after", async () => {
    await feed([current]);
    expect(world.rows("agencies")).toEqual([{ id: "agency-office-abcdef", name: "Office ABCDEF" }]);
    const name = (code: string, agency: string) =>
      nameOffice({ dataDir: world.dataDir, json: false, out: () => {}, code, agency, now: () => NOW });
    await name("ABCDEF", "Gull Realty");
    expect(world.rows("listings")).toMatchObject([{ agency_ids: ["agency-gull-realty"] }]);
    await feed([sold]);
    expect(world.rows("sales")).toMatchObject([{ agency_ids: ["agency-gull-realty"] }]);
  });

  test("that defines entities, or is another document, is not read; its password is stored nowhere", async () => {
    const xxe = `<?xml version="1.0"?><!DOCTYPE propertyList [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY a "aaaa">]><propertyList><residential modTime="2026-05-20" status="current"><agentID>ABCDEF</agentID><uniqueID>P-9</uniqueID><priceView>&x;</priceView></residential></propertyList>`;
    for (const [text, said] of [
      [xxe, "defines entities"],
      [
        "<html><body>x</body></html>",
        "the file is XML, but not REAXML (it begins with <html>, not <propertyList>): export",
      ],
      ["<rss/>", "it begins with <rss>"],
    ] as const) {
      expect(await run(text)).toBe(1);
      expect(world.err[0]).toContain(said);
    }
    await feed([{ ...current, body: CURRENT().replace("guide", "&#71;uide &amp; &unknown;") }]);
    expect(world.rows("listings")[0]?.display_price).toBe("Auction: &#71;uide &amp; &unknown; $2.3m & up");
    const file = await Bun.file(join(world.dataDir, "catalogue.db")).bytes();
    expect(Buffer.from(file).includes("xmluser")).toBe(false);
  });

  test("is read in UTF-16, with letters of Windows under another label, and with control characters", async () => {
    const text = xml([{ ...current, body: CURRENT().replace("Jane Citizen", "Zoë Citizen") }]);
    const name = () => world.rows("agents").map((agent) => agent.name);
    for (const bytes of [
      Buffer.from(`\ufeff${text}`),
      Buffer.from(`\ufeff${text}`, "utf16le"),
      Buffer.from(text, "latin1"),
    ]) {
      world.forget();
      expect(await run(bytes)).toBe(0);
      expect(name()).toContain("Zoë Citizen");
    }
    expect(await run(text.replace("Sam Roe", "Sam\u0007 Roe"))).toBe(0);
    expect(world.err.join("\n")).toContain("1 control characters were replaced");
  });
});

async function statesOf(messages: readonly Message[]): Promise<ListingState[]> {
  const states: ListingState[] = [];
  for await (const listing of parseListings(bytesSource(Buffer.from(xml(messages)), "x"), () => {}))
    states.push(stateOf(listing));
  return states;
}

function fold(states: readonly ListingState[]): ListingState {
  const [first, ...rest] = states;
  if (first === undefined) throw new Error("there is no state");
  return rest.reduce(joinStates, joinStates(first, first));
}

async function feed(messages: readonly Message[]): Promise<void> {
  expect(await run(xml(messages))).toBe(0);
}

function run(content: string | Uint8Array): Promise<number> {
  return world.add("ABCDEF_2026-05-02.xml", content);
}

function dump(): string {
  return JSON.stringify((["sales", "listings", "agents", "agencies"] as const).map((kind) => world.rows(kind)));
}
