import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { PDFDocument } from "@cantoo/pdf-lib";
import { seriesInWords } from "../../src/render/charts/in-words.ts";
import { renderPdf } from "../../src/render/document.ts";
import { DRAW } from "../../src/render/documents.ts";
import { runsFromRight } from "../../src/render/fonts/scripts.ts";
import { joinPdfs } from "../../src/render/joined/complete.ts";
import type { DrawnKind } from "../../src/report/documents.ts";
import { BANDS } from "../../src/report/input/price-band.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { withPrograms } from "../programs.ts";
import { dataSet, model, type OPTIONS } from "./data-sets.ts";
import { DOCUMENTS, drawDocument, OPTION, rich } from "./every-document.ts";
import { type Dictionary, dataOf, objectsOf } from "./pdf-objects.ts";
import { isNode, type Kid } from "./pdf-ua/structure.ts";
import { accessibilityFaults, readAccessibly } from "./pdf-ua.ts";
import { readingOf, unreadOf } from "./reading.ts";

setDefaultTimeout(180_000);

const testPdf = withPrograms("qpdf", "pdfinfo");
const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const quiet = () => {};

async function drawn(kind: DrawnKind, name: string, data = rich(), options = {}): Promise<string> {
  const { bytes } = await DRAW[kind](data, { ...OPTION, ...options }, quiet);
  await Bun.write(at(name), bytes);
  return at(name);
}

/** By what is in the file: poppler takes seconds for it. */
const structures = new Map<string | number | bigint, Promise<string>>();

/** The structure as poppler reads it. */
async function structureOf(path: string): Promise<string> {
  const content = Bun.hash(await Bun.file(path).bytes());
  const structure = structures.get(content) ?? Bun.$`pdfinfo -struct-text ${path}`.quiet().text();
  structures.set(content, structure);
  return structure;
}

/** The texts of a structure as poppler prints them. */
const wordsIn = (structure: string) => Array.from(structure.matchAll(/^ *"(.*)"$/gm), ([, words = ""]) => words);
/** In their order; those of scripts that run from right to left, which poppler turns around, in any. */
const lettersOf = (texts: readonly string[]) =>
  texts.map((text) => (runsFromRight(text) ? Array.from(text).sort().join("") : text).replace(/\s/g, "")).join("");

const headingsOf = (text: string) =>
  Array.from(text.matchAll(/^ *H([123]) \(block\)\n *"([^"]*)"/gm), ([, level, words]) => [Number(level), words]);

beforeAll(async () => {
  await Promise.all([
    drawn("agents", "agents.pdf"),
    drawn("agents_brief", "brief.pdf"),
    drawn("agency", "agency.pdf"),
    drawn("commission", "commission.pdf"),
  ]);
  const untagged = await PDFDocument.create();
  untagged.setTitle("How to sell");
  untagged.addPage([400, 500]).drawText("Selling", { x: 20, y: 400 });
  await Bun.write(at("front.pdf"), await untagged.save());
});

/** What has figures and is on each page, or is the head of a table of price bands that continues: a repeated head is read once. */
const RUNNING = /NSW 2095|page \d+ of \d+|1 July 2026|under \$\S+ and more/g;

for (const name of Object.keys(DOCUMENTS))
  testPdf(`it is accessible, and read aloud as what is on its pages, once and in its order: ${name}`, async () => {
    const path = at(`${Bun.randomUUIDv7()}.pdf`);
    await Bun.write(path, (await drawDocument(name)).bytes);
    const reading = await readAccessibly(path);
    expect(reading.faults).toEqual([]);
    const { read, words, faults } = readingOf(reading);
    expect(faults).toEqual([]);
    expect(read.length).toBeGreaterThan(5);
    expect(unreadOf(reading).replace(RUNNING, "")).not.toMatch(/\d/);
    // Another reader finds the same words in the same order.
    expect(lettersOf(wordsIn(await structureOf(path)))).toBe(lettersOf(words.map(({ text }) => text)));
    for (const node of reading.structure.all)
      if (node.role === "Figure") expect(String(node.dict["/Alt"])).toMatch(/^u:\S.{3}/);
  });

testPdf("invisible names, and others of odd characters, leave a document that is accessible", async () => {
  const names = [
    "\u200b",
    "\u0000\u0001",
    "\u3000 ",
    "\u0301lead",
    "Z\u0301\u0302\u0303ed",
    "V\ufe0fs",
    "Lo\ud800ne",
    "\ue000\uffff",
  ];
  const data = dataSet({ agents: names.length, agencies: 2, sales: 60, agentName: (index) => names[index] ?? "" });
  for (const kind of ["agents", "agents_brief"] as const) {
    const { bytes, warnings } = await DRAW[kind](data, OPTION, quiet);
    await Bun.write(at("odd.pdf"), bytes);
    expect(await accessibilityFaults(at("odd.pdf"))).toEqual([]);
    expect(warnings?.[0]).toContain("No font has all letters of");
  }
});

testPdf("one without structure is found out, so that a document without faults has one", async () => {
  const faults = await accessibilityFaults(at("front.pdf"));
  for (const number of ["06-002", "00: not marked as tagged", "01-005"])
    expect(faults.some((fault) => fault.startsWith(number))).toBe(true);
});

testPdf(
  "it is read in its order, with headings, tables with heads, lists, and contents that lead somewhere",
  async () => {
    const text = await structureOf(at("agents.pdf"));
    const headings = headingsOf(text);
    expect(headings.slice(0, 3)).toEqual([
      [1, "Manly"],
      [2, "CONTENTS"],
      [2, "The verdict"],
    ]);
    const chapters = headings.filter(([level]) => level === 2).map(([, words]) => words);
    for (const chapter of ["The agencies", "The agents", "The top agents", "Recent sales", "Method"])
      expect(chapters).toContain(chapter);
    const order = chapters.map((chapter) => text.indexOf(`"${chapter}"`, text.indexOf('"The verdict"') - 40));
    expect(order.slice(1)).toEqual(order.slice(1).toSorted((a, b) => a - b));
    // A row of the agencies' table: its rank, its name as the row's head, its share beside the bar that is not read.
    expect(text).toMatch(
      /TR\n *TD\n *"1"\n(?: *TD\n(?: *"[^"]*"\n)?)? *TH:\s+\/Scope \/Row\n *"[^"]+"\n *TD\n *"[\d.]+%"/,
    );
    expect(text).toMatch(/TOCI\n *Reference \(inline\)\n *Link \(inline\)\n *"The verdict 2"\n *Object \d+ \d+/);
    // What is on two lines of a cell is not one word.
    expect(text).toMatch(/"\d+\/\d+ Pine Street, Manly (?:Fairlight · )?(?:House|Unit) · /);
    expect(text).toContain('"Norfolk & Pine Property Mia Nguyễn"');
    expect(text).toMatch(/LI \(block\)\n *Lbl \(block\)\n *"SALES, 12 MONTHS"\n *LBody \(block\)/);
    // The head of a table that continues is read once, and running heads, page numbers and monograms not at all.
    expect(text.match(/"AGENCY AND AGENT"/g)).toHaveLength(1);
    expect(text).not.toMatch(/page \d+ of \d+/);
    // Synthetic data is labelled before all else.
    expect(text.slice(0, 90)).toContain("SAMPLE · SYNTHETIC DATA");
  },
);

testPdf("the contents are one list, and each entry is one link that is as wide as its line", async () => {
  const { structure } = await readAccessibly(at("agents.pdf"));
  const { resolve } = await objectsOf(at("agents.pdf"));
  const links = structure.all.filter(({ role, parent }) => role === "Link" && parent?.role === "Reference");
  const widths = links.flatMap(({ kids }) =>
    kids.flatMap((kid) => {
      if (!("annotation" in kid)) return [];
      const { "/Rect": rect } = resolve(kid.annotation) as { "/Rect": readonly number[] };
      return [Math.round((rect[2] ?? 0) - (rect[0] ?? 0))];
    }),
  );
  expect(links.length).toBeGreaterThan(8);
  expect(widths).toEqual(links.map(() => 232));
  expect(structure.all.filter(({ role }) => role === "TOC")).toHaveLength(1);
});

testPdf("a name in several faces is one link, and in one language one part", async () => {
  const names = ["ಕೃಷ್ಣ ಮೂರ್ತಿ", "さくら Chan", "Ελένη Παππά", "דניאל כהן"];
  const data = dataSet({ agents: 4, agencies: 2, sales: 60, agentName: (index) => names[index] ?? "" });
  const { structure, contents } = await readAccessibly(await drawn("agents", "faces.pdf", data));
  const links = structure.all.filter(({ role, parent }) => role === "Link" && parent?.role === "TH");
  const said = links.map(({ kids }) =>
    kids.flatMap((kid) => ("annotation" in kid ? contents.get(kid.annotation) : [])),
  );
  expect(said.toSorted()).toEqual(names.map((name) => [name]).toSorted());
  // A name that is all in one language is a link in it, whose contents then are, too; of another a part is.
  const inLanguages = links.map(({ dict, kids }) => [
    String(dict["/Lang"]).slice(2),
    ...kids.flatMap((kid) => ("role" in kid ? String(kid.dict["/Lang"]).slice(2) : [])),
  ]);
  expect(inLanguages.toSorted()).toEqual([["defined", "ja"], ["el"], ["he"], ["kn"]]);
});

testPdf("a link on several lines is one, which has their areas and is read with all their words", async () => {
  const names = [
    "Bartholomew Wolfeschlegelstein Hausenberger-Dorff",
    "สมชาย ศรีสุวรรณ ณ อยุธยา Wolfeschlegel von Hausen",
    "Zoe",
  ];
  const data = dataSet({ agents: 3, agencies: 2, sales: 60, agentName: (index) => names[index] ?? "" });
  const path = await drawn("agents", "wrapped.pdf", data);
  const { faults, structure, contents } = await readAccessibly(path);
  const { resolve } = await objectsOf(path);
  const links = structure.all.filter(({ role, parent }) => role === "Link" && parent?.role === "TH");
  const found = links.map(({ kids }) =>
    kids.flatMap((kid) => {
      if (!("annotation" in kid)) return [];
      const { "/QuadPoints": quads = [] } = resolve(kid.annotation) as { "/QuadPoints"?: readonly number[] };
      return [[contents.get(kid.annotation), quads.length >= 16]];
    }),
  );
  expect(faults).toEqual([]);
  expect(found.toSorted()).toEqual([[[names[0], true]], [["Zoe", false]], [[names[1], true]]]);
  // What of it is English is read so.
  const parts = links.flatMap(({ kids }) => kids.flatMap((kid) => ("role" in kid ? String(kid.dict["/Lang"]) : [])));
  expect(parts).toEqual(["u:en-AU"]);
});

testPdf("a picture of a person whose name is in another language is described by the name alone, in it", async () => {
  const names = ["สมชาย ใจดี", "さくら Chan", "陳大文", "Zoë Žižek"];
  const data = dataSet({ agents: 4, agencies: 1, sales: 60, agentName: (index) => names[index] ?? "" });
  const photo = rich().agents?.[0]?.photo ?? null;
  const agents = (data.agents ?? []).map((agent) => ({ ...agent, photo }));
  for (const kind of ["agents", "agents_brief"] as const) {
    const { structure } = await readAccessibly(await drawn(kind, "photos.pdf", { ...data, agents }));
    const described = structure.all.flatMap(({ role, dict }) =>
      role === "Figure" ? [[String(dict["/Alt"]).slice(2), String(dict["/Lang"] ?? "").slice(2)]] : [],
    );
    for (const each of [
      ["สมชาย ใจดี", "th"],
      ["Photo of さくら Chan", ""],
      ["陳大文", "und-Hani"],
      ["Photo of Zoë Žižek", ""],
    ])
      expect(described).toContainEqual(each);
  }
});

testPdf("every table has heads of its columns and of its rows, and no row has more cells than another", async () => {
  for (const name of ["agents.pdf", "brief.pdf", "agency.pdf", "commission.pdf"]) {
    const { structure } = await readAccessibly(at(name));
    const { resolve } = await objectsOf(at(name));
    const scopeOf = (node: Kid) =>
      isNode(node) && node.role === "TH" ? (resolve(node.dict["/A"]) as Dictionary)["/Scope"] : undefined;
    const tables = structure.all.filter(({ role }) => role === "Table");
    expect(tables.length).toBeGreaterThan(0);
    for (const { kids } of tables) {
      const [head = [], ...rows] = kids.flatMap((kid) => (isNode(kid) && kid.role === "TR" ? [kid.kids] : []));
      expect(head.map(scopeOf)).toEqual(head.map(() => "/Column"));
      for (const row of rows) {
        expect(row).toHaveLength(head.length);
        expect(row.map(scopeOf)).toContain("/Row");
      }
    }
  }
});

testPdf(
  "each row of a table by type and bedrooms begins with its type and its bedrooms, which are its heads",
  async () => {
    for (const [name, from, to] of [
      ["agents.pdf", "By bedrooms", "Location"],
      ["agency.pdf", "Asking rents", "On the market"],
    ] as const) {
      const text = await structureOf(at(name));
      const table = text.slice(text.lastIndexOf(`"${from}"`), text.lastIndexOf(`"${to}"`));
      const rows = table.split(/^ *TR$/m).slice(2);
      expect(rows.length).toBeGreaterThan(5);
      for (const row of rows)
        expect(row).toMatch(
          /^\s*(?:TH:\s+\/Scope \/Row\n *"(?:Houses|Units)"\n *)TH:\s+\/Scope \/Row\n *"(?:\d|all|Studio)/,
        );
    }
  },
);

testPdf("definitions and sources are lists", async () => {
  const text = await structureOf(at("agents.pdf"));
  const method = text.slice(text.lastIndexOf('"Method"'));
  expect(method).toMatch(/^ *L:?[\s\S]*?LI \(block\)\n *LBody \(block\)\n *"Sales, 12 months Properties sold/m);
  expect(method.match(/^ *L[: ]/gm)).toHaveLength(2);
  expect(method).toMatch(/LI \(block\)\n *Lbl \(block\)\n *"Test registry"\n *LBody \(block\)\n *"synthetic sample/);
});

testPdf("a commission document reads its figures under their labels, and its bands as a table with heads", async () => {
  const text = await structureOf(at("commission.pdf"));
  expect(headingsOf(text).slice(0, 2)).toEqual([
    [1, "Manly"],
    [2, "Paula Partner"],
  ]);
  // The labels of a list's items, and what each is: the figure first.
  expect(text).toMatch(
    /LI \(block\)\n *Lbl \(block\)\n *"USUAL COMMISSION"\n *LBody \(block\)\n *"1\.80–2\.20% "\n *"\$/,
  );
  expect(text).toContain('"FEATURED PARTNER · PAID PLACEMENT"');
  expect(text).toMatch(/TR\n *TH:\s+\/Scope \/Column\n(?: *P \(block\)\n)? *"PRICE BAND"/);
  const rows = text.match(/TH:\s+\/Scope \/Row\n(?: *P \(block\)\n)? *"(?:\$|Less)/g);
  expect(rows).toHaveLength(BANDS.length);
});

testPdf("a brief edition reads its agents row by row, each named by its head", async () => {
  const text = await structureOf(at("brief.pdf"));
  expect(headingsOf(text).map(([level]) => level)).toEqual([1, 2, 2]);
  const heads = Array.from(text.matchAll(/Scope \/Column\n(?: *P \(block\)\n)? *"([^"]+)"/g), ([, words]) => words);
  expect(heads).toEqual(["AGENT", "AGENCY", "AS LEAD", "JOINTLY", "TOTAL VALUE", "MEDIAN"]);
  expect(text.match(/Scope \/Row/g)).toHaveLength(5);
});

testPdf("an agency report reads its agencies row by row, each named by its head, with a logo or without", async () => {
  const text = await structureOf(at("agency.pdf"));
  const league = text.slice(text.lastIndexOf('"The agencies"'), text.lastIndexOf('"The top agencies"'));
  expect(league.match(/\/Scope \/Row/g)).toHaveLength(5);
});

testPdf("names of other scripts are in their language, as far as their letters say which", async () => {
  const names = ["สมชาย", "דניאל", "さくら Chan", "陳大文", "محمد", "Ελένη", "김민수", "Zoë Žižek"];
  const data = dataSet({ agents: names.length, agencies: 2, sales: 60, agentName: (index) => names[index] ?? "" });
  const languages = new Map<string, Set<string | null>>();
  for (const kind of ["agents", "agents_brief"] as const) {
    const path = await drawn(kind, `languages-${kind}.pdf`, data);
    for (const { text, language } of readingOf(await readAccessibly(path)).words)
      languages.set(text.trim(), (languages.get(text.trim()) ?? new Set()).add(language));
  }
  const of = (word: string) => [...(languages.get(word) ?? [])];
  expect(["สมชาย", "さくら", "Chan", "陳大文", "Ελένη", "김민수", "Zoë Žižek"].map(of)).toEqual([
    ["th"],
    ["ja"],
    [null],
    ["und-Hani"],
    ["el"],
    ["ko"],
    [null],
  ]);
  const spoken = new Set([...languages.values()].flatMap((found) => [...found]));
  expect(spoken).toEqual(new Set([null, "el", "he", "ja", "ko", "th", "und-Arab", "und-Hani"]));
});

testPdf("pictures and charts say in words what they show, from the data", async () => {
  const report = model({ agents: 14, agencies: 5, sales: 160, market: true });
  const path = at("words.pdf");
  await Bun.write(path, (await renderPdf(report)).bytes);
  const { dictionaries } = await objectsOf(path);
  const alts = dictionaries.filter((each) => each["/S"] === "/Figure").map((each) => String(each["/Alt"]).slice(2));
  const house = report.market.find(({ category }) => category === "house")?.series ?? [];
  const known = house.flatMap(({ median }) => (median === null ? [] : [median]));
  const money = (value: number) => `$${(value / 1_000_000).toFixed(2)}m`;
  const from = `Median house price, ${known.length} quarters, from ${money(known[0] ?? 0)} to ${money(known.at(-1) ?? 0)}`;
  expect(alts.some((alt) => alt.startsWith(from))).toBe(true);
  expect(alts.some((alt) => /^Map: Manly and its nearest neighbours: .+ km /.test(alt))).toBe(true);
  expect(alts.some((alt) => /^Sales per quarter, Sep 24 to Jun 26: (?:\d+, ){7}\d+$/.test(alt))).toBe(true);
  const photos = (await objectsOf(at("agents.pdf"))).dictionaries.map((each) => String(each["/Alt"]));
  expect(photos.some((alt) => /^u:Photo of /.test(alt))).toBe(true);
  expect(photos).toContain("u:Logo of Smith & Co");
});

test("a series is described from its first to its last value, with what lies beyond", () => {
  const point = (periodEnd: string, value: number | null) => ({ periodEnd, value });
  const words = (...values: (number | null)[]) =>
    seriesInWords(
      "Sales",
      values.map((value, index) => point(`2026-${String(3 * index + 1).padStart(2, "0")}-31`, value)),
      String,
    );
  expect(words(4, null, 7)).toBe("Sales, 2 quarters, from 4 to 7, Jan 26 to Jul 26");
  expect(words(4, 9, 7)).toBe("Sales, 3 quarters, from 4 to 7, Jan 26 to Jul 26; highest 9");
  expect(words(4, 1, 7)).toBe("Sales, 3 quarters, from 4 to 7, Jan 26 to Jul 26; lowest 1");
  expect(words(4, 4)).toBe("Sales, 2 quarters, 4 in both, Jan 26 to Apr 26");
  expect(words(4, null, 4, 4)).toBe("Sales, 3 quarters, 4 in each, Jan 26 to Oct 26");
  expect(words(4, 9, 4)).toBe("Sales, 3 quarters, 4 in the first and the last, Jan 26 to Jul 26; highest 9");
  expect(words(null, 5, null)).toBe("Sales, Apr 26: 5");
  expect(words(null, null)).toBe("Sales: not known");
  const years = [point("2024-06-30", 1), point("2025-06-30", 2), point("2026-06-30", 3)];
  expect(seriesInWords("Sales", years, String)).toStartWith("Sales, 3 years, from 1 to 3");
});

const own = (name: string) => ({ path: at(name), fixed: false });
const front = { path: at("front.pdf"), fixed: true };

async function joined(parts: readonly { path: string; fixed: boolean }[], options = OPTION as typeof OPTIONS) {
  const path = at(`${Bun.randomUUIDv7()}.pdf`);
  await Bun.write(path, (await joinPdfs(parts, options, quiet)).bytes);
  return path;
}

const count = (dictionaries: readonly Dictionary[] | undefined, role: string) =>
  (dictionaries ?? []).filter((each) => each["/S"] === role).length;

testPdf(
  "a complete document retains the structure of each of its parts, and is as accessible as they are",
  async () => {
    const path = await joined([own("agents.pdf"), own("commission.pdf"), own("agents.pdf")]);
    expect(await accessibilityFaults(path)).toEqual([]);
    const [whole, agents, commission] = await Promise.all(
      [path, at("agents.pdf"), at("commission.pdf")].map(async (each) => (await objectsOf(each)).dictionaries),
    );
    expect(count(whole, "/Part")).toBe(3);
    for (const role of ["/H2", "/TD", "/Figure", "/Link", "/Note"])
      expect(count(whole, role)).toBe(2 * count(agents, role) + count(commission, role));
  },
);

testPdf("a complete document is read back part by part, each as it reads by itself", async () => {
  const words = async (of: string): Promise<readonly string[]> => (await structureOf(of)).match(/"[^"]*"/g) ?? [];
  const parts = await Promise.all(["brief", "commission", "brief"].map((each) => words(at(`${each}.pdf`))));
  expect(await words(await joined([own("brief.pdf"), own("commission.pdf"), own("brief.pdf")]))).toEqual(parts.flat());
});

testPdf(
  "with a part that has no structure it does not say that it is, unless that is requested: then it is refused",
  async () => {
    const path = await joined([front, own("agents.pdf")]);
    const { at: object, catalogue } = await objectsOf(path);
    expect(dataOf(object(catalogue["/Metadata"])).toString()).not.toContain("pdfuaid");
    expect(count((await objectsOf(path)).dictionaries, "/TD")).toBeGreaterThan(100);
    const requested = { ...OPTION, pdfStandard: "PDF/UA-1" as const } as typeof OPTIONS;
    await expect(joined([front, own("agents.pdf")], requested)).rejects.toThrow("front.pdf is not PDF/UA-1");
    expect(await accessibilityFaults(await joined([own("agents.pdf"), own("brief.pdf")], requested))).toEqual([]);
  },
);
