import { expect, test } from "bun:test";
import fc from "fast-check";
import { around, type Box, createLabels } from "../../src/render/charts/labels.ts";

const FRAME: Box = { left: 0, top: 0, right: 400, bottom: 200 };
const spot = fc.record({
  x: fc.integer({ min: 0, max: 400 }),
  y: fc.integer({ min: 0, max: 200 }),
  width: fc.integer({ min: 1, max: 160 }),
});

test("a label lies on no other, on no dot, and within the chart; one without room is left out", () => {
  fc.assert(
    fc.property(fc.array(spot, { maxLength: 40 }), (spots) => {
      const dots = spots.map(({ x, y }) => around(x, y, 4));
      const labels = createLabels(FRAME, dots);
      const placed = spots.flatMap(
        ({ x, y, width }) =>
          labels.fit({ width, height: 8 }, [
            [x + 6, y - 4],
            [x - 6 - width, y - 4],
            [x - width / 2, y - 13],
            [x - width / 2, y + 6],
          ]) ?? [],
      );
      placed.forEach((label, index) => {
        expect(label.left >= 0 && label.right <= 400 && label.top >= 0 && label.bottom <= 200).toBe(true);
        for (const other of [...dots, ...placed.slice(index + 1)]) expect(apart(label, other)).toBe(true);
      });
    }),
  );
});

test("a label takes the first corner that is free", () => {
  const labels = createLabels(FRAME, []);
  const corners = [[10, 10] as const, [100, 10] as const];
  expect(labels.fit({ width: 30, height: 8 }, corners)?.left).toBe(10);
  expect(labels.fit({ width: 30, height: 8 }, corners)?.left).toBe(100);
  expect(labels.fit({ width: 30, height: 8 }, corners)).toBeNull();
});

function apart(a: Box, b: Box): boolean {
  return a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
}
