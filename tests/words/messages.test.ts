import { describe, expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { Glob } from "bun";
import { messageNames, sentencesIn } from "./literals.ts";

const ROOT = join(import.meta.dir, "../..");

/** A text of so many words is a sentence for a person, not a label. */
const SENTENCE = 4;

interface Room {
  readonly room: string;
  /** The room's files that have sentences: its messages, and vocabularies and pages that are texts themselves. */
  readonly files: RegExp;
  /** Of these the sentences are each used. */
  readonly messages: readonly string[];
  /** Titles. */
  readonly but?: readonly string[];
}

/** Rooms whose sentences are in one file; Dropbox's account and sign-in have their own, which its pages and commands share. */
const ROOMS: readonly Room[] = [
  {
    room: "src/delivery",
    files: /messages\.ts$|dropbox\/(account|login|credentials)\.ts$/,
    messages: ["src/delivery/messages.ts"],
  },
  // The words of portals and CRMs, and the templates' cells.
  {
    room: "src/import",
    files: /messages\.ts$|\/(words|column-words|synonyms|built-in-maps|template)\.ts$/,
    messages: ["src/import/messages.ts"],
  },
  // The examples and topics of `agentlink help`, and what a unit file or a licence says.
  {
    room: "src/cli",
    files: /messages\.ts$|\/(examples|topics)\.ts$|\/licences\/|\/install\/unit/,
    messages: ["src/cli/messages.ts", "src/cli/doctor/messages.ts"],
  },
  // What a setting is for is beside the setting.
  {
    room: "src/settings",
    files: /messages\.ts$|-settings\.ts$/,
    messages: ["src/settings/messages.ts"],
    but: ["Callbacks, and addresses that may be reached", "Commands that call a running service"],
  },
  ...["notify", "access", "storage", "queue", "pipeline", "outbound", "host", "migration", "redis", "parsing"].map(
    (room) => ({
      room: `src/${room}`,
      files: /messages\.ts$/,
      messages: [`src/${room}/messages.ts`],
    }),
  ),
  { room: "src/report/sources", files: /messages\.ts$/, messages: ["src/report/sources/messages.ts"] },
  // The names of property types are a vocabulary.
  {
    room: "src/report",
    files: /messages\.ts$|\/property-type\.ts$/,
    messages: ["src/report/messages.ts", "src/report/leasing/messages.ts"],
  },
  // A metric's help is beside the metric.
  {
    room: "src/observability",
    files: /messages\.ts$|(gauges|metrics)\.ts$/,
    messages: ["src/observability/messages.ts"],
  },
  // A patch says beside itself what a build finds.
  {
    room: "src/render",
    files: /messages\.ts$|\/patches\//,
    messages: ["src/render/messages.ts"],
  },
  { room: "src/views", files: /messages\.ts$/, messages: ["src/views/messages.ts"] },
  { room: "src/client", files: /(messages|api)\.ts$/, messages: ["src/client/messages.ts"] },
  // Each page of the dashboard has its own, so that it loads by itself, beside the names of operations, scopes and routes.
  {
    room: "src/dashboard",
    files: /messages\.tsx?$|\/(audit\/actions|access\/scopes|dashboard\/pages)\.ts$/,
    messages: [...new Glob("src/dashboard/**/messages.{ts,tsx}").scanSync(ROOT)],
  },
];

const known = new Map<string, Promise<ReadonlySet<string>>>();

/** The names of messages that the files of a folder use; each folder is read once. */
function usedWithin(folder: string): Promise<ReadonlySet<string>> {
  const read = async () => {
    const paths = await Array.fromAsync(new Glob(`${folder}/**/*.{ts,tsx}`).scan(ROOT));
    const sources = await Promise.all(paths.map((path) => Bun.file(join(ROOT, path)).text()));
    return new Set(sources.flatMap((source) => source.match(/(?<=\bmessages\.)\w+/gi) ?? []));
  };
  const found = known.get(folder) ?? read();
  known.set(folder, found);
  return found;
}

describe.each(ROOMS)("the sentences of $room", ({ room, files, messages, but = [] }) => {
  test("are in its messages", async () => {
    const elsewhere: string[] = [];
    for await (const path of new Glob(`${room}/**/*.{ts,tsx}`).scan(ROOT))
      if (!files.test(path))
        for (const { line, text } of sentencesIn(path, await Bun.file(join(ROOT, path)).text(), SENTENCE))
          if (!but.includes(text)) elsewhere.push(`${path}:${line}: ${text}`);
    expect(elsewhere.toSorted()).toEqual([]);
  });

  test.each(messages)("in %s are each used", async (file) => {
    const sentences = messageNames(await Bun.file(join(ROOT, file)).text());
    // A page's messages are its folder's.
    const within = file.startsWith("src/dashboard/") ? dirname(file) : "src";
    const used = await usedWithin(within);
    expect(sentences.length).toBeGreaterThan(0);
    expect(sentences.filter((name) => !used.has(name))).toEqual([]);
  });
});

test("a sentence of an element, an attribute, a dialog's title and a page of HTML is found, a label is not", () => {
  const source = [
    'const a = <p class="wide tall blue round">Jobs of <b>{name}</b> wait for memory</p>;',
    'const b = <input title="The name of the view" placeholder="Name" />;',
    "const c = { title: `Retry all of these $" + "{count}?` };",
    "const d = html`<p>Sign in with <code>x</code></p><p>Copy it now, please</p>`;",
    "const e = <button>Save this view</button>;",
  ];
  const lines = sentencesIn("src/dashboard/a.tsx", source.join("\n"), SENTENCE).map(({ line }) => line);
  expect(lines).toEqual([1, 2, 3, 4]);
});

test("a sentence in a thrown error, a log line or a template is found, SQL and labels are not", () => {
  const source = [
    'throw new Failure("x", "the file is empty: send another");',
    "log.info({ at }, `$" + "{jobs} of them wait for $" + "{target} now`);",
    'const QUERY = "SELECT the id of FROM jobs";',
    'const label = "three words only";',
    'const field = t.String({ description: "What the client has sent with it" });',
  ];
  expect(sentencesIn("a.ts", source.join("\n"), SENTENCE).map(({ line }) => line)).toEqual([1, 2]);
});
