import { expect, test } from "bun:test";
import { csvTemplate, describeColumns, workbookTemplate } from "../../src/import/columns/template.ts";
import { CATALOGUE_KINDS } from "../../src/report/sources/catalogue.ts";
import { newImportWorld } from "./import-world.ts";

const world = newImportWorld();

test("each column of each kind says what it contains, with its unit, and has an example", () => {
  for (const kind of CATALOGUE_KINDS)
    for (const { name, contents, example } of describeColumns(kind)) {
      const column = `${kind}.${name}`;
      expect([
        column,
        /^(a text|a number|a whole number|dollars)$/.test(contents) &&
          name !== "price" &&
          !name.startsWith("first_ask"),
      ]).toEqual([column, false]);
      // Pictures are long, and of a rate's two ways to name a place, one is given.
      const without = ["logo", "photo"].includes(name) || column === "commission_rates.area_kind";
      expect([column, example === ""]).toEqual([column, without]);
    }
});

test.each(CATALOGUE_KINDS)(
  "the template of %s is imported as it is, as CSV and as a workbook, and is the same row",
  async (kind) => {
    const csv = await world.file(`${kind}.csv`, csvTemplate(kind));
    const workbook = await world.file(`${kind}.xlsx`, await workbookTemplate(kind));
    expect([await world.run([csv]), world.err]).toEqual([0, []]);
    expect(world.out.at(-1)).toMatch(/: [1-9]\d* new, 0 changed, 0 unchanged$/);
    expect([await world.run([workbook]), world.err]).toEqual([0, []]);
    expect(world.out.at(-1)).toMatch(/: 0 new, 0 changed, [1-9]\d* unchanged$/);
  },
);
