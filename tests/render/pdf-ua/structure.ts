// The structure of a PDF as another reader finds it, and what of it is wrong.
import type { Dictionary, Value } from "../pdf-objects.ts";
import type { Condition, Must } from "./conditions.ts";

/** ISO 32000-1, 14.8.4. */
const STANDARD = new Set(
  (
    "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl LBody " +
    "Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP Warichu WT WP Figure " +
    "Formula Form"
  ).split(" "),
);

/** Which element may be whose child, by the condition for it: ISO 32000-1, tables 333 and 336 to 338. */
const SYNTAX: readonly {
  readonly condition: Condition;
  readonly parents: Readonly<Record<string, readonly string[]>>;
  readonly children: Readonly<Record<string, readonly string[]>>;
}[] = [
  {
    condition: "09-004",
    parents: {
      TR: ["Table", "THead", "TBody", "TFoot"],
      TH: ["TR"],
      TD: ["TR"],
      THead: ["Table"],
      TBody: ["Table"],
      TFoot: ["Table"],
    },
    children: {
      Table: ["TR", "Caption", "THead", "TBody", "TFoot"],
      ...{ THead: ["TR"], TBody: ["TR"], TFoot: ["TR"], TR: ["TH", "TD"] },
    },
  },
  {
    condition: "09-005",
    parents: { LI: ["L"], LBody: ["LI"] },
    children: { L: ["LI", "Caption", "L"], LI: ["Lbl", "LBody"] },
  },
  {
    condition: "09-006",
    parents: { TOCI: ["TOC"] },
    children: { TOC: ["TOCI", "TOC", "Caption"], TOCI: ["Lbl", "Reference", "NonStruct", "P", "TOC"] },
  },
  {
    condition: "09-007",
    parents: { RB: ["Ruby"], RT: ["Ruby"], RP: ["Ruby"] },
    children: { Ruby: ["RB", "RT", "RP"] },
  },
  { condition: "09-008", parents: { WT: ["Warichu"], WP: ["Warichu"] }, children: { Warichu: ["WT", "WP"] } },
];

/** A run of a page, an annotation, or an element. */
export type Kid =
  | { readonly page: string; readonly run: number }
  | { readonly page: string; readonly annotation: string }
  | Node;

export interface Node {
  readonly ref: string;
  readonly role: string;
  readonly dict: Dictionary;
  readonly parent: Node | null;
  /** Its attributes, which elements may share. */
  readonly attributes: Dictionary;
  readonly kids: Kid[];
}

export function isNode(kid: Kid): kid is Node {
  return "role" in kid;
}

/** The elements within one. */
export function nodesOf({ kids }: Node): readonly Node[] {
  return kids.filter(isNode);
}

export interface Structure {
  readonly top: readonly Node[];
  /** In the order in which they are read. */
  readonly all: readonly Node[];
  /** By page and number of each run, and by the object of each annotation. */
  readonly runs: ReadonlyMap<string, Node>;
  readonly annotated: ReadonlyMap<string, Node>;
}

type Resolve = (value: Value | undefined) => Value | undefined;

/** Reads the structure below its root. */
export function readStructure(tree: Dictionary, root: string, resolve: Resolve, must: Must): Structure {
  const dict = (value: Value | undefined): Dictionary => (resolve(value) ?? {}) as Dictionary;
  const roleOf = standardTypes(dict(tree["/RoleMap"]), must);
  const runs = new Map<string, Node>();
  const annotated = new Map<string, Node>();
  const all: Node[] = [];
  const seen = new Set<string>();
  const walk = (ref: Value, parent: Node | null): Node => {
    const own = dict(ref);
    const role = roleOf(String(own["/S"]).slice(1));
    must(own["/P"] === (parent?.ref ?? root), "00", `a ${role} names another parent than it has`);
    must(!seen.has(String(ref)), "00", `a ${role} is there twice`);
    seen.add(String(ref));
    const node: Node = { ref: String(ref), role, dict: own, parent, attributes: dict(own["/A"]), kids: [] };
    all.push(node);
    for (const kid of listOf(own["/K"], resolve)) {
      const item = typeof kid === "number" ? { "/Type": "/MCR", "/MCID": kid } : dict(kid);
      const page = String(item["/Pg"] ?? own["/Pg"]);
      if (item["/Type"] === "/MCR") {
        const key = `${page} ${item["/MCID"]}`;
        must(!runs.has(key), "00", `run ${key} is of two elements`);
        runs.set(key, node);
        node.kids.push({ page, run: Number(item["/MCID"]) });
      } else if (item["/Type"] === "/OBJR") {
        annotated.set(String(item["/Obj"]), node);
        node.kids.push({ page, annotation: String(item["/Obj"]) });
      } else if (!seen.has(String(kid))) node.kids.push(walk(kid, node));
    }
    return node;
  };
  const top = listOf(tree["/K"], resolve).map((ref) => walk(ref, null));
  return { top, all, runs, annotated };
}

export function listOf(value: Value | undefined, resolve: Resolve): readonly Value[] {
  const found = resolve(value);
  return found === undefined || found === null ? [] : Array.isArray(found) ? found : [value as Value];
}

/** The standard type that a type stands for. */
function standardTypes(map: Dictionary, must: Must): (type: string) => string {
  const standsFor = (type: string): string => String(map[`/${type}`] ?? "").slice(1);
  for (const own of Object.keys(map)) {
    const met = new Set<string>();
    let type = own.slice(1);
    must(!STANDARD.has(type), "02-004", type);
    while (standsFor(type) !== "" && !met.has(type)) {
      met.add(type);
      type = standsFor(type);
    }
    must(!met.has(type), "02-003", type);
    must(met.has(type) || STANDARD.has(type), "02-001", type);
  }
  return (type) => {
    const met = new Set<string>();
    let found = type;
    while (!STANDARD.has(found) && standsFor(found) !== "" && !met.has(found)) {
      met.add(found);
      found = standsFor(found);
    }
    must(STANDARD.has(found), "02-001", type);
    return found;
  };
}

/** What is wrong with single elements and with headings and notes among each other. */
export function checkStructure({ top, all }: Structure, tree: Dictionary, resolve: Resolve, must: Must): void {
  must(top.length === 1 && top[0]?.role === "Document", "00", "the structure is not one document");
  const ids = all.filter(({ role }) => role === "Note").map(({ dict }) => dict["/ID"]);
  const given = ids.filter((id) => id !== undefined);
  must(given.length === ids.length, "19-003");
  must(new Set(given).size === given.length, "19-004");
  const idTree = (resolve(tree["/IDTree"]) ?? {}) as Dictionary;
  must(ids.length === 0 || idTree["/Names"] !== undefined, "00", "ids without their tree");
  for (const node of all) {
    checkSyntax(node, must);
    checkNode(node, must);
  }
  checkHeadings(all, must);
}

function checkSyntax(node: Node, must: Must): void {
  for (const child of nodesOf(node))
    for (const { condition, parents, children } of SYNTAX) {
      must((parents[child.role] ?? [node.role]).includes(node.role), condition, `a ${child.role} in a ${node.role}`);
      must((children[node.role] ?? [child.role]).includes(child.role), condition, `a ${child.role} in a ${node.role}`);
    }
  // What must have certain elements within has no text of its own.
  const condition = SYNTAX.find(({ children }) => node.role in children)?.condition;
  if (condition !== undefined) must(node.kids.every(isNode), condition, `text in a ${node.role}`);
}

/** A text that is there and has content. */
export function hasWords(value: Value | undefined): boolean {
  return String(value ?? "u:").length > 2;
}

function checkNode(node: Node, must: Must): void {
  const { role, dict, attributes } = node;
  if (role === "Figure") {
    must(hasWords(dict["/Alt"]) || hasWords(dict["/ActualText"]), "13-004");
    must(attributes["/BBox"] !== undefined, "00", "a figure that is nowhere");
  }
  if (role === "Formula") must(hasWords(dict["/Alt"]) || hasWords(dict["/ActualText"]), "17-002");
  if (role === "TH")
    must(
      ["/Row", "/Column", "/Both"].includes(String(attributes["/Scope"])) || attributes["/Headers"] !== undefined,
      "15-003",
    );
  must(nodesOf(node).filter((child) => child.role === "H").length <= 1, "14-006");
  if (role === "Table") checkTable(node, must);
  must(nodesOf(node).filter((child) => child.role === "TOC").length <= 1, "00", "contents in several lists");
  if (role === "TOCI") must(annotationsOf(node) === 1, "00", "an entry of the contents that is not one link");
}

function annotationsOf({ kids }: Node): number {
  return kids.reduce((sum, kid) => sum + (isNode(kid) ? annotationsOf(kid) : "annotation" in kid ? 1 : 0), 0);
}

/** Not required by the Matterhorn Protocol, but of every table of a report. */
function checkTable(table: Node, must: Must): void {
  const rows = nodesOf(table)
    .filter(({ role }) => role === "TR")
    .map(nodesOf);
  const sizes = new Set(rows.map((cells) => cells.length));
  must(rows.length > 0, "00", "a table without rows");
  must(sizes.size <= 1, "00", `a table with rows of ${[...sizes].join(", ")} cells`);
  must(
    rows.flat().some(({ role }) => role === "TH"),
    "00",
    "a table without heads",
  );
  for (const [index, cells] of rows.entries()) {
    const heads = cells.filter(({ role }) => role === "TH");
    const scopes = new Set(heads.map(({ attributes }) => attributes["/Scope"]));
    const isHeadRow = cells.length > 1 && cells.every(({ role }) => role === "TH");
    must(heads.length > 0, "00", "a row without a head");
    must(heads.every(saysSomething), "00", "a head that says nothing");
    must(saysSomething(cells[0] ?? table), "00", "a row that begins with nothing");
    must(!isHeadRow || !scopes.has("/Row"), "00", "a row of heads that are of their row");
    // Such as of houses, and of these of those with two bedrooms.
    const first = cells.findIndex(({ role }) => role === "TH");
    must(
      heads.every((head, at) => head === cells[first + at]),
      "00",
      "a row with heads that are apart",
    );
    must(isHeadRow || !scopes.has("/Column") || cells.length === 1, "00", "a column's head among cells");
    must(!isHeadRow || index < 2, "00", "a row of heads within a table");
  }
  const roles = nodesOf(table).map(({ role }) => role);
  for (const [index, role] of roles.entries())
    must(role !== "Caption" || index === 0 || index === roles.length - 1, "00", "a caption in the middle of its table");
}

/** Words, or what is read instead of them. */
function saysSomething({ kids, dict }: Node): boolean {
  return kids.length > 0 || hasWords(dict["/Alt"]);
}

function checkHeadings(all: readonly Node[], must: Must): void {
  const levels = all.flatMap(({ role }) => (/^H[1-6]$/.test(role) ? [Number(role[1])] : []));
  must((levels[0] ?? 1) === 1, "14-002");
  for (const [index, level] of levels.entries())
    must(level <= (levels[index - 1] ?? level) + 1, "14-003", `${level} after ${levels[index - 1]}`);
  must(levels.length === 0 || !all.some(({ role }) => role === "H"), "14-007");
}

/** The language of an element: its own, or that of one that it is within. */
export function languageOf(node: Node | null | undefined): Value | undefined {
  return node == null ? undefined : (node.dict["/Lang"] ?? languageOf(node.parent));
}
