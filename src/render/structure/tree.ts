/*
 * The logical structure of a PDF (ISO 32000-1, 14.7): what is on its pages, in reading order.
 * Sections name the kind of each part with a tag; patches write the structure.
 * Not here: any other room but render/file, and sections.
 */

import { ObjectBytes } from "../file/object-bytes.ts";
import type { Tag } from "./tag.ts";

/** The logical structure of one document (ISO 32000-1, 14.7): what is on its pages, in the order it is to be read. */

export type Role =
  | Exclude<Tag, "MoreItems" | "RowHead" | "Joined" | "Artifact" | object>
  | "Document"
  | "Figure"
  | "TOCI"
  | "Reference"
  | "Link"
  | "Span";

export interface Element {
  role: Role;
  readonly parent: Element | null;
  /** The run that comes before its kids: its page, or null where there is none, and the run's number there. */
  page: number | null;
  mcid: number;
  /** Most have none: thousands of lists would be collected with each document. */
  kids: readonly Kid[];
  /** In words what a figure shows. */
  alt: string | undefined;
  scope: "Row" | "Column" | undefined;
  /** The language of its contents, where that is not the document's. */
  readonly lang: string | undefined;
  /** The cell is repeated at the top of each page on which its table continues. */
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

export type Detail = Partial<Pick<Element, "alt" | "scope" | "repeats" | "lang">>;

const PLAIN: Detail = {};
const NO_KIDS: readonly Kid[] = [];

export function addElement(
  role: Role,
  parent: Element | null,
  { alt, scope, repeats = false, lang }: Detail = PLAIN,
): Element {
  const element = {
    role,
    parent,
    page: null,
    mcid: 0,
    kids: NO_KIDS,
    alt,
    scope,
    lang,
    repeats,
    box: undefined,
    pageHeight: 0,
    id: 0,
  };
  if (parent !== null) addKid(parent, element);
  return element;
}

/** Adds what comes after all that the element has. */
export function addKid(element: Element, kid: Kid): void {
  if (element.kids === NO_KIDS) element.kids = [kid];
  else (element.kids as Kid[]).push(kid);
}

export function addRun(element: Element, page: number, mcid: number): void {
  if (element.page !== null || element.kids.length > 0) addKid(element, { page, mcid });
  else {
    element.page = page;
    element.mcid = mcid;
  }
}

/** A row has as many cells as any other, also where there is nothing in one. */
const ALLOWED_EMPTY: ReadonlySet<Role> = new Set(["TR", "TH", "TD"]);

/** What each key of the parent tree leads to: of a page the element of each run, of an annotation its element. */
export type Parents = Map<number, Element | readonly Element[]>;

/**
 * The structure as objects of a PDF, below the root with the number `root`; `allocate` returns the number of a new object.
 * Most of its bytes are numbers that count up. So similar elements are grouped and numbered in a row: first what has
 * content, page by page and in the order of its runs, so that a page's list of them and a row's count up. All numbers are
 * padded to the same width, and what is alike to the same length.
 */
export function writeTree(document: Element, parents: Parents, root: number, allocate: () => number): ObjectBytes {
  prune(document);
  const keys = [...parents].sort(([one], [other]) => one - other);
  const groups = inGroups(document, keys);
  const shared = { Row: allocate(), Column: allocate(), List: allocate() };
  for (const { elements } of groups) for (const element of elements) element.id = allocate();
  const lists = new Map<number, number>();
  for (const [key, of] of keys) if (isRuns(of)) lists.set(key, allocate());
  const parentTree = allocate();

  const objects = new ObjectBytes();
  const digits = String(parentTree).length;
  const notes: string[] = [];
  for (const { elements, step } of groups)
    for (const element of elements) {
      const { length } = objects;
      objects.begin(element.id);
      writeElement(objects, element, { root, notes, shared, digits });
      objects.fill(length, step);
      objects.endPart();
    }
  const write = (id: number, ...parts: readonly string[]): void => {
    objects.begin(id);
    for (const part of parts) {
      objects.text(part);
      objects.endPart();
    }
  };
  const nums: string[] = [];
  for (const [key, of] of keys) {
    const list = lists.get(key);
    nums.push(`${key} ${list ?? (isRuns(of) ? 0 : of.id)} 0 R `);
    if (list === undefined || !isRuns(of)) continue;
    write(list, "[");
    for (const element of of) {
      objects.text(" ");
      writeReference(objects, element.id, digits);
      objects.endPart();
    }
    objects.text("]\n");
    objects.endPart();
  }
  const ids = notes.length === 0 ? "" : `/IDTree<</Names[${notes.join(" ")}]>>`;
  write(parentTree, "<</Nums[", ...nums, "]>>\n");
  write(shared.Row, "<</O/Table/Scope/Row>>\n");
  write(shared.Column, "<</O/Table/Scope/Column>>\n");
  // Its labels are arbitrary text.
  write(shared.List, "<</O/List/ListNumbering/None>>\n");
  write(
    root,
    `<</Type/StructTreeRoot/K ${document.id} 0 R/ParentTree ${parentTree} 0 R/ParentTreeNextKey ${nextKey(parents)}/RoleMap<<>>${ids}>>\n`,
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
    const { kids, role, page } = element;
    put(element, kids.length === 0 && page === null ? empty : role === "TR" ? rows : above);
    for (const kid of kids) if (isElement(kid)) visit(kid);
  };
  visit(document);
  return [leaves, empty, rows, above, others];
}

function group(step: number): ElementGroup {
  return { elements: [], step };
}

/** One run of a page and nothing else: nine of ten with content are such. */
function isLeaf({ page, kids, alt, box, role }: Element): boolean {
  return page !== null && kids.length === 0 && alt === undefined && box === undefined && role !== "Note";
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
  if (element.kids.length > 0) element.kids = element.kids.filter((kid) => !isElement(kid) || prune(kid));
  return element.page !== null || element.kids.length > 0 || ALLOWED_EMPTY.has(element.role);
}

/** The numbers of the attributes that many elements have. */
interface SharedAttributes {
  readonly Row: number;
  readonly Column: number;
  readonly List: number;
}

interface TreeContext {
  readonly root: number;
  /** The ids of notes so far, each with its element. */
  readonly notes: string[];
  readonly shared: SharedAttributes;
  /** How wide the numbers of objects are. */
  readonly digits: number;
}

function writeElement(objects: ObjectBytes, element: Element, { root, notes, shared, digits }: TreeContext): void {
  const { role, parent, kids, alt, scope, lang, box, pageHeight } = element;
  let { page } = element;
  // What differs from one to the next comes first, and is not between what they have in common.
  const count = kids.length + (page === null ? 0 : 1);
  objects.text(count === 0 ? "<<" : count === 1 ? "<</K " : "<</K[");
  if (page !== null) objects.number(element.mcid, 3);
  for (const [index, kid] of kids.entries()) {
    if (index > 0 || count > kids.length) objects.text(" ");
    if (isElement(kid)) writeReference(objects, kid.id, digits);
    else {
      page ??= kid.page;
      const where = page === kid.page ? "" : `/Pg ${kid.page} 0 R`;
      if ("annotation" in kid) objects.text(`<</Type/OBJR${where}/Obj ${kid.annotation} 0 R>>`);
      else if (where === "") objects.number(kid.mcid, 3);
      else objects.text(`<</Type/MCR${where}/MCID ${kid.mcid}>>`);
    }
  }
  objects.text(count > 1 ? "]/P " : "/P ");
  writeReference(objects, parent?.id ?? root, digits);
  if (page !== null) {
    objects.text("/Pg ");
    writeReference(objects, page, digits);
  }
  objects.text("/S/");
  objects.text(role);
  if (alt !== undefined) objects.text(`/Alt${textString(alt)}`);
  if (lang !== undefined) objects.text(`/Lang(${lang})`);
  if (scope !== undefined) objects.text(`/A ${shared[scope]} 0 R`);
  if (role === "L") objects.text(`/A ${shared.List} 0 R`);
  if (box !== undefined) {
    const [left, top, right, bottom] = box;
    const corners = [left, pageHeight - bottom, right, pageHeight - top].map(Math.round);
    objects.text(`/A<</O/Layout/Placement/Block/BBox[${corners.join(" ")}]>>`);
  }
  if (role === "Note") {
    const id = `(note-${String(notes.length + 1).padStart(4, "0")})`;
    notes.push(`${id} ${element.id} 0 R`);
    objects.text(`/ID${id}`);
  }
  objects.text(">>");
}

function writeReference(objects: ObjectBytes, id: number, digits: number): void {
  objects.number(id, digits);
  objects.text(" 0 R");
}

/** A text string (ISO 32000-1, 7.9.2.2). */
function textString(value: string): string {
  if (/^[ -~]*$/.test(value)) return `(${value.replace(/[\\()]/g, "\\$&")})`;
  return `<${Buffer.from(`\ufeff${value}`, "utf16le").swap16().toString("hex")}>`;
}
