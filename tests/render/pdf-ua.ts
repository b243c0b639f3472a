// Whether a PDF is of PDF/UA-1 (ISO 14289-1), as far as a program can check: by the 87 failure conditions of the Matterhorn
// Protocol 1.1 that are for machines (pdf-ua/conditions.ts), and by what else no report may have.
import { type Dictionary, dataOf, objectsOf, type Value } from "./pdf-objects.ts";
import { checkAnnotation, checkFiles } from "./pdf-ua/annotations.ts";
import { CONDITIONS, type Must } from "./pdf-ua/conditions.ts";
import { markedContent, type Shown } from "./pdf-ua/content.ts";
import { type ReadFont, readFont } from "./pdf-ua/fonts.ts";
import { checkStructure, languageOf, listOf, readStructure, type Structure } from "./pdf-ua/structure.ts";

/** A run of a page: its text, or what it is read as. */
export interface Run {
  readonly text: string;
}

export interface Reading {
  /** Every condition that the PDF fails, in words that begin with its number; none for one that is of PDF/UA-1. */
  readonly faults: readonly string[];
  readonly structure: Structure;
  /** By page, in the order in which they are painted: the text that is set, in a run or in none. */
  readonly pages: ReadonlyMap<string, readonly { readonly run: number | null; readonly text: string }[]>;
  /** By the object of each annotation. */
  readonly contents: ReadonlyMap<string, string>;
}

export async function accessibilityFaults(path: string): Promise<readonly string[]> {
  const encryption = encryptionFaults(await Bun.file(path).bytes());
  return encryption ?? (await readAccessibly(path)).faults;
}

/** Bit 10 of the permissions (ISO 32000-1, table 22). */
const FOR_ACCESSIBILITY = 1 << 9;

/** What is wrong with a file that is encrypted, which is not read here; null of one that is not. */
function encryptionFaults(bytes: Uint8Array): readonly string[] | null {
  const file = Buffer.from(bytes).toString("latin1");
  const reference = /\/Encrypt\s+(\d+)\s+0\s+R/.exec(file);
  if (reference === null) return null;
  const [, dictionary = ""] = new RegExp(`\\b${reference[1]} 0 obj([\\s\\S]*?)endobj`).exec(file) ?? [];
  const permissions = /\/P\s+(-?\d+)/.exec(dictionary)?.[1];
  if (permissions === undefined) return [`26-001: ${CONDITIONS["26-001"]}`];
  if ((Number(permissions) & FOR_ACCESSIBILITY) === 0) return [`26-002: ${CONDITIONS["26-002"]}`];
  return ["00: encrypted"];
}

/** Reads a PDF by its structure. */
export async function readAccessibly(path: string): Promise<Reading> {
  const { at, resolve, objects, trailer, catalogue } = await objectsOf(path);
  const faults = new Set<string>();
  const must: Must = (holds, condition, detail = "") => {
    const words = condition === "00" ? detail : `${CONDITIONS[condition]}${detail === "" ? "" : ` (${detail})`}`;
    if (!holds) faults.add(`${condition}: ${words}`);
  };
  const dict = (value: Value | undefined): Dictionary => (resolve(value) ?? {}) as Dictionary;
  const list = (value: Value | undefined) => listOf(value, resolve);
  const reader = { resolve, at };
  must(trailer["/Encrypt"] === undefined, "00", "encrypted");

  const tree = dict(catalogue["/StructTreeRoot"]);
  const structure = readStructure(tree, String(catalogue["/StructTreeRoot"]), resolve, must);
  checkStructure(structure, tree, resolve, must);
  checkCatalogue(catalogue, reader, must);
  checkFiles(everyDictionary(Object.values(objects)), must);

  const language = catalogue["/Lang"];
  for (const node of structure.all) {
    const isDescribed = ["/Alt", "/ActualText", "/E"].some((key) => node.dict[key] !== undefined);
    must(!isDescribed || language || languageOf(node), "11-002");
  }
  const fonts = new Map<string, ReadFont>();
  for (const [name, { value }] of Object.entries(objects)) {
    const font = value as Dictionary | undefined;
    // The fonts within composite ones are read with them.
    const isFont = font?.["/Type"] === "/Font" && !String(font["/Subtype"]).startsWith("/CIDFont");
    if (font && isFont) fonts.set(name.slice(4), readFont(font, reader, must));
  }
  const parents = parentsOf(dict(tree["/ParentTree"]), dict, list);
  const forms = new Map<string, { times: number; runs: number }>();
  const unread = new Set(structure.runs.keys());
  const pages = new Map<string, { run: number | null; text: string }[]>();
  for (const page of pagesOf(catalogue, dict, list)) {
    const own = dict(page);
    const texts: { run: number | null; text: string }[] = [];
    pages.set(page, texts);
    const paint = (content: string, resources: Dictionary, where: string, inside: boolean) => {
      const marked = markedContent(content, must, where, inside);
      for (const shown of marked.shown) {
        const font = fonts.get(String(dict(resources["/Font"])[`/${shown.font}`]));
        must(font, "00", `a text in no font ${where}`);
        const element = structure.runs.get(`${page} ${shown.run}`);
        if (font !== undefined) {
          texts.push({ run: shown.run, text: shown.actual ?? read(shown, font) });
          checkText(shown, font, element?.role === "Formula", must);
        }
        must(shown.run === null || language || languageOf(element), "11-001");
      }
      for (const painted of marked.painted) {
        const reference = String(dict(resources["/XObject"])[`/${painted.name}`]);
        const { stream } = at(reference) ?? {};
        if (stream?.dict["/Subtype"] !== "/Form") continue;
        const form = forms.get(reference) ?? { times: 0, runs: 0 };
        forms.set(reference, form);
        form.times += 1;
        if (form.times > 1) continue;
        const within = dataOf({ stream }).toString("latin1");
        const formRuns = paint(within, dict(stream.dict["/Resources"]), `in form ${reference}`, painted.inside);
        form.runs = formRuns.length;
      }
      return marked.runs;
    };
    const content = list(own["/Contents"]).map((stream) => dataOf(at(stream)).toString("latin1"));
    const runs = paint(content.join("\n"), dict(own["/Resources"]), `on page ${page}`, false);
    const elements = list(parents.get(Number(own["/StructParents"])));
    must(new Set(runs).size === runs.length, "00", `a run's number is used twice on page ${page}`);
    must(elements.length === runs.length, "00", `the parent tree has not the runs of page ${page}`);
    for (const run of runs) {
      const element = structure.runs.get(`${page} ${run}`);
      must(element, "01-005", `run ${run} of page ${page} is of no element`);
      must(elements[run] === element?.ref, "00", `the parent tree leads elsewhere for run ${run} of page ${page}`);
      unread.delete(`${page} ${run}`);
    }
    const annotations = list(own["/Annots"]);
    must(annotations.length === 0 || own["/Tabs"] !== undefined, "28-008");
    must(annotations.length === 0 || (own["/Tabs"] ?? "/S") === "/S", "28-009", String(own["/Tabs"]));
    for (const annotation of annotations) {
      checkAnnotation(annotation, structure, language, reader, must);
      const key = dict(annotation)["/StructParent"];
      const element = structure.annotated.get(String(annotation));
      must(element === undefined || parents.get(Number(key)) === element.ref, "00", "a link's parent is another");
    }
  }
  must(unread.size === 0, "00", `elements have ${unread.size} runs that are on no page`);
  for (const { times, runs } of forms.values()) must(times <= 1 || runs === 0, "30-002");
  const contents = new Map(
    [...structure.annotated.keys()].map((key) => [key, String(dict(key)["/Contents"] ?? "u:").slice(2)]),
  );
  return { faults: [...faults], structure, pages, contents };
}

function codesOf({ codes }: Shown, { bytesOfCode }: ReadFont): readonly number[] {
  return Array.from({ length: codes.length / bytesOfCode }, (_, at) => codes.readUIntBE(at * bytesOfCode, bytesOfCode));
}

function read(shown: Shown, font: ReadFont): string {
  return codesOf(shown, font)
    .map((code) => font.textOf(code) ?? "")
    .join("");
}

function checkText(shown: Shown, font: ReadFont, isFormula: boolean, must: Must): void {
  for (const code of new Set(codesOf(shown, font))) {
    font.check(code);
    must(!isFormula || (font.textOf(code) ?? "") !== "", "17-003");
  }
}

type Reader = Parameters<typeof readFont>[1];

/** What the document declares about itself. */
function checkCatalogue(catalogue: Dictionary, { resolve, at }: Reader, must: Must): void {
  const dict = (value: Value | undefined): Dictionary => (resolve(value) ?? {}) as Dictionary;
  const language = catalogue["/Lang"];
  must(language === undefined || /^u:[a-z]{2,3}(-[A-Za-z0-9]+)*$/.test(String(language)), "00", `Lang ${language}`);
  const stream = at(catalogue["/Metadata"]);
  const xmp = dataOf(stream).toString();
  must(stream?.stream, "06-001");
  must(/<pdfuaid:part>1<\/pdfuaid:part>/.test(xmp), "06-002");
  const title = /<dc:title>\s*<rdf:Alt>\s*<rdf:li([^>]*)>[^<]/.exec(xmp);
  must(title, "06-003");
  must(language ?? /xml:lang="(?!x-default)/.exec(title?.[1] ?? ""), "11-006");
  must(catalogue["/Outlines"] === undefined || language, "11-003");
  const { "/DisplayDocTitle": shown } = dict(catalogue["/ViewerPreferences"]);
  must(shown !== undefined, "07-001");
  must(shown !== false, "07-002");
  const { "/Marked": marked, "/Suspects": suspects } = dict(catalogue["/MarkInfo"]);
  must(marked === true, "00", "not marked as tagged");
  must(suspects !== true, "01-007");
  const layers = dict(catalogue["/OCProperties"]);
  must(catalogue["/OCProperties"] === undefined, "00", "layers, whose content is not looked at here");
  const configurations = ((resolve(layers["/Configs"]) ?? []) as readonly Value[]).map(dict);
  const named = ({ "/Name": name }: Dictionary) => String(name ?? "u:").length > 2;
  must(configurations.every(named), "20-001");
  if (layers["/D"] !== undefined) must(named(dict(layers["/D"])), "20-002");
  must(
    [...configurations, dict(layers["/D"])].every((each) => each["/AS"] === undefined),
    "20-003",
  );
  const form = dict(catalogue["/AcroForm"]);
  const parts = at(form["/XFA"]) === undefined ? ((resolve(form["/XFA"]) ?? []) as readonly Value[]) : [form["/XFA"]];
  const xfa = parts.map((part) => dataOf(at(part as Value)).toString()).join("");
  must(!/<dynamicRender>\s*required/.test(xfa), "25-001");
}

function parentsOf(
  tree: Dictionary,
  dict: (value: Value | undefined) => Dictionary,
  list: (value: Value | undefined) => readonly Value[],
): ReadonlyMap<number, Value> {
  const parents = new Map<number, Value>();
  const readTree = (of: Dictionary): void => {
    const nums = list(of["/Nums"]);
    for (let index = 0; index + 1 < nums.length; index += 2) parents.set(Number(nums[index]), nums[index + 1] ?? null);
    for (const kid of list(of["/Kids"])) readTree(dict(kid));
  };
  readTree(tree);
  return parents;
}

/** The objects of the pages, in their order. */
function pagesOf(
  catalogue: Dictionary,
  dict: (value: Value | undefined) => Dictionary,
  list: (value: Value | undefined) => readonly Value[],
): readonly string[] {
  const below = (node: Value | undefined): readonly string[] =>
    dict(node)["/Type"] === "/Page" ? [String(node)] : list(dict(node)["/Kids"]).flatMap(below);
  return below(catalogue["/Pages"]);
}

function everyDictionary(values: readonly unknown[]): readonly Dictionary[] {
  return values.flatMap((value): readonly Dictionary[] => {
    if (Array.isArray(value)) return everyDictionary(value);
    if (typeof value !== "object" || value === null) return [];
    return [value as Dictionary, ...everyDictionary(Object.values(value))];
  });
}
