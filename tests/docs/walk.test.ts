import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { STATIONS, WALK, walk } from "./walk.ts";

test("the walk through one job has ten stations, each at the line that declares its function (`bun run docs` writes it)", () => {
  expect(STATIONS).toHaveLength(10);
  expect(readFileSync(WALK, "utf8")).toBe(walk());
});

test("it goes through the rooms in the order of a job, and never back", () => {
  const order = ["http", "queue", "pipeline", "report", "render", "delivery"];
  const visited = STATIONS.map(({ file }) => order.indexOf(file.split("/")[1] ?? ""));
  expect(visited).not.toContain(-1);
  expect(visited).toEqual(visited.toSorted((a, b) => a - b));
  expect(new Set(visited).size).toBe(order.length);
});
