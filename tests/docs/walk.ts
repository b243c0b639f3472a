import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dir, "../..");

/** docs/walk.md is made from the stations below: `bun run docs` writes it, walk.test.ts compares it. */
export const WALK = join(ROOT, "docs/walk.md");

interface Station {
  readonly file: string;
  /** A function that is declared there once. */
  readonly name: string;
  readonly says: string;
}

export const STATIONS: readonly Station[] = [
  {
    file: "src/http/api/routes/generate.ts",
    name: "generateRoutes",
    says: "The request arrives. Its key has already been checked (`src/access`), and a large body has been parsed in a thread (`src/parsing`).",
  },
  {
    file: "src/http/api/accept.ts",
    name: "toNewJob",
    says: "The request becomes a job that is not stored yet, with its client, priority, Idempotency-Key and callback.",
  },
  {
    file: "src/queue/sqlite/submit.ts",
    name: "createSubmit",
    says: "The job is stored, in one transaction for all requests that arrived together. The response is sent only after the commit is on disk.",
  },
  {
    file: "src/queue/sqlite/claim.ts",
    name: "createClaims",
    says: "Later the job is claimed: clients take turns, then priority decides, then age. A claim is a lease with a fencing token; an attempt that has lost its lease cannot end the job.",
  },
  {
    file: "src/pipeline/course.ts",
    name: "createCourse",
    says: "The attempt begins at the first stage whose result is not stored. Each stage stores its result before the next one begins.",
  },
  {
    file: "src/pipeline/stages.ts",
    name: "createStages",
    says: "The work of each stage. Gathering requests the suburb's data set from the sources in order (`src/report/sources`).",
  },
  {
    file: "src/report/report.ts",
    name: "buildReport",
    says: "In a render thread, the data set becomes the model of a report: every figure and every sentence, without any layout.",
  },
  {
    file: "src/render/document.ts",
    name: "renderPdf",
    says: "The model becomes pages: sections, charts and fonts. The PDF is written into the data folder, and its hash is stored.",
  },
  {
    file: "src/delivery/dropbox/delivery.ts",
    name: "createDropboxDelivery",
    says: "The file is uploaded to the path that `src/pipeline/targets.ts` has stored before. After a crash, a file that has arrived is recognised and not uploaded again.",
  },
  {
    file: "src/delivery/callbacks/sender.ts",
    name: "createCallbackSender",
    says: "The end of the job and its callback were stored in one transaction. The callback is signed and sent, with retries for a day, until the receiver takes it.",
  },
];

const INTRODUCTION = `# A walk through one job

<!-- Made by \`bun run docs\` from tests/docs/walk.ts. Change it there. -->

A report is posted, and an hour later its PDF is in Dropbox. Ten places in the code, in the order in which the job comes by; the folders are visited once, in order, and never back. What each folder is for: [architecture.md](architecture.md).

`;

/** The number of the line, from 1, that declares the function. @throws Error where there is none, or several. */
export function lineOf({ file, name }: Station): number {
  const lines = readFileSync(join(ROOT, file), "utf8").split("\n");
  const declares = new RegExp(`^\\s*(?:export )?(?:async )?function ${name}\\b`);
  const found = lines.flatMap((line, at) => (declares.test(line) ? [at + 1] : []));
  const [line] = found;
  if (line === undefined || found.length > 1)
    throw new Error(`${file} declares ${name} ${found.length} times: mend the stations in tests/docs/walk.ts`);
  return line;
}

export function walk(): string {
  const stations = STATIONS.map((station, at) => {
    const { file, name, says } = station;
    const line = lineOf(station);
    return `${at + 1}. [\`${file}:${line}\`](../${file}#L${line}) \`${name}\`  \n   ${says}\n`;
  });
  return INTRODUCTION + stations.join("");
}

if (import.meta.main) writeFileSync(WALK, walk());
