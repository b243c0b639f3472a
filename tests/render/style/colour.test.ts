import { expect, test } from "bun:test";
import fc from "fast-check";
import { contrast, MARK_CONTRAST, mix, readableOn, TEXT_CONTRAST } from "../../../src/render/style/colour.ts";
import { palette } from "../../../src/render/style/theme.ts";

const colour = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, "0")}`);

test("contrast is WCAG's: 21 for black on white, 1 for a colour on itself", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrast("#767676", "#ffffff")).toBeCloseTo(4.54, 2);
  expect(contrast("#336699", "#336699")).toBe(1);
});

test("whatever an agency's colour is, what is set in it or on it can be read", () => {
  fc.assert(
    fc.property(colour, (own) => {
      const { accent, accentText, accentTint, accentEdge, bar, ink, muted, field, onField } = palette(own);
      expect(contrast(onField, field)).toBeGreaterThanOrEqual(TEXT_CONTRAST);
      expect(contrast(accent, "#ffffff")).toBeGreaterThanOrEqual(TEXT_CONTRAST);
      expect(contrast(accentText, accentTint)).toBeGreaterThanOrEqual(TEXT_CONTRAST);
      expect(contrast(accentText, "#ffffff")).toBeGreaterThanOrEqual(TEXT_CONTRAST);
      expect(contrast(ink, accentTint)).toBeGreaterThanOrEqual(TEXT_CONTRAST);
      expect(contrast(muted, accentTint)).toBeGreaterThanOrEqual(TEXT_CONTRAST);
      for (const ground of ["#ffffff", accentTint])
        for (const mark of [accent, bar]) expect(contrast(mark, ground)).toBeGreaterThanOrEqual(MARK_CONTRAST);
      expect(contrast(accentEdge, "#ffffff")).toBeGreaterThanOrEqual(MARK_CONTRAST);
      // The cells of a heat map.
      for (const part of [0.1, 0.3, 0.5, 0.7, 1]) {
        const cell = mix("#ffffff", accent, part);
        expect(contrast(readableOn(cell, ink), cell)).toBeGreaterThanOrEqual(TEXT_CONTRAST);
      }
    }),
  );
});

test("a colour that can be read already is left as it is", () => {
  expect(palette("#0f5c5c").accent).toBe("#0f5c5c");
});

test("the field of a bright brand has its own colour under dark words; one that paper would hide has the ink's", () => {
  expect(palette("#ffe512")).toMatchObject({ field: "#ffe512", onField: palette(null).ink });
  expect(palette("#39ff14").field).toBe("#39ff14");
  const { field, accent, onField } = palette("#fdfdfb");
  expect([field, onField]).toEqual([accent, "#ffffff"]);
});

test("a white or grey brand is set in ink, which stands out from what is grey beside it; its field is its own grey", () => {
  const { ink, bar } = palette(null);
  for (const colour of ["#ffffff", "#f7f7f2", "#c0c0c0", "#808080", "#cfe8ff"])
    expect(palette(colour)).toMatchObject({ accent: ink, accentText: ink });
  expect(contrast(ink, bar)).toBeGreaterThan(MARK_CONTRAST);
  expect(palette("#ffffff").field).toBe(ink);
  expect(palette("#c0c0c0").field).toBe("#c0c0c0");
  expect(palette("#757575").field).toBe("#757575");
  expect(palette("#000000").accent).toBe("#000000");
});
