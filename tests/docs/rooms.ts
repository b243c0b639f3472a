import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dir, "../..");
export const ARCHITECTURE = join(ROOT, "docs/architecture.md");

/** A folder of src/, as the comment at the head of its first file describes it. */
export interface Room {
  readonly name: string;
  readonly purpose: string;
  readonly notHere: string;
}

/** Every room has a file of its own name that begins with this: two lines that say what it is for, one that says what may not enter. */
const HEAD = /^\/\*\n \* (.+)\n \* (.+)\n \* Not here: (.+)\n \*\/\n/;

/** In the order a job goes through them; the others stand behind these. */
const WAY = ["http", "queue", "pipeline", "report", "render", "delivery"];

export function roomNames(): readonly string[] {
  return readdirSync(join(ROOT, "src"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
}

/** What the head of a room's first file says; null where it has none in that form. */
export function roomOf(name: string): Room | null {
  const [, first = "", second = "", notHere = ""] = HEAD.exec(readFileSync(firstFile(name), "utf8")) ?? [];
  return notHere === "" ? null : { name, purpose: `${first} ${second}`, notHere };
}

export function firstFile(name: string): string {
  return join(ROOT, "src", name, `${name}.ts`);
}

const BEGIN = "<!-- rooms: made by `bun run docs` from the head of each room's first file -->\n";
const END = "<!-- /rooms -->";

/** The document with its table of rooms as it has to be. */
export function withRooms(document: string): string {
  const names = roomNames();
  const others = names.filter((name) => !WAY.includes(name));
  const rows = [...WAY, ...others].map((name) => {
    const room = roomOf(name);
    return `| [\`${name}\`](../src/${name}/${name}.ts) | ${room?.purpose ?? ""} | ${room?.notHere ?? ""} |`;
  });
  const table = ["| `src/…` | what it is for | what may not enter |", "| --- | --- | --- |", ...rows, ""].join("\n");
  const [before = "", after] = [document.slice(0, document.indexOf(BEGIN)), document.split(END)[1]];
  if (after === undefined) throw new Error(`docs/architecture.md has lost its ${END}`);
  return `${before}${BEGIN}\n${table}\n${END}${after}`;
}

if (import.meta.main) writeFileSync(ARCHITECTURE, withRooms(readFileSync(ARCHITECTURE, "utf8")));
