import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { openCatalogue } from "../../src/report/sources/catalogue.ts";
import { csv, HEADERS, ROWS } from "./export-file.ts";
import { newImportWorld } from "./import-world.ts";

const world = newImportWorld();
const { file, imported, run, manly } = world;

describe("a second import", () => {
  test("of the same file changes nothing, and of a later one what differs", async () => {
    const path = await file("export.csv", csv(HEADERS, ROWS, ","));
    await run([path]);
    expect(world.out.at(-1)).toEndWith("8 new, 0 changed, 0 unchanged");
    const before = JSON.stringify(manly());
    await run([path]);
    expect(world.out.at(-1)).toEndWith("0 new, 0 changed, 3 unchanged");
    expect(JSON.stringify(manly())).toBe(before);
    // The price is disclosed now; the rows come in another order.
    const later = ROWS.map((row) => row.map((cell) => (cell === "Not Disclosed" ? "$800,000" : cell))).reverse();
    await run([await file("export.csv", csv(HEADERS, later, ";"))]);
    expect(world.out.at(-1)).toEndWith("0 new, 1 changed, 2 unchanged");
    expect(manly()?.sales).toHaveLength(3);
  });

  test("with --replace removes what the file no longer has, of that file alone, and can be undone", async () => {
    const own = csv(HEADERS, ROWS, ",");
    const other = csv(HEADERS, ROWS.map(([, ...cells]) => ["1 Other St", ...cells]).slice(0, 1), ",");
    await run([await file("other.csv", other)]);
    await run([await file("sales.csv", own)]);
    const fewer = await file("sales.csv", csv(HEADERS, ROWS.slice(1), ","));
    expect(await run([fewer], { replace: true, dryRun: true })).toBe(0);
    expect(world.out.at(-1)).toEndWith("0 new, 0 changed, 2 unchanged, 1 removed");
    expect(manly()?.sales).toHaveLength(4);
    expect(await run([fewer], { replace: true })).toBe(0);
    expect(
      manly()
        ?.sales?.map(({ address }) => address)
        .sort(),
    ).toEqual(["1 Other St", "9 Pine St", "Unit 5, 14 Pine St"]);
    const catalogue = openCatalogue({ path: join(world.folder, "data", "catalogue.db") });
    expect(await catalogue.undo(3)).toMatchObject({ removed: 0, restored: 1 });
    catalogue.close();
    expect(manly()?.sales).toHaveLength(4);
    await expect(run([await file("sales.csv", csv(HEADERS, [], ","))], { replace: true })).rejects.toMatchObject({
      code: "usage",
    });
    await expect(run([fewer], { replace: true, skipBad: true })).rejects.toMatchObject({ code: "usage" });
    expect(manly()?.sales).toHaveLength(4);
  });

  test("with the numbers of its rows as ids does not replace the sales of the month before", async () => {
    const month = (street: string, at: number, rows: number) =>
      `id,suburb,state,address,category,sold_date,price\n${Array.from({ length: rows }, (_, n) => `${n + 1},Manly,NSW,${n + 1} ${street},house,2026-0${at}-0${n + 1},900000\n`).join("")}`;
    await imported("may-sales.csv", month("Ocean St", 5, 5));
    const june = await file("june-sales.csv", month("Beach Rd", 6, 3));
    await run([june]);
    expect(world.out.at(-1)).toContain("3 new, 0 changed, 0 unchanged; 3 had the id of another sale");
    expect(manly()?.sales).toHaveLength(8);
    await run([june]);
    expect(world.out.at(-1)).toContain("0 new, 0 changed, 3 unchanged");
    // A correction of one of the two stays one.
    await run([
      await file(
        "fix-sales.csv",
        "id,suburb,state,address,category,sold_date,price\n5,Manly,NSW,5 Ocean Street,house,2026-05-06,900000\n",
      ),
    ]);
    expect(world.out.at(-1)).toEndWith("0 new, 1 changed, 0 unchanged");
    expect(manly()?.sales).toHaveLength(8);
  });

  test("with the property's id for its sale does not replace the sale before, and takes corrections for such", async () => {
    const sold = async (name: string, rows: readonly (readonly [id: number, day: string, price: number | ""])[]) => {
      const lines = rows.map(([id, day, price]) => `${id},Manly,NSW,${id} Tern St,house,${day},${price}\n`);
      await run([await file(name, `Property ID,suburb,state,address,category,sold_date,price\n${lines.join("")}`)]);
      return world.out.at(-1)?.slice(world.out.at(-1)?.search(/\d+ new/));
    };
    expect(
      await sold("2024-sales.csv", [
        [71, "2024-03-02", 1_500_000],
        [72, "2024-03-03", ""],
        [73, "2024-03-04", 1_700_000],
      ]),
    ).toBe("3 new, 0 changed, 0 unchanged");
    const later = [
      [71, "2026-05-02", 1_900_000],
      [72, "2026-05-03", 2_000_000],
      // A year that was mistyped: the same sale, by its price.
      [73, "2025-03-04", 1_700_000],
    ] as const;
    expect(await sold("2026-sales.csv", later)).toStartWith(
      "2 new, 1 changed, 0 unchanged; 2 had the id of another sale",
    );
    expect(await sold("2026-sales.csv", later)).toStartWith("0 new, 0 changed, 3 unchanged; 2 had the id");
    expect(await sold("fix-sales.csv", [[73, "2025-06-04", 1_750_000]])).toBe("0 new, 1 changed, 0 unchanged");
    expect(manly()?.sales).toHaveLength(5);
    // One file with both.
    expect(
      await sold("both-sales.csv", [
        [81, "2024-03-02", 1],
        [81, "2026-05-02", ""],
      ]),
    ).toStartWith("2 new");
  });

  test("with one id for several sales stores those of another property and day, and counts what was replaced", async () => {
    const head = "id,suburb,state,address,category,sold_date,price\n";
    const row = (address: string, day: number) => `1.23457E+17,Manly,NSW,${address},house,2026-06-0${day},900000\n`;
    const sales = await file("sales.csv", `${head}${row("1 Tern St", 1)}${row("2 Tern St", 2)}${row("3 Tern St", 3)}`);
    await run([sales]);
    expect(world.out.at(-1)).toContain("3 new, 0 changed, 0 unchanged; 2 had the id of another sale");
    await run([sales]);
    expect(world.out.at(-1)).toContain("0 new, 0 changed, 3 unchanged; 2 had the id");
    expect(manly()?.sales).toHaveLength(3);
    await run([
      await file("other.csv", `${head}${row("4 Tern St", 4)}${row("5 Tern St", 4)}`.replaceAll("E+17", "E+16")),
    ]);
    expect(world.out.at(-1)).toContain("1 new, 0 changed, 0 unchanged; 1 row replaced by a later row with the same id");
  });
});
