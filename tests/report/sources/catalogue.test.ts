import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { DataSet } from "../../../src/report/data-set.ts";
import { openCatalogue } from "../../../src/report/sources/catalogue.ts";
import { parseDataSet } from "../../../src/report/validation.ts";
import { bytes, HEADER, MANLY, newCatalogueWorld } from "./catalogue-world.ts";

const world = newCatalogueWorld();
const { put, read } = world;

describe("a catalogue", () => {
  test("returns a suburb with its sales and the people who made them", async () => {
    await put("agencies", "csv", "id,name\na,Alder\nb,Birch\nc,Cedar\n");
    await put("agents", "csv", "id,name,agency_id\nx,Xanthe,a\ny,Yusuf,c\nz,Zoë,b\n");
    await put("sources", "ndjson", '{"id":"s1","name":"Sample","synthetic":true}\n{"id":"s2","name":"Other"}\n');
    await put(
      "sales",
      "ndjson",
      [
        {
          id: "1",
          address: "1 Tern Street",
          category: "house",
          sold_date: "2026-06-01",
          agents: [{ id: "x" }],
          source: "s1",
          ...MANLY,
        },
        {
          id: "2",
          address: "2 Tern Street",
          category: "unit",
          sold_date: "2026-05-01",
          agency_ids: ["b"],
          suburb: "manly",
          state: "New South Wales",
        },
        {
          id: "3",
          address: "3 Tern Street",
          category: "unit",
          sold_date: "2026-05-01",
          agents: [{ id: "y" }],
          suburb: "Fairlight",
          state: "NSW",
        },
        { id: "4", address: "4 Tern Street", category: "unit", sold_date: "2026-05-01", suburb: "Manly", state: "QLD" },
      ]
        .map((row) => JSON.stringify(row))
        .join("\n"),
    );
    const data = read();
    expect(data.suburb).toEqual({ name: "Manly", state: "NSW", postcode: "2095" });
    expect(data.sales?.map(({ id }) => id)).toEqual(["1", "2"]);
    expect(data.agents?.map(({ id }) => id)).toEqual(["x"]);
    // a by its agent, b by its sale.
    expect(data.agencies?.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(data.sources?.map(({ id }) => id)).toEqual(["s1"]);
    expect(() => parseDataSet(data)).not.toThrow();
  });

  test("knows nothing of a suburb without rows", async () => {
    await put("agents", "csv", "id,name\nx,Xanthe\n");
    expect(world.catalogue.dataSet(MANLY)).toBeNull();
  });

  test("finds agents and agencies that call a suburb their own", async () => {
    await put("agents", "csv", "id,name,agency_id,suburb,state\nx,Xanthe,a,Manly,NSW\n");
    await put("agencies", "csv", "id,name\na,Alder\n");
    expect(read()).toMatchObject({ agents: [{ id: "x" }], agencies: [{ id: "a" }] });
  });

  test("finds a suburb under each of its postcodes", async () => {
    await put("sales", "csv", `${HEADER}1,1 Tern Street,house,2026-06-01,,,,Virginia,NT,0835\n`);
    expect(world.catalogue.dataSet({ suburb: "Virginia", state: "NT", postcode: null })).not.toBeNull();
    expect(world.catalogue.dataSet({ suburb: "virginia", state: "NT", postcode: "0834" })).not.toBeNull();
    expect(world.catalogue.dataSet({ suburb: "Virginia", state: "SA", postcode: null })).toBeNull();
  });

  test("replaces a row by one of the same id", async () => {
    await put("sales", "csv", `${HEADER}1,1 Tern Street,house,2026-06-01,1000000,,,Manly,NSW,\n`);
    await put(
      "sales",
      "csv",
      `${HEADER}1,1 Tern Street,house,2026-06-01,1100000,,,Manly,NSW,\n1,1 Tern Street,house,2026-06-02,1200000,,,Manly,NSW,\n`,
    );
    expect(read().sales).toEqual([expect.objectContaining({ id: "1", price: 1_200_000, sold_date: "2026-06-02" })]);
  });

  test("gives three years of sales and what a campaign before needs, the newest first", async () => {
    const days = ["2020-01-01", "2023-03-29", "2023-03-31", "2026-06-30", "2025-01-01"];
    await put("sales", "csv", HEADER + days.map((day) => `${day},1 Tern Street,house,${day},,,,Manly,NSW,\n`).join(""));
    expect(read().sales?.map(({ id }) => id)).toEqual(["2026-06-30", "2025-01-01", "2023-03-31"]);
  });

  test("joins market points into series", async () => {
    await put(
      "market",
      "csv",
      "suburb,state,category,source,period_end,period_months,median_sold_price,auctions_sold_at\nManly,NSW,unit,s,2026-06-30,3,1600000,7\n",
    );
    const series = [
      { period_end: "2026-03-31", period_months: 3, number_sold: 4 },
      { period_end: "2026-06-30", period_months: 3 },
    ];
    await put("market", "ndjson", JSON.stringify({ suburb: "Manly", state: "NSW", category: "house", series }));
    expect(read().market).toEqual([
      { category: "house", bedrooms: null, source: null, series },
      {
        category: "unit",
        bedrooms: null,
        source: "s",
        series: [
          { period_end: "2026-06-30", period_months: 3, median_sold_price: 1_600_000, auctions: { sold_at: 7 } },
        ],
      },
    ] as DataSet["market"]);
  });

  test("takes a whole data set of a suburb", async () => {
    const document: DataSet = {
      suburb: { name: "Manly", state: "NSW" },
      agents: [{ id: "x", name: "Xanthe" }],
      sales: [{ id: "1", address: "1 Tern Street", category: "house", sold_date: "2026-06-01" }],
      listings: [{ id: "l", address: "2 Tern Street", category: "unit" }],
      market: [{ category: "house", series: [{ period_end: "2026-06-30", period_months: 3 }] }],
    };
    const session = world.catalogue.startImport();
    const result = await session.readDocument(bytes(JSON.stringify(document)));
    expect(world.catalogue.dataSet(MANLY)).toBeNull();
    await session.commit();
    expect(result.rows).toMatchObject({ agents: 1, sales: 1, listings: 1, market: 1 });
    expect(read()).toMatchObject({ sales: document.sales, listings: document.listings, agents: document.agents });
  });

  test("persists when it is closed and opened", async () => {
    await put("agents", "csv", "id,name,suburb,state\nx,Xanthe,Manly,NSW\n");
    world.reopen();
    expect(read().agents).toHaveLength(1);
  });

  test("that is no database is refused with its path, and left as it is", async () => {
    const path = join(world.folder, "other.db");
    await Bun.write(path, "this is a letter to my aunt, and long enough to be read as a header of something");
    expect(() => openCatalogue({ path })).toThrow(
      expect.objectContaining({ code: "catalogue", message: expect.stringContaining(path) }),
    );
    expect(await Bun.file(path).text()).toStartWith("this is a letter");
  });
});

test("a catalogue of a newer program is refused", () => {
  world.catalogue.close();
  const path = join(world.folder, "catalogue.db");
  const database = new Database(path);
  database.run("PRAGMA user_version = 99");
  database.close();
  expect(() => openCatalogue({ path })).toThrow(expect.objectContaining({ message: expect.stringContaining("99") }));
});
