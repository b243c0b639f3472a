import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../src/failure.ts";
import { createImporter, type Importer } from "../../src/import/importer.ts";
import { type Inbox, startInbox, type Then } from "../../src/import/inbox/inbox.ts";
import { openCatalogue } from "../../src/report/sources/catalogue.ts";
import { until } from "../until.ts";

const SALES = "Address,Suburb,State,Sold Date\n1 Pine St,Manly,NSW,1/6/2026\n";
const listing = (id: string) =>
  `<residential modTime="2026-05-02-09:00:00" status="current"><agentID>ABCDEF</agentID><uniqueID>${id}</uniqueID><address><streetNumber>2</streetNumber><street>Pine St</street><suburb>Manly</suburb><state>NSW</state></address></residential>`;
const FEED = `<propertyList>${listing("P-1")}</propertyList>`;

let dataDir: string;
let folder: string;
let importer: Importer;
let inbox: Inbox | null;
let failed: [string, Then][];
let imported: string[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "agentlink-inbox-"));
  folder = join(dataDir, "inbox");
  mkdirSync(folder);
  importer = createImporter({ cataloguePath: join(dataDir, "catalogue.db") });
  [failed, imported, inbox] = [[], [], null];
});
afterEach(async () => {
  await inbox?.stop();
  await importer.close();
  rmSync(dataDir, { recursive: true });
});

function start(use: Pick<Importer, "import"> = importer): void {
  inbox = startInbox({
    folder,
    importer: use,
    everyMs: 20,
    makeFolder: async (path) => void mkdirSync(path, { recursive: true }),
    onImported: (file) => void imported.push(file),
    onFailed: (file, _, then) => void failed.push([file, then]),
  });
}

/** A file that came so long ago. */
function drop(name: string, content: string, secondsAgo = 60): void {
  writeFileSync(join(folder, name), content);
  const past = new Date(Date.now() - secondsAgo * 1_000);
  utimesSync(join(folder, name), past, past);
}

const done = (name: string) => existsSync(join(folder, "done", name));

function totals(): Readonly<Record<string, number>> {
  const catalogue = openCatalogue({ path: join(dataDir, "catalogue.db") });
  try {
    return catalogue.totals();
  } finally {
    catalogue.close();
  }
}

test("files that are dropped are imported once they are whole, and moved; bad ones with the reason; a repeat changes nothing", async () => {
  start();
  drop("sold export.csv", SALES);
  drop("ABCDEF_2026-05-02_09-00-00.xml", FEED);
  drop("broken.xml", "<rss/>");
  drop("upload.xml.part", FEED);
  await until(
    () =>
      done("sold export.csv") &&
      existsSync(join(folder, "failed/broken.xml.txt")) &&
      done("ABCDEF_2026-05-02_09-00-00.xml"),
  );
  expect(readFileSync(join(folder, "failed/broken.xml.txt"), "utf8")).toContain("not REAXML");
  expect(failed).toEqual([["broken.xml", "moved"]]);
  expect(readdirSync(folder).sort()).toEqual(["done", "failed", "upload.xml.part"]);
  drop("ABCDEF_2026-05-02_09-00-00.xml", FEED);
  await until(() => readdirSync(join(folder, "done")).length === 3);
  expect(totals()).toMatchObject({ sales: 1, listings: 1 });
  const catalogue = openCatalogue({ path: join(dataDir, "catalogue.db") });
  expect(catalogue.imports(9).map(({ actor }) => actor)).toEqual(["inbox", "inbox", "inbox"]);
  catalogue.close();
}, 60_000);

test("links, pipes and folders are not read, are reported once, and delay no file", async () => {
  writeFileSync(join(dataDir, "secret.csv"), SALES);
  symlinkSync(join(dataDir, "secret.csv"), join(folder, "a link.csv"));
  symlinkSync("/dev/zero", join(folder, "b zero.csv"));
  expect(Bun.spawnSync(["mkfifo", join(folder, "c pipe.csv")]).exitCode).toBe(0);
  mkdirSync(join(folder, "d folder.csv"));
  // A name in Windows' letters, as an old FTP client writes it.
  writeFileSync(Buffer.concat([Buffer.from(join(folder, "e ")), Buffer.from([0xe9]), Buffer.from(".csv")]), SALES);
  start();
  drop("sales.csv", SALES);
  await until(() => done("sales.csv"));
  drop("more.csv", SALES.replace("1 Pine", "3 Pine"));
  await until(() => done("more.csv"));
  expect(failed.map(([file]) => file).sort()).toEqual(["a link.csv", "b zero.csv", "c pipe.csv", "e \ufffd.csv"]);
  expect(totals()).toMatchObject({ sales: 2 });
}, 60_000);

test("a feed without its end, a zip without its directory, a row that is cut, a list that is open and an empty file wait for the rest; in the end they are taken as they are", async () => {
  const half = `<propertyList>${listing("P-1")}<residential modTime="2026-05-02-09:00:00" status="curr`;
  drop("half.xml", half, 10);
  drop("empty.csv", "", 10);
  drop("half.zip", "PK\u0003\u0004and no more", 10);
  drop("half.csv", `${SALES}2 Pine St,Man`, 10);
  drop("half.json", `[{"address": "4 Pine St"},`, 10);
  drop("no end of line.csv", SALES.replace("1 Pine", "5 Pine").trim(), 10);
  drop("old half.xml", half.replace("P-1", "P-9"), 3_600);
  start();
  await until(() => done("old half.xml"));
  drop("later.csv", SALES);
  await until(() => done("later.csv") && done("no end of line.csv"));
  expect(readdirSync(folder).sort()).toEqual(["done", "empty.csv", "half.csv", "half.json", "half.xml", "half.zip"]);
  drop("half.csv", `${SALES}2 Pine St,Manly,NSW,2/6/2026\n`, 10);
  await until(() => done("half.csv"));
  expect(totals()).toMatchObject({ sales: 3 });
  appendFileSync(
    join(folder, "half.xml"),
    `ent"><agentID>ABCDEF</agentID><uniqueID>P-2</uniqueID></residential></propertyList>`,
  );
  drop("half.xml", readFileSync(join(folder, "half.xml"), "utf8"), 10);
  await until(() => done("half.xml"));
  expect(totals()).toMatchObject({ listings: 2 });
}, 60_000);

test("a file that is written to while it is read is read again when it is quiet; one of the same name that comes in between is imported, too", async () => {
  let attempts = 0;
  start({
    import: (chunks, task) => {
      attempts += 1;
      const first = attempts === 1;
      return importer.import(
        (async function* () {
          for await (const chunk of chunks) {
            yield chunk;
            if (first) writeFileSync(join(folder, "sales.csv"), `${SALES}2 Pine St,Manly,NSW,2/6/2026\n`);
          }
        })(),
        task,
      );
    },
  });
  drop("sales.csv", SALES);
  await until(() => attempts === 1 && readFileSync(join(folder, "sales.csv"), "utf8").includes("2 Pine"));
  expect(totals()).toMatchObject({ sales: 0 });
  drop("sales.csv", readFileSync(join(folder, "sales.csv"), "utf8"), 30);
  await until(() => done("sales.csv"));
  expect(totals()).toMatchObject({ sales: 2 });
  expect(failed).toEqual([]);
}, 60_000);

test("a failure that may pass leaves the file for another attempt, and others come in; a name as long as may be is moved, too", async () => {
  const long = `${"x".repeat(250)}.xml`;
  let busy = true;
  start({
    import: (chunks, task) =>
      task.name === "a.csv" && busy
        ? Promise.reject(new Failure("catalogue_busy", "another import is being written", { transient: true }))
        : importer.import(chunks, task),
  });
  drop("a.csv", SALES);
  drop(long, "<rss/>");
  drop("b.csv", SALES.replace("1 Pine", "4 Pine"));
  await until(
    () => done("b.csv") && existsSync(join(folder, "failed")) && readdirSync(join(folder, "failed")).length === 2,
  );
  busy = false;
  expect(readdirSync(folder).sort()).toEqual(["a.csv", "done", "failed"]);
  expect(failed).toEqual(
    [
      ["a.csv", "again"],
      [long, "moved"],
    ].toSorted() as typeof failed,
  );
}, 60_000);
