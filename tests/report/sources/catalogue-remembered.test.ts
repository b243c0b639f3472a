import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Catalogue, openCatalogue } from "../../../src/report/sources/catalogue.ts";

const MANLY = { suburb: "Manly", state: "NSW", postcode: "2095", kind: "delivery", latitude: 0, longitude: 0 } as const;

const bring = (catalogue: Catalogue, id: string) =>
  catalogue.upsert(
    "agencies",
    "csv",
    new Blob([`id,name,suburb,state,postcode\n${id},Agency ${id},Manly,NSW,2095\n`]).stream(),
  );

test("what a client may request of a large suburb repeatedly is read once for each state of the catalogue", async () => {
  const folder = await mkdtemp(join(tmpdir(), "agentlink-remembered-"));
  const path = join(folder, "catalogue.db");
  const [catalogue, ofAnotherProcess] = [openCatalogue({ path }), openCatalogue({ path })];
  try {
    await bring(catalogue, "a");
    const questions = {
      agencies: () => catalogue.agencies(MANLY),
      agents: () => catalogue.agents(MANLY),
      all: () => catalogue.allAgencies(),
      locality: () => catalogue.locality(MANLY),
      people: () => catalogue.localityPeople(MANLY),
      totals: () => catalogue.totals(),
    };
    for (const [name, request] of Object.entries(questions)) {
      const first = request();
      // Not another one that is equal: it was not read again.
      expect([name, request() === first]).toEqual([name, true]);
      await bring(catalogue, `b-${name}`);
      expect([name, request() === first]).toEqual([name, false]);
      const second = request();
      await bring(ofAnotherProcess, `c-${name}`);
      expect([name, request() === second]).toEqual([name, false]);
    }
    expect(catalogue.agencies(MANLY)?.map(({ id }) => id)).toContain("c-totals");
    expect(catalogue.localityPeople(MANLY).agencies).toHaveLength(13);
    expect(catalogue.totals()).toMatchObject({ agencies: 13 });
    const before = catalogue.allAgencies();
    await catalogue.remove({ kind: "agencies", id: "a" }, "test");
    expect(catalogue.allAgencies()).toHaveLength(before.length - 1);
  } finally {
    catalogue.close();
    ofAnotherProcess.close();
    await rm(folder, { recursive: true });
  }
});
