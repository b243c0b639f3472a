import type { Tag } from "./tag.ts";

/** The logical structure of one document (ISO 32000-1, 14.7): what is on its pages, in the order it is to be read. */

export type Role =
  | Exclude<Tag, "RowHead" | "Joined" | "Artifact" | object>
  | "Document"
  | "Figure"
  | "TOCI"
  | "Reference"
  | "Link";

export interface Element {
  readonly role: Role;
  readonly parent: Element | null;
  readonly kids: Kid[];
  /** In words what a figure shows. */
  readonly alt: string | undefined;
  readonly scope: "Row" | "Column" | undefined;
  /** The cell stands again at the top of each page that its table goes on. */
  readonly repeats: boolean;
  /** Where a figure is on its page: left, top, right, bottom, in points from the page's left top. */
  box: readonly [number, number, number, number] | undefined;
  /** Height of that page. */
  pageHeight: number;
  /** The number of its object, once it has one. */
  id: number;
}

/** A run of a page's operators, or an annotation of it. Pages and annotations by the numbers of their objects. */
export type Content =
  | { readonly page: number; readonly mcid: number }
  | { readonly page: number; readonly annotation: number };
type Kid = Element | Content;

export type Detail = Partial<Pick<Element, "alt" | "scope" | "repeats">>;

const PLAIN: Detail = {};

export function addElement(
  role: Role,
  parent: Element | null,
  { alt, scope, repeats = false }: Detail = PLAIN,
): Element {
  const element = { role, parent, kids: [], alt, scope, repeats, box: undefined, pageHeight: 0, id: 0 };
  parent?.kids.push(element);
  return element;
}

/** A row has as many cells as any other, also where there is nothing in one. */
const ALLOWED_EMPTY: ReadonlySet<Role> = new Set(["TR", "TH", "TD"]);

/** What each key of the parent tree leads to: of a page the element of each run, of an annotation its element. */
export type Parents = Map<number, Element | readonly Element[]>;

/** Objects of a PDF with their numbers, which are compressed together. */
export interface ObjectGroup {
  readonly objects: readonly (readonly [id: number, body: string])[];
  /** Each is like the one before, but for a few digits. */
  readonly alike: boolean;
}

/**
 * The structure as objects of a PDF, below the root with the number `root`; `allocate` returns the number of a new object.
 * Most of its bytes are these numbers, so what is alike is numbered in a row and stands together: first what has content,
 * page by page and in the order of its runs, so that a page's list of them counts up and a row's is a part of that list.
 */
export function writeTree(
  document: Element,
  parents: Parents,
  root: number,
  allocate: () => number,
): readonly ObjectGroup[] {
  prune(document);
  const keys = [...parents].sort(([one], [other]) => one - other);
  const leaves: Element[] = [];
  const others: Element[] = [];
  for (const [, of] of keys)
    for (const element of isRuns(of) ? of : [of]) {
      if (element.id !== 0) continue;
      element.id = MET;
      (isLeaf(element) ? leaves : others).push(element);
    }
  const shared = { Row: allocate(), Column: allocate(), List: allocate() };
  for (const element of others) element.id = allocate();
  for (const element of leaves) element.id = allocate();
  const above: Element[] = [];
  const number = (element: Element): void => {
    if (element.id === 0) {
      element.id = allocate();
      above.push(element);
    }
    for (const kid of element.kids) if (isElement(kid)) number(kid);
  };
  number(document);

  const notes: string[] = [];
  const rest: (readonly [number, string])[] = [
    [shared.Row, "<</O/Table/Scope/Row>>"],
    [shared.Column, "<</O/Table/Scope/Column>>"],
    // What its labels say is arbitrary text.
    [shared.List, "<</O/List/ListNumbering/None>>"],
  ];
  const objectsOf = (elements: readonly Element[]) =>
    elements.map((element) => [element.id, bodyOf(element, root, notes, shared)] as const);
  rest.push(...objectsOf(others));
  const nums = keys.map(([key, of]) => {
    if (!isRuns(of)) return `${key} ${reference(of)}`;
    const runs = allocate();
    rest.push([runs, `[${of.map(reference).join(" ")}]`]);
    return `${key} ${runs} 0 R`;
  });
  rest.push(...objectsOf(above));
  const parentTree = allocate();
  rest.push([parentTree, `<</Nums[${nums.join(" ")}]>>`]);
  const ids = notes.length === 0 ? "" : `/IDTree<</Names[${notes.join(" ")}]>>`;
  rest.push([
    root,
    `<</Type/StructTreeRoot/K ${reference(document)}/ParentTree ${parentTree} 0 R/ParentTreeNextKey ${nextKey(parents)}/RoleMap<<>>${ids}>>`,
  ]);
  return [
    { objects: padded(objectsOf(leaves)), alike: true },
    { objects: rest, alike: false },
  ];
}

/** For the number of an element that will have one. */
const MET = -1;

/** One run of a page and nothing else: nine of ten with content are such. */
function isLeaf({ kids, alt, box, role }: Element): boolean {
  const [kid] = kids;
  return (
    kids.length === 1 && kid !== undefined && "mcid" in kid && alt === undefined && box === undefined && role !== "Note"
  );
}

/** All of one length, so that where each begins counts up by the same. */
function padded(objects: readonly (readonly [number, string])[]): readonly (readonly [number, string])[] {
  const longest = Math.max(0, ...objects.map(([, body]) => body.length));
  const length = Math.ceil((longest + 1) / STEP) * STEP - 1;
  return objects.map(([id, body]) => [id, body.padEnd(length)]);
}

/** With its end of line a multiple of so many: the last digits of where each begins are then of few kinds. */
const STEP = 25;

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

function bodyOf(element: Element, root: number, notes: string[], shared: SharedAttributes): string {
  const { role, parent, kids, alt, scope, box, pageHeight } = element;
  let page: number | null = null;
  let shown = "";
  for (const kid of kids) {
    if (shown !== "") shown += " ";
    if (isElement(kid)) shown += `${kid.id} 0 R`;
    else {
      page ??= kid.page;
      const where = page === kid.page ? "" : `/Pg ${kid.page} 0 R`;
      if ("annotation" in kid) shown += `<</Type/OBJR${where}/Obj ${kid.annotation} 0 R>>`;
      else shown += where === "" ? kid.mcid : `<</Type/MCR${where}/MCID ${kid.mcid}>>`;
    }
  }
  // What differs from one to the next comes first, and is not between what they have in common.
  let body = kids.length === 0 ? "<<" : kids.length === 1 ? `<</K ${shown}` : `<</K[${shown}]`;
  body += `/P ${parent === null ? root : parent.id} 0 R`;
  if (page !== null) body += `/Pg ${page} 0 R`;
  body += `/S/${role}`;
  if (alt !== undefined) body += `/Alt${textString(alt)}`;
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

function reference({ id }: Element): string {
  return `${id} 0 R`;
}

/** A text string (ISO 32000-1, 7.9.2.2). */
function textString(value: string): string {
  if (/^[ -~]*$/.test(value)) return `(${value.replace(/[\\()]/g, "\\$&")})`;
  return `<${Buffer.from(`\ufeff${value}`, "utf16le").swap16().toString("hex")}>`;
}
