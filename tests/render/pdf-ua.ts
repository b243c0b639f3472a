// Whether a PDF is of PDF/UA-1 (ISO 14289-1), as far as a machine can say: the failure conditions of the Matterhorn
// Protocol 1.1 that are for machines, those a report could meet. Numbers are the protocol's.
import { type Dictionary, dataOf, objectsOf, type Value } from "./pdf-objects.ts";

/** ISO 32000-1, 14.8.4. */
const STANDARD = new Set(
  (
    "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl LBody " +
    "Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP Warichu WT WP Figure " +
    "Formula Form"
  ).split(" "),
);
/** Who may be whose child: ISO 32000-1, 14.8.4.2 and 14.8.4.3. */
const PARENTS: Readonly<Record<string, readonly string[]>> = {
  TR: ["Table", "THead", "TBody", "TFoot"],
  TH: ["TR"],
  TD: ["TR"],
  LI: ["L"],
  Lbl: ["LI", "Note", "TOCI"],
  LBody: ["LI"],
  TOCI: ["TOC"],
};
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  Table: ["TR", "Caption", "THead", "TBody", "TFoot"],
  TR: ["TH", "TD"],
  L: ["LI", "Caption", "L"],
  LI: ["Lbl", "LBody"],
  TOC: ["TOCI", "TOC", "Caption"],
};

interface Node {
  readonly ref: string;
  readonly role: string;
  readonly dict: Dictionary;
  /** Its attributes, which elements may share. */
  readonly attributes: Dictionary;
  readonly children: Node[];
}

/** Every condition that a PDF fails, in words that begin with its number; none for one that is of PDF/UA-1. */
export async function accessibilityFaults(path: string): Promise<readonly string[]> {
  const { at, resolve, objects, dictionaries, trailer, catalogue } = await objectsOf(path);
  const faults: string[] = [];
  const must = (holds: unknown, fault: string) => {
    if (!holds) faults.push(fault);
  };
  const dict = (value: Value | undefined): Dictionary => (resolve(value) ?? {}) as Dictionary;
  const list = (value: Value | undefined): readonly Value[] => {
    const found = resolve(value);
    return found === undefined ? [] : Array.isArray(found) ? found : [value as Value];
  };

  // 06, 07, 11, 20, 21, 25, 26: the document.
  const xmp = dataOf(at(catalogue["/Metadata"])).toString();
  must(/<pdfuaid:part>1<\/pdfuaid:part>/.test(xmp), "06-002: the metadata do not say PDF/UA-1");
  must(/<dc:title>\s*<rdf:Alt>\s*<rdf:li[^>]*>[^<]/.test(xmp), "06-003: no title");
  must(dict(catalogue["/ViewerPreferences"])["/DisplayDocTitle"] === true, "07-002: the title is not shown");
  must(/^u:[a-z]{2}(-[A-Z]{2})?$/.test(String(catalogue["/Lang"])), "11-006: no language");
  must(dict(catalogue["/MarkInfo"])["/Marked"] === true, "01: not marked as tagged");
  must(dict(catalogue["/MarkInfo"])["/Suspects"] !== true, "01-007: suspects");
  must(catalogue["/OCProperties"] === undefined, "20: optional content is not looked at here");
  must(trailer["/Encrypt"] === undefined, "26-001: encrypted");
  must(catalogue["/AcroForm"] === undefined, "25-001: a form");

  // 01, 02, 09, 13, 14, 15, 19: the structure.
  const tree = dict(catalogue["/StructTreeRoot"]);
  const roleMap = dict(tree["/RoleMap"]);
  for (const own of Object.keys(roleMap)) must(!STANDARD.has(own.slice(1)), `02-004: ${own} is mapped anew`);
  const runs = new Map<string, string>();
  const annotated = new Map<string, Node>();
  const all: Node[] = [];
  const seen = new Set<string>();
  const walk = (ref: Value, parent: string): Node => {
    const own = dict(ref);
    const type = String(own["/S"]).slice(1);
    const role = STANDARD.has(type) ? type : String(roleMap[`/${type}`] ?? "").slice(1);
    must(STANDARD.has(role), `02-001: ${type} is no standard type, and stands for none`);
    must(own["/P"] === parent, `a ${type} names another parent than it has`);
    must(!seen.has(String(ref)), `a ${type} is there twice`);
    seen.add(String(ref));
    const node: Node = { ref: String(ref), role, dict: own, attributes: dict(own["/A"]), children: [] };
    all.push(node);
    for (const kid of list(own["/K"])) {
      const item = typeof kid === "number" ? { "/Type": "/MCR", "/MCID": kid } : dict(kid);
      const page = String(item["/Pg"] ?? own["/Pg"]);
      if (item["/Type"] === "/MCR") {
        const key = `${page} ${item["/MCID"]}`;
        must(!runs.has(key), `run ${key} is of two elements`);
        runs.set(key, node.ref);
      } else if (item["/Type"] === "/OBJR") annotated.set(String(item["/Obj"]), node);
      else node.children.push(walk(kid, node.ref));
    }
    return node;
  };
  const top = list(tree["/K"]).map((ref) => walk(ref, String(catalogue["/StructTreeRoot"])));
  must(top.length === 1 && top[0]?.role === "Document", "the structure is not one document");
  const ids = all.filter(({ role }) => role === "Note").map((node) => node.dict["/ID"]);
  must(!ids.includes(undefined as never), "19-003: a note without an id");
  must(new Set(ids).size === ids.length, "19-004: two notes of one id");
  must(ids.length === 0 || dict(tree["/IDTree"])["/Names"] !== undefined, "ids without their tree");
  for (const node of all) checkNode(node, must);
  checkHeadings(all, must);

  // 01, 28: pages, what is on them, and what leads from there.
  const parents = new Map<number, Value>();
  const readTree = (of: Dictionary): void => {
    const nums = list(of["/Nums"]);
    for (let index = 0; index + 1 < nums.length; index += 2) parents.set(Number(nums[index]), nums[index + 1] ?? null);
    for (const kid of list(of["/Kids"])) readTree(dict(kid));
  };
  readTree(dict(tree["/ParentTree"]));
  for (const [name, { value }] of Object.entries(objects)) {
    const page = value as Dictionary | undefined;
    if (typeof page !== "object" || page === null || page["/Type"] !== "/Page") continue;
    const ref = name.slice(4);
    const content = list(page["/Contents"])
      .map((stream) => dataOf(at(stream)).toString("latin1"))
      .join("\n");
    const marked = markedContent(content);
    faults.push(...marked.faults.map((fault) => `${fault} on page ${ref}`));
    const own = list(parents.get(Number(page["/StructParents"])));
    must(new Set(marked.runs).size === marked.runs.length, `a run's number is used twice on page ${ref}`);
    must(own.length === marked.runs.length, `the parent tree has not the runs of page ${ref}`);
    for (const run of marked.runs) {
      const element = runs.get(`${ref} ${run}`);
      must(element !== undefined, `01-005: run ${run} of page ${ref} is of no element`);
      must(own[run] === element, `the parent tree leads elsewhere for run ${run} of page ${ref}`);
      runs.delete(`${ref} ${run}`);
    }
    const annotations = list(page["/Annots"]);
    must(annotations.length === 0 || page["/Tabs"] === "/S", "28-009: a page with links in no tab order");
    for (const annotation of annotations) {
      const link = dict(annotation);
      const element = annotated.get(String(annotation));
      must(element?.role === "Link", "28-011: a link that is of no Link");
      must(String(link["/Contents"] ?? "u:").length > 2, "28-012: a link without contents");
      must(parents.get(Number(link["/StructParent"])) === element?.ref, "a link's parent is another");
    }
  }
  must(runs.size === 0, `elements have ${runs.size} runs that are on no page`);

  // 10, 31: fonts.
  for (const font of dictionaries.filter((each) => each["/Type"] === "/Font")) {
    if (font["/Subtype"] === "/Type0") {
      must(at(font["/ToUnicode"])?.stream !== undefined, "10-001: a font whose letters are no text");
      for (const character of textsOf(dataOf(at(font["/ToUnicode"])).toString()))
        must(!/^0*(0000|feff|fffe)$/i.test(character), `31-028: a glyph that is U+${character}`);
    } else {
      must(font["/CIDToGIDMap"] === "/Identity" || font["/Subtype"] !== "/CIDFontType2", "31-006: no CIDToGIDMap");
      must(
        at(dict(font["/FontDescriptor"])["/FontFile2"])?.stream !== undefined,
        "31-009: a font that is not embedded",
      );
    }
  }
  return faults;
}

type Must = (holds: unknown, fault: string) => void;

function checkNode({ role, dict, attributes, children }: Node, must: Must): void {
  const roles = children.map((child) => child.role);
  for (const child of roles) {
    must((PARENTS[child] ?? [role]).includes(role), `09: a ${child} in a ${role}`);
    must((CHILDREN[role] ?? [child]).includes(child), `09: a ${child} in a ${role}`);
  }
  if (role === "Figure") {
    must(String(dict["/Alt"] ?? "u:").length > 2, "13-004: a figure without words");
    must(attributes["/BBox"] !== undefined, "a figure that is nowhere");
  }
  if (role === "TH") must(["/Row", "/Column"].includes(String(attributes["/Scope"])), "15-003: a head without scope");
  if (role !== "Table") return;
  const rows = children.filter((child) => child.role === "TR").map((row) => row.children.length);
  must(rows.length > 0, "15: a table without rows");
  must(new Set(rows).size === 1, `15: rows of ${[...new Set(rows)].join(", ")} cells`);
  const heads = children.some((row) => row.children.some((cell) => cell.role === "TH"));
  must(heads, "15: a table without heads");
  const captions = roles.flatMap((child, index) => (child === "Caption" ? [index] : []));
  must(
    captions.every((index) => index === 0 || index === roles.length - 1),
    "a caption in the middle of its table",
  );
}

function checkHeadings(all: readonly Node[], must: Must): void {
  const levels = all.flatMap(({ role }) => (/^H[1-6]$/.test(role) ? [Number(role[1])] : []));
  must(levels[0] === 1, "14-002: the first heading is not of the first level");
  for (const [index, level] of levels.entries())
    must(level <= (levels[index - 1] ?? level) + 1, `14-003: a heading of level ${level} after ${levels[index - 1]}`);
}

/** The characters of a ToUnicode map, in hexadecimal. */
function textsOf(map: string): readonly string[] {
  return Array.from(map.matchAll(/<([0-9a-f]+)>/gi), ([, text]) => text ?? "").filter((text) => text.length > 4);
}

const TOKEN = /\((?:[^()\\]|\\.)*\)|<<|>>|<[0-9a-fA-F\s]*>|\[|\]|\/[^\s/<>[\]()]*|[^\s/<>[\]()]+/gs;
const PAINTS = new Set("f F f* S s B B* b b* Tj TJ ' \" Do sh BI".split(" "));

/** The numbered runs of a page's content, and what of it is in none. */
function markedContent(content: string): { readonly runs: readonly number[]; readonly faults: readonly string[] } {
  const open: string[] = [];
  const runs: number[] = [];
  const faults = new Set<string>();
  let before: string[] = [];
  for (const [token] of content.matchAll(TOKEN)) {
    if (token === "BDC" || token === "BMC") {
      const first = before[0] ?? "";
      const number = before[before.indexOf("/MCID") + 1];
      const isRun = before.includes("/MCID");
      if (isRun) runs.push(Number(number));
      // What the glyphs of a run read is written within the run.
      if (open.length > 0 && first !== "/Span")
        faults.add(first === "/Artifact" ? "01-003: an artifact in content" : "01-004: content in content");
      open.push(isRun ? "run" : first);
      before = [];
    } else if (token === "EMC") {
      if (open.pop() === undefined) faults.add("an end without a beginning");
      before = [];
    } else if (/^[A-Za-z'"][A-Za-z0-9*'"]*$/.test(token)) {
      if (PAINTS.has(token) && !open.some((each) => each === "run" || each === "/Artifact"))
        faults.add(`01-005: ${token} in neither content nor artifact`);
      before = [];
    } else before.push(token);
  }
  if (open.length > 0) faults.add("a run without an end");
  return { runs, faults: [...faults] };
}
