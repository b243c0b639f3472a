import { heapSize } from "bun:jsc";
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { DataSet } from "../../../src/report/data-set.ts";
import { openCatalogue } from "../../../src/report/sources/catalogue.ts";
import { parseDataSet } from "../../../src/report/validation.ts";
import { bytes, HEADER, MANLY, newCatalogueWorld, refusal } from "./catalogue-world.ts";

const world = newCatalogueWorld();
const { put, read, badRows } = world;

describe("an import", () => {
  test("reports every bad row with its line and reason, and takes in nothing", async () => {
    await put("sales", "csv", `${HEADER}1,1 Tern Street,house,2026-06-01,1,,,Manly,NSW,\n`);
    const rows = [
      "2,2 Tern Street,house,2026-06-01,2,,,Manly,NSW,",
      "3,3 Tern Street,castle,2026-06-01,,,,Manly,NSW,",
      '4,"4 Tern Street\nback house",house,2026-06-31,,,,Manly,NSW,',
      "5,5 Tern Street,house,2026-06-01,,,,Manley,NSW,",
      "6,6 Tern Street,house",
      "7,7 Tern Street,house,2026-06-01,a lot,,,Manly,NSW,",
      "8,8 Tern Street,house,2026-06-01,,,,Manly,NSW,4179",
      "9,9 Tern Street,house,2026-06-01,,,,,,",
    ];
    const [failure, bad] = await badRows("sales", "csv", `${HEADER}${rows.join("\n")}\n`);
    expect(bad.map(({ line, reason }) => [line, reason])).toEqual([
      [3, expect.stringMatching(/^category must be one of house/)],
      [4, "sold_date 2026-06-31 is not a day of the calendar"],
      [6, expect.stringContaining("did you mean Manly NSW 2095")],
      [7, expect.stringMatching(/^has 3 cells, .*the header/)],
      [8, 'price must be a whole number, not "a lot"'],
      [9, expect.stringContaining("postcode 2095")],
      [10, "suburb and state are required"],
    ]);
    expect(failure).toMatchObject({ code: "bad_rows", transient: false, options: { details: { count: 7 } } });
    expect(read().sales?.map(({ id }) => id)).toEqual(["1"]);
  });

  test("reports the lines of bad NDJSON and the rows of bad JSON", async () => {
    const good = '{"id":"x","name":"X"}';
    const [, lines] = await badRows("agents", "ndjson", `${good}\n\n{"id":"y"}\nnot json\n[]`);
    expect(lines.map(({ line, reason }) => [line, reason])).toEqual([
      [3, "name is required"],
      [4, expect.stringContaining("is not JSON")],
      [5, "the row must be an object, not a list"],
    ]);
    const [, rows] = await badRows("agents", "json", `[${good}, {"id":"y"}]`);
    expect(rows).toEqual([{ kind: "agents", line: null, row: 2, reason: "name is required" }]);
  });

  test("refuses a document, a row and a line that are nested without end", async () => {
    const nested = "[".repeat(200_000) + "]".repeat(200_000);
    for (const text of [nested, `[{"id":${nested}}]`])
      expect((await refusal(put("agents", "json", text))).message).toContain("nested more than 64 levels deep");
    const [, lines] = await badRows("agents", "ndjson", `{"id":${nested}}`);
    expect(lines).toEqual([{ kind: "agents", line: 1, row: 1, reason: "is nested more than 64 levels deep" }]);
  });

  test("reads what spreadsheets write: BOM, CRLF, quotes, line ends within them, numbers with commas", async () => {
    await put(
      "sales",
      "csv",
      '\uFEFFID, Address ,category,sold_date,price,price_disclosed,agency_ids,agents,first_ask_from,suburb,state\r\n1,"12 ""The Pines""\r\nTern Street, rear",house,2026-06-01,"$1,640,000",Yes,a; b,x:lead;y:co,1600000,Manly,NSW\r\n\r\n',
    );
    expect(read().sales).toEqual([
      {
        id: "1",
        address: '12 "The Pines"\r\nTern Street, rear',
        category: "house",
        sold_date: "2026-06-01",
        price: 1_640_000,
        price_disclosed: true,
        agency_ids: ["a", "b"],
        agents: [
          { id: "x", role: "lead" },
          { id: "y", role: "co" },
        ],
        first_ask: { from: 1_600_000 },
      },
    ]);
  });

  test("reads a header in quotes after a BOM", async () => {
    await put("agents", "csv", '\uFEFF"id","name","suburb","state"\r\n"x","Xanthe","Manly","NSW"\r\n');
    expect(read().agents).toEqual([{ id: "x", name: "Xanthe" }]);
  });

  test("retains names of any script however the bytes are cut", async () => {
    const names = ["O'Brien & Søns", "Tāwhiri", "陳美玲", "Nguyễn Thị Ánh", "😀 Realty"];
    const csv = `id,name,suburb,state\n${names.map((name, n) => `${n},"${name}",Manly,NSW\n`).join("")}`;
    const ndjson = names
      .map((name, n) => JSON.stringify({ id: `${n}`, name, suburb: "Manly", state: "NSW" }))
      .join("\n");
    for (const [format, text] of [
      ["csv", csv],
      ["ndjson", ndjson],
    ] as const) {
      for (const size of [1, 2, 3, 7]) {
        await world.catalogue.upsert("agents", format, bytes(text, size));
        expect(read().agents?.map(({ name }) => name)).toEqual(names);
      }
    }
  });

  test("reads the same rows however the bytes are cut", async () => {
    const cell = fc.string({
      unit: fc.constantFrom("a", "é", ",", '"', "\n", " ", "'", "語"),
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(cell, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 20 }),
        async (names, size) => {
          const expected = names.map((name) => name.trim()).filter((name) => name !== "");
          if (expected.length !== names.length) return;
          const csv = `id,name,suburb,state\n${names.map((name, n) => `${n},"${name.replaceAll('"', '""')}",Manly,NSW\n`).join("")}`;
          const fresh = openCatalogue({ path: join(world.folder, `${crypto.randomUUID()}.db`) });
          await fresh.upsert("agents", "csv", bytes(csv, size));
          const data = JSON.parse(fresh.dataSet(MANLY) ?? "{}") as DataSet;
          fresh.close();
          expect(data.agents?.map(({ name }) => name)).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("of another encoding is refused with its line", async () => {
    const latin1 = Buffer.from("id,name\n1,Ann\n2,Jos\xe9\n", "latin1");
    const failure = await refusal(world.catalogue.upsert("agents", "csv", bytes(latin1)));
    expect(failure).toMatchObject({ code: "not_utf8", options: { details: { line: 3 } } });
    expect(failure.message).toContain("UTF-8");
    expect(await refusal(world.catalogue.upsert("agents", "ndjson", bytes(latin1)))).toMatchObject({
      code: "not_utf8",
    });
    // Cut off within a letter.
    const cut = Buffer.from("id,name\n1,é").subarray(0, -1);
    expect(await refusal(world.catalogue.upsert("agents", "csv", bytes(cut)))).toMatchObject({ code: "not_utf8" });
  });

  test("without its columns is refused with what is missing; unknown ones are a warning", async () => {
    const failure = await refusal(put("sales", "csv", "id,adress,category,suburb,state\n"));
    expect(failure).toMatchObject({ code: "bad_header", options: { details: { missing: ["address"] } } });
    expect(await refusal(put("sales", "csv", ""))).toMatchObject({ code: "bad_header" });
    expect(await refusal(put("agents", "csv", "id,name,name\n"))).toMatchObject({ code: "bad_header" });
    const { warnings } = await put("agents", "csv", "id,name,shoe_size\nx,Xanthe,44\n");
    expect(warnings).toEqual(['the column "shoe_size" is unknown and was ignored']);
    const json = await put("agents", "json", '[{"id":"x","name":"Xanthe","nmae":1},{"id":"y","name":"Y","nmae":1}]');
    expect(json.warnings).toEqual(['the field "nmae" is unknown and was ignored']);
  });

  test("with an unclosed quote ends there and says so", async () => {
    const [failure, bad] = await badRows("agents", "csv", 'id,name\n1,Ann\n2,"Ben\n3,Cy\n');
    expect(failure.code).toBe("bad_rows");
    expect(bad.at(-1)?.reason).toContain("never closed");
  });

  test("that is no list, or too large a JSON document, says what to send instead", async () => {
    expect(await refusal(put("agents", "json", '{"id":"x"}'))).toMatchObject({ code: "bad_json" });
    expect(await refusal(put("agents", "json", "[{]"))).toMatchObject({ code: "bad_json" });
    async function* endless(): AsyncGenerator<Uint8Array> {
      const chunk = new TextEncoder().encode(" ".repeat(1_000_000));
      for (;;) yield chunk;
    }
    const failure = await refusal(world.catalogue.upsert("agents", "json", endless()));
    expect(failure).toMatchObject({ code: "too_large", message: expect.stringContaining("NDJSON") });
  });

  test("whose sender breaks off takes in nothing and frees the way", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode("id,name,suburb,state\nx,Xanthe,Manly,NSW\n");
      throw new Error("the connection was reset");
    }
    await expect(world.catalogue.upsert("agents", "csv", broken())).rejects.toThrow("the connection was reset");
    await put("agents", "csv", "id,name,suburb,state\ny,Yusuf,Manly,NSW\n");
    expect(read().agents?.map(({ id }) => id)).toEqual(["y"]);
  });

  test("may come as a web stream", async () => {
    const stream = new Blob(["id,name,suburb,state\nx,Xanthe,Manly,NSW\n"]).stream();
    expect((await world.catalogue.upsert("agents", "csv", stream)).rows).toEqual({ agents: 1 });
  });

  test("of several inputs is all of them or none", async () => {
    const session = world.catalogue.startImport();
    await session.read("agents", "csv", bytes("id,name,suburb,state\nx,Xanthe,Manly,NSW\n"));
    await expect(session.read("agencies", "csv", bytes("id,name\na,\n"))).rejects.toMatchObject({ code: "bad_rows" });
    session.rollback();
    expect(world.catalogue.dataSet(MANLY)).toBeNull();
    await expect(session.commit()).rejects.toMatchObject({ code: "catalogue_closed" });
  });

  test("leaves no file behind", async () => {
    await put("agents", "csv", "id,name\nx,Xanthe\n");
    await refusal(put("agents", "csv", "id,name\nx,\n"));
    expect(readdirSync(world.folder).filter((name) => name.includes("import"))).toEqual([]);
  });

  test("meets another that is being written with a failure worth another attempt", async () => {
    const other = new Database(join(world.folder, "catalogue.db"));
    other.run("BEGIN IMMEDIATE");
    const failure = await refusal(put("agents", "csv", "id,name,suburb,state\nx,Xanthe,Manly,NSW\n"));
    expect(failure).toMatchObject({ code: "catalogue_busy", transient: true });
    // Reading continues during the import.
    expect(world.catalogue.dataSet(MANLY)).toBeNull();
    other.run("ROLLBACK");
    other.close();
  });

  test("two at once both come in", async () => {
    const rows = (kind: string) =>
      `id,name,suburb,state\n${Array.from({ length: 3_000 }, (_, n) => `${kind}${n},N,Manly,NSW\n`).join("")}`;
    await Promise.all([put("agents", "csv", rows("x")), put("agents", "csv", rows("y"))]);
    // The report's limit.
    expect(read().agents).toHaveLength(2_000);
  });
});

describe("200,000 sales", () => {
  const ROWS = 200_000;

  test("come in with bounded memory, and other work continues beside them", async () => {
    // What is referenced, not what the process has: that also counts garbage that is not collected yet.
    const waiting = () => {
      Bun.gc(true);
      return heapSize();
    };
    const before = waiting();
    let most = before;
    let turns = 0;
    const timer = setInterval(() => {
      if (++turns % 25 === 0) most = Math.max(most, waiting());
    }, 10);
    const { rows } = await world.catalogue.upsert("sales", "csv", manySales());
    clearInterval(timer);
    expect(rows).toEqual({ sales: ROWS });
    // The rows are 25 MB of text and twice that as objects; what is referenced of them is a part of one chunk and caches.
    expect(most - before).toBeLessThan(20_000_000);
    expect(turns).toBeGreaterThan(50);
    const data = read();
    expect(data.sales).toHaveLength(20_000);
    expect(() => parseDataSet(data)).not.toThrow();
  }, 120_000);

  async function* manySales(): AsyncGenerator<Uint8Array> {
    let text = HEADER;
    for (let n = 0; n < ROWS; n++) {
      const day = `2026-0${1 + (n % 6)}-1${n % 9}`;
      text += `sale-${n},${n} Tern Street,unit,${day},${1_000_000 + n},a${n % 50},x${n % 400}:lead,${n % 2 ? "Manly" : "Fairlight"},NSW,\n`;
      if (text.length < 65_536) continue;
      yield new TextEncoder().encode(text);
      text = "";
    }
    yield new TextEncoder().encode(text);
  }
});
