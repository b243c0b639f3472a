import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../until.ts";
import { binaryPath, run, temporaryFolder } from "./binary.ts";

const FILES = 4;
const LISTINGS = 1_000;

/** What a CRM sends: each listing for sale, then changed or sold, most with what changed alone. */
function feed(file: number): string {
  const time = `2026-05-${10 + file}-09:00:00`;
  const listings = Array.from({ length: LISTINGS }, (_, n) => {
    const sold = file > 1 && n % 3 === 0;
    const address =
      file === 1
        ? `<address><streetNumber>${n}</streetNumber><street>Pine Street</street><suburb>Manly</suburb><state>nsw</state></address><category name="House"/>`
        : "";
    const name = `Agent ${(n + file) % 40}`;
    const agent = `<listingAgent id="1"><name>${name}</name></listingAgent>`;
    const price = `<soldDetails><soldPrice>${900_000 + n}</soldPrice><soldDate>2026-05-09</soldDate></soldDetails>`;
    return `<residential modTime="${time}" status="${sold ? "sold" : "current"}"><agentID>OFFICE</agentID><uniqueID>P-${n}</uniqueID>${address}${agent}${sold ? price : ""}</residential>`;
  });
  return `<propertyList>${listings.join("\n")}</propertyList>`;
}

/** All that the catalogue contains, without the import that it came with. */
function contents(dataDir: string): unknown {
  const database = new Database(join(dataDir, "catalogue.db"), { readonly: true });
  try {
    return ["sales", "listings", "agents", "agencies", "feed_listings"].map((table) =>
      database.query(`SELECT id, locality, date, agency_ids, agent_ids, data FROM ${table} ORDER BY id`).all(),
    );
  } finally {
    database.close();
  }
}

test("a feed whose import is killed with SIGKILL, again and again, is in the catalogue once and whole", async () => {
  const folder = temporaryFolder();
  const [once, killed] = [join(folder, "once"), join(folder, "killed")];
  const files = Array.from({ length: FILES }, (_, file) => join(folder, `OFFICE_${file}.xml`));
  for (const [file, path] of files.entries()) writeFileSync(path, feed(file));
  expect((await run(["import", "--data-dir", once, ...files])).code).toBe(0);

  const log = join(killed, "catalogue.db-wal");
  const size = () => (existsSync(log) ? statSync(log).size : 0);
  let kills = 0;
  for (const [at, path] of files.entries()) {
    // Killed once while its rows are written, each time further on, and then given again.
    const child = Bun.spawn([binaryPath(), "import", "--data-dir", killed, path], {
      stdout: "ignore",
      stderr: "ignore",
    });
    const before = size();
    await until(() => size() > before + at * 100_000 || child.exitCode !== null);
    child.kill("SIGKILL");
    await child.exited;
    if (child.signalCode === "SIGKILL") kills += 1;
    expect((await run(["import", "--data-dir", killed, path])).code).toBe(0);
  }
  expect(kills).toBeGreaterThan(0);
  expect(contents(killed)).toEqual(contents(once));
  rmSync(folder, { recursive: true });
}, 120_000);
