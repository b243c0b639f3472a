/*
 * The logical structure of a PDF (ISO 32000-1, 14.7): what is on its pages, in reading order.
 * Sections name the kind of each part with a tag; patches write the structure.
 * Not here: any other room, and sections.
 */

import type { Tag } from "./tag.ts";

/** The logical structure of one document (ISO 32000-1, 14.7): what is on its pages, in the order it is to be read. */

export type Role =
  | Exclude<Tag, "RowHead" | "Joined" | "Artifact" | object>
  | "Document"
  | "Figure"
  | "TOCI"
  | "Reference"
  | "Link"
  | "Span";

export interface Element {
  readonly role: Role;
  readonly parent: Element | null;
  readonly kids: Kid[];
  /** In words what a figure shows. */
  alt: string | undefined;
  readonly scope: "Row" | "Column" | undefined;
  /** The language of its contents, where that is not the document's. */
  readonly lang: string | undefined;
  /** The cell is repeated at the top of each page on which its table continues. */
  readonly repeats: boolean;
  /** Where a figure is on its page: left, top, right, bottom, in points from the page's left top. */
  box: readonly [number, number, number, number] | undefined;
  /** Height of that page. */
  pageHeight: number;
  /** The number of its object, once it has one, and how others refer to it: all references are as wide. */
  id: number;
  reference: string;
}

/** A run of a page's operators, or an annotation of it. Pages and annotations by the numbers of their objects. */
export type Content =
  | { readonly page: number; readonly mcid: number }
  | { readonly page: number; readonly annotation: number };
type Kid = Element | Content;

export type Detail = Partial<Pick<Element, "alt" | "scope" | "repeats" | "lang">>;

const PLAIN: Detail = {};

export function addElement(
  role: Role,
  parent: Element | null,
  { alt, scope, repeats = false, lang }: Detail = PLAIN,
): Element {
  const element = {
    role,
    parent,
    kids: [],
    alt,
    scope,
    lang,
    repeats,
    box: undefined,
    pageHeight: 0,
    id: 0,
    reference: "",
  };
  parent?.kids.push(element);
  return element;
}

/** A row has as many cells as any other, also where there is nothing in one. */
const ALLOWED_EMPTY: ReadonlySet<Role> = new Set(["TR", "TH", "TD"]);

/** What each key of the parent tree leads to: of a page the element of each run, of an annotation its element. */
export type Parents = Map<number, Element | readonly Element[]>;

/** Objects of a PDF with their numbers, each in parts of which one is like the part before; they end with white space. */
export type Objects = readonly (readonly [id: number, ...parts: string[]])[];

/**
 * The structure as objects of a PDF, below the root with the number `root`; `allocate` returns the number of a new object.
 * Most of its bytes are numbers that count up. So similar elements are grouped and numbered in a row: first what has
 * content, page by page and in the order of its runs, so that a page's list of them and a row's count up. All numbers are
 * padded to the same width, and what is alike to the same length.
 */
export function writeTree(document: Element, parents: Parents, root: number, allocate: () => number): Objects {
  prune(document);
  const keys = [...parents].sort(([one], [other]) => one - other);
  const groups = inGroups(document, keys);
  const shared = { Row: allocate(), Column: allocate(), List: allocate() };
  for (const { elements } of groups) for (const element of elements) element.id = allocate();
  const lists = new Map<number, number>();
  for (const [key, of] of keys) if (isRuns(of)) lists.set(key, allocate());
  const parentTree = allocate();

  const digits = String(parentTree).length;
  for (const { elements } of groups) for (const element of elements) element.reference = reference(element, digits);
  const notes: string[] = [];
  const objects: (readonly [number, ...string[]])[] = [];
  for (const { elements, step } of groups)
    for (const element of elements) {
      const body = bodyOf(element, root, notes, shared, digits);
      objects.push([element.id, body.padEnd(Math.ceil((body.length + 1) / step) * step)]);
    }
  const nums: string[] = [];
  for (const [key, of] of keys) {
    const list = lists.get(key);
    if (list !== undefined && isRuns(of))
      objects.push([list, "[", ...of.map((element) => ` ${element.reference}`), "]\n"]);
    nums.push(`${key} ${list === undefined && !isRuns(of) ? reference(of) : `${list} 0 R`} `);
  }
  const ids = notes.length === 0 ? "" : `/IDTree<</Names[${notes.join(" ")}]>>`;
  objects.push(
    [parentTree, "<</Nums[", ...nums, "]>>\n"],
    [shared.Row, "<</O/Table/Scope/Row>>\n"],
    [shared.Column, "<</O/Table/Scope/Column>>\n"],
    // Its labels are arbitrary text.
    [shared.List, "<</O/List/ListNumbering/None>>\n"],
    [
      root,
      `<</Type/StructTreeRoot/K ${reference(document)}/ParentTree ${parentTree} 0 R/ParentTreeNextKey ${nextKey(parents)}/RoleMap<<>>${ids}>>\n`,
    ],
  );
  return objects;
}

/** For the number of an element that will have one. */
const MET = -1;

/** Elements whose objects are alike, each padded to a multiple of `step` so that one is as long as the one before. */
interface ElementGroup {
  readonly elements: Element[];
  readonly step: number;
}

function inGroups(
  document: Element,
  keys: Iterable<readonly [number, Element | readonly Element[]]>,
): readonly ElementGroup[] {
  const [leaves, empty] = [group(50), group(50)];
  const [rows, above, others] = [group(200), group(200), group(200)];
  const put = (element: Element, { elements }: ElementGroup): void => {
    if (element.id === MET) return;
    element.id = MET;
    elements.push(element);
  };
  for (const [, of] of keys)
    for (const element of isRuns(of) ? of : [of]) put(element, isLeaf(element) ? leaves : others);
  const visit = (element: Element): void => {
    const { kids, role } = element;
    put(element, kids.length === 0 ? empty : role === "TR" ? rows : above);
    for (const kid of kids) if (isElement(kid)) visit(kid);
  };
  visit(document);
  return [leaves, empty, rows, above, others];
}

function group(step: number): ElementGroup {
  return { elements: [], step };
}

/** One run of a page and nothing else: nine of ten with content are such. */
function isLeaf({ kids, alt, box, role }: Element): boolean {
  const [kid] = kids;
  return (
    kids.length === 1 && kid !== undefined && "mcid" in kid && alt === undefined && box === undefined && role !== "Note"
  );
}

function isRuns(of: Element | readonly Element[]): of is readonly Element[] {
  return Array.isArray(of);
}

function nextKey(parents: Parents): number {
  return Math.max(-1, ...parents.keys()) + 1;
}

function isElement(kid: Kid): kid is Element {
  return "role" in kid;
}

/** Takes out what nothing on a page belongs to; returns whether something is left. */
function prune(element: Element): boolean {
  const { kids, role } = element;
  let left = 0;
  for (const kid of kids) if (!isElement(kid) || prune(kid)) kids[left++] = kid;
  kids.length = left;
  return left > 0 || ALLOWED_EMPTY.has(role);
}

/** The numbers of the attributes that many elements have. */
interface SharedAttributes {
  readonly Row: number;
  readonly Column: number;
  readonly List: number;
}

function bodyOf(element: Element, root: number, notes: string[], shared: SharedAttributes, digits: number): string {
  const { role, parent, kids, alt, scope, lang, box, pageHeight } = element;
  let page: number | null = null;
  let shown = "";
  for (const kid of kids) {
    if (shown !== "") shown += " ";
    if (isElement(kid)) shown += kid.reference;
    else {
      page ??= kid.page;
      const where = page === kid.page ? "" : `/Pg ${kid.page} 0 R`;
      if ("annotation" in kid) shown += `<</Type/OBJR${where}/Obj ${kid.annotation} 0 R>>`;
      else shown += where === "" ? String(kid.mcid).padStart(3) : `<</Type/MCR${where}/MCID ${kid.mcid}>>`;
    }
  }
  // What differs from one to the next comes first, and is not between what they have in common.
  let body = kids.length === 0 ? "<<" : kids.length === 1 ? `<</K ${shown}` : `<</K[${shown}]`;
  body += parent === null ? `/P ${String(root).padStart(digits)} 0 R` : `/P ${parent.reference}`;
  if (page !== null) body += `/Pg ${String(page).padStart(digits)} 0 R`;
  body += `/S/${role}`;
  if (alt !== undefined) body += `/Alt${textString(alt)}`;
  if (lang !== undefined) body += `/Lang(${lang})`;
  if (scope !== undefined) body += `/A ${shared[scope]} 0 R`;
  if (role === "L") body += `/A ${shared.List} 0 R`;
  if (box !== undefined) {
    const [left, top, right, bottom] = box;
    const corners = [left, pageHeight - bottom, right, pageHeight - top].map(Math.round);
    body += `/A<</O/Layout/Placement/Block/BBox[${corners.join(" ")}]>>`;
  }
  if (role === "Note") {
    const id = `(note-${String(notes.length + 1).padStart(4, "0")})`;
    notes.push(`${id} ${reference(element)}`);
    body += `/ID${id}`;
  }
  return `${body}>>`;
}

function reference({ id }: Element, digits = 0): string {
  return `${String(id).padStart(digits)} 0 R`;
}

/** A text string (ISO 32000-1, 7.9.2.2). */
function textString(value: string): string {
  if (/^[ -~]*$/.test(value)) return `(${value.replace(/[\\()]/g, "\\$&")})`;
  return `<${Buffer.from(`\ufeff${value}`, "utf16le").swap16().toString("hex")}>`;
}
