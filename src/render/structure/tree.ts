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
  readonly alt?: string;
  readonly scope?: "Row" | "Column";
  /** The cell stands again at the top of each page that its table goes on. */
  readonly repeats?: boolean;
  /** Where a figure is on its page: left, top, right, bottom, in points from the page's left top. */
  box?: readonly [number, number, number, number];
  /** Height of that page. */
  pageHeight?: number;
  /** The number of its object, once it has one. */
  id: number;
}

/** A run of a page's operators, or an annotation of it. Pages and annotations by the numbers of their objects. */
export type Content =
  | { readonly page: number; readonly mcid: number }
  | { readonly page: number; readonly annotation: number };
type Kid = Element | Content;

export type Detail = Pick<Element, "alt" | "scope" | "repeats">;

export function addElement(role: Role, parent: Element | null, detail: Detail = {}): Element {
  const element: Element = { role, parent, kids: [], id: 0, ...detail };
  parent?.kids.push(element);
  return element;
}

/** A row has as many cells as any other, also where there is nothing in one. */
const KEPT_EMPTY: ReadonlySet<Role> = new Set(["TR", "TH", "TD"]);

/** What each key of the parent tree leads to: of a page the element of each run, of an annotation its element. */
export type Parents = Map<number, Element | readonly Element[]>;

/**
 * The structure as objects of a PDF, below the root with the number `root`. `allocate` returns the number of a new
 * object, `write` takes an object's text.
 */
export function writeTree(
  document: Element,
  parents: Parents,
  root: number,
  allocate: () => number,
  write: (id: number, body: string) => void,
): void {
  prune(document);
  const notes: string[] = [];
  const number = (element: Element): void => {
    element.id = allocate();
    for (const kid of element.kids) if (isElement(kid)) number(kid);
  };
  number(document);
  const emit = (element: Element): void => {
    write(element.id, bodyOf(element, root, notes));
    for (const kid of element.kids) if (isElement(kid)) emit(kid);
  };
  emit(document);
  const keys = [...parents]
    .sort(([one], [other]) => one - other)
    .map(([key, of]) => `${key} ${Array.isArray(of) ? `[${of.map(reference).join(" ")}]` : reference(of as Element)}`);
  const parentTree = allocate();
  write(parentTree, `<</Nums[${keys.join(" ")}]>>`);
  const ids = notes.length === 0 ? "" : `/IDTree<</Names[${notes.join(" ")}]>>`;
  write(
    root,
    `<</Type/StructTreeRoot/K ${reference(document)}/ParentTree ${parentTree} 0 R/ParentTreeNextKey ${nextKey(parents)}/RoleMap<<>>${ids}>>`,
  );
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
  return left > 0 || KEPT_EMPTY.has(role);
}

function bodyOf(element: Element, root: number, notes: string[]): string {
  const { role, parent, kids, alt, scope, box, pageHeight = 0 } = element;
  let page: number | null = null;
  const shown = kids.map((kid) => {
    if (isElement(kid)) return reference(kid);
    if ("annotation" in kid) return `<</Type/OBJR/Pg ${kid.page} 0 R/Obj ${kid.annotation} 0 R>>`;
    page ??= kid.page;
    return page === kid.page ? String(kid.mcid) : `<</Type/MCR/Pg ${kid.page} 0 R/MCID ${kid.mcid}>>`;
  });
  let body = `<</S/${role}/P ${parent === null ? root : parent.id} 0 R`;
  if (page !== null) body += `/Pg ${page} 0 R`;
  if (shown.length > 0) body += shown.length === 1 ? `/K ${shown[0]}` : `/K[${shown.join(" ")}]`;
  if (alt !== undefined) body += `/Alt${textString(alt)}`;
  if (scope !== undefined) body += `/A<</O/Table/Scope/${scope}>>`;
  // What its labels say is arbitrary text.
  if (role === "L") body += "/A<</O/List/ListNumbering/None>>";
  if (box !== undefined) {
    const [left, top, right, bottom] = box;
    const corners = [left, pageHeight - bottom, right, pageHeight - top].map((at) => Math.round(at * 100) / 100);
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
export function textString(value: string): string {
  if (/^[ -~]*$/.test(value)) return `(${value.replace(/[\\()]/g, "\\$&")})`;
  return `<${Buffer.from(`\ufeff${value}`, "utf16le").swap16().toString("hex")}>`;
}
