import { expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createImporter } from "../../src/import/importer.ts";
import { startInbox } from "../../src/import/inbox.ts";
import { openCatalogue } from "../../src/report/sources/catalogue.ts";
import { until } from "../until.ts";

const SALES = "Address,Suburb,State,Sold Date\n1 Pine St,Manly,NSW,1/6/2026\n";
const FEED = `<propertyList><residential modTime="2026-05-02-09:00:00" status="current"><agentID>ABCDEF</agentID><uniqueID>P-1</uniqueID><address><streetNumber>2</streetNumber><street>Pine St</street><suburb>Manly</suburb><state>NSW</state></address></residential></propertyList>`;

test("files that are dropped are imported once they are whole, and moved; bad ones with the reason; a repeat changes nothing", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "agentlink-inbox-"));
  const folder = join(dataDir, "inbox");
  mkdirSync(folder);
  const cataloguePath = join(dataDir, "catalogue.db");
  const importer = createImporter({ cataloguePath });
  const failed: [string, boolean][] = [];
  const drop = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    // As if it had come a while ago.
    const past = new Date(Date.now() - 60_000);
    utimesSync(join(folder, name), past, past);
  };
  const inbox = startInbox({
    folder,
    importer,
    everyMs: 20,
    makeFolder: async (path) => void mkdirSync(path, { recursive: true }),
    onImported: () => {},
    onFailed: (file, _, again) => void failed.push([file, again]),
  });
  try {
    drop("sold export.csv", SALES);
    drop("ABCDEF_2026-05-02_09-00-00.xml", FEED);
    drop("broken.xml", "<rss/>");
    drop("upload.xml.part", FEED);
    await until(
      () =>
        existsSync(join(folder, "done/sold export.csv")) &&
        existsSync(join(folder, "failed/broken.xml.txt")) &&
        existsSync(join(folder, "done/ABCDEF_2026-05-02_09-00-00.xml")),
    );
    expect(readFileSync(join(folder, "failed/broken.xml.txt"), "utf8")).toContain("not REAXML");
    expect(failed).toEqual([["broken.xml", false]]);
    expect(readdirSync(folder).sort()).toEqual(["done", "failed", "upload.xml.part"]);
    drop("ABCDEF_2026-05-02_09-00-00.xml", FEED);
    await until(() => readdirSync(join(folder, "done")).length === 3);
    const catalogue = openCatalogue({ path: cataloguePath });
    expect(catalogue.totals()).toMatchObject({ sales: 1, listings: 1 });
    expect(catalogue.imports(9).map(({ actor }) => actor)).toEqual(["inbox", "inbox", "inbox"]);
    catalogue.close();
  } finally {
    await inbox.stop();
    await importer.close();
    rmSync(dataDir, { recursive: true });
  }
}, 60_000);
