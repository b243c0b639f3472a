import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCatalogue } from "../../../src/report/sources/catalogue.ts";

test("a decision on two people lasts: through imports and restarts, until it is taken back", async () => {
  const folder = mkdtempSync(join(tmpdir(), "agentlink-"));
  const path = join(folder, "catalogue.db");
  let catalogue = openCatalogue({ path });
  expect(catalogue.decide("agent", ["b", "a"], "merge")).toBe(true);
  expect(catalogue.decide("agent", ["a", "b"], "merge")).toBe(false);
  expect(catalogue.decide("sale", ["s", "t"], "split")).toBe(true);
  await catalogue.upsert("agents", "ndjson", new Blob(['{"id":"a","name":"Ada"}']).stream());
  catalogue.close();
  catalogue = openCatalogue({ path });
  expect(catalogue.decisions().toSorted((a, b) => (a.kind < b.kind ? -1 : 1))).toEqual([
    { kind: "agent", decision: "merge", ids: ["a", "b"] },
    { kind: "sale", decision: "split", ids: ["s", "t"] },
  ]);
  expect(catalogue.decide("agent", ["a", "b"], "split")).toBe(true);
  expect(catalogue.decide("agent", ["b", "a"], null)).toBe(true);
  expect(catalogue.decisions().map(({ kind }) => kind)).toEqual(["sale"]);
  catalogue.close();
  rmSync(folder, { recursive: true });
});
