// The logical structures of several PDFs as one (ISO 32000-1, 14.7), each part below an element of its own.

import {
  PDFArray,
  PDFDict,
  type PDFDocument,
  PDFHexString,
  PDFName,
  PDFNumber,
  type PDFObject,
  type PDFObjectCopier,
  PDFRef,
  PDFString,
} from "@cantoo/pdf-lib";
import { compareText } from "../../text/text.ts";
import { type OwnStructure, renumbered } from "./own-structure.ts";

const name = PDFName.of;

export interface JoinedStructure {
  /**
   * Readies a part before its pages are copied: renumbers the references of its pages and annotations to its structure,
   * so that they stay apart from those of the parts before. False for a part that has no structure, or none that can be
   * preserved. `own`: the part's structure, where this program wrote it and it was taken out of the file.
   */
  prepare(source: PDFDocument, own: OwnStructure | null): boolean;
  /** Takes a prepared part's elements along, once its pages are copied by the same copier. */
  add(source: PDFDocument, copier: PDFObjectCopier, own: OwnStructure | null): void;
  /** Objects that are in no context, by their numbers. */
  readonly written: readonly (readonly [id: number, text: string])[];
  /** Writes what was taken along. `whole`: all of the document is in it. */
  finish(whole: boolean): void;
}

/** A file that is wrong may go in circles. */
const MAX_DEPTH = 24;

export function createJoinedStructure({ context, catalog }: PDFDocument): JoinedStructure {
  const root = context.nextRef();
  const document = context.nextRef();
  const parts: PDFRef[] = [];
  const nums: PDFObject[] = [];
  const ids = new Map<string, PDFRef>();
  const roles = new Map<string, string>();
  const written: (readonly [number, string])[] = [];
  let next = 0;
  /** Where the keys of the part that is being added begin. */
  let offset = 0;

  function addKey(key: number, value: PDFObject): void {
    nums.push(PDFNumber.of(key + offset), value);
    next = Math.max(next, key + offset + 1);
  }

  /** An id that no part before has. */
  function ownId(id: string): string {
    return ids.has(id) ? `${id}-${ids.size}` : id;
  }

  function addOwn({ objects, root: oldRoot, top, parents, ids: given }: OwnStructure, copier: PDFObjectCopier): void {
    // What leads up from its top ends at the whole.
    const numbers = new Map([[oldRoot, document.objectNumber]]);
    for (const old of objects.keys()) numbers.set(old, context.nextRef().objectNumber);
    const digits = String(context.largestObjectNumber).length;
    /** Of an element, or of a page or annotation that is copied. */
    const numberOf = (old: number): number => {
      const number = numbers.get(old) ?? (copier.copy(PDFRef.of(old)) as PDFRef).objectNumber;
      numbers.set(old, number);
      return number;
    };
    const renamed = new Map<number, readonly [string, string]>();
    for (const [id, old] of given) {
      const own = ownId(id);
      renamed.set(old, [`/ID(${id})`, `/ID(${own})`]);
      ids.set(own, PDFRef.of(numberOf(old)));
    }
    for (const [old, object] of objects) {
      const [from, to] = renamed.get(old) ?? ["", ""];
      const body = top === old ? object.replace("/S/Document", "/S/Part") : object;
      written.push([numberOf(old), renumbered(body.replace(from, to), numberOf, digits)]);
    }
    for (const [key, old] of parents) addKey(key, PDFRef.of(numberOf(old)));
    parts.push(PDFRef.of(numberOf(top)));
  }

  return {
    written,
    prepare(source, own) {
      const found = rootOf(source);
      if (own === null && (found === null || !agree(found.tree, roles))) return false;
      offset = next;
      for (const page of source.getPages()) {
        shift(page.node, "StructParents", offset);
        const annotations = page.node.Annots();
        for (let index = 0; index < (annotations?.size() ?? 0); index += 1) {
          const annotation = annotations?.lookup(index);
          if (annotation instanceof PDFDict) shift(annotation, "StructParent", offset);
        }
      }
      return true;
    },
    add(source, copier, own) {
      if (own !== null) {
        addOwn(own, copier);
        return;
      }
      const found = rootOf(source);
      if (found === null) return;
      // What leads up from an element ends at the new root.
      mapTo(copier, found.ref, root);
      const elements = elementsOf(found.tree, source);
      for (const ref of elements) mapTo(copier, ref, context.nextRef());
      for (const ref of elements) {
        const element = source.context.lookup(ref);
        if (element !== undefined) context.assign(copier.copy(ref), copier.copy(element));
      }
      for (const kid of asList(found.tree.get(name("K")))) {
        const element = copier.copy(kid);
        const dict = context.lookup(element);
        if (!(dict instanceof PDFDict)) continue;
        dict.set(name("P"), document);
        // One document contains them all, and each is a part of it.
        if (dict.lookup(name("S")) === name("Document")) dict.set(name("S"), name("Part"));
        parts.push(element instanceof PDFRef ? element : context.register(element));
      }
      const keys = new Map<number, PDFObject>();
      readNumbers(found.tree.lookup(name("ParentTree")), keys);
      for (const [key, value] of [...keys].sort(([one], [other]) => one - other)) addKey(key, copier.copy(value));
      for (const [id, ref] of readNames(found.tree.lookup(name("IDTree")))) {
        const copied = copier.copy(ref) as PDFRef;
        const free = ownId(id);
        (context.lookup(copied) as PDFDict | undefined)?.set(name("ID"), PDFString.of(free));
        ids.set(free, copied);
      }
    },
    finish(whole) {
      if (parts.length === 0) return;
      context.assign(document, context.obj({ Type: "StructElem", S: "Document", P: root, K: parts }));
      const tree = context.obj({
        Type: "StructTreeRoot",
        K: [document],
        ParentTree: context.register(context.obj({ Nums: nums })),
        ParentTreeNextKey: next,
        RoleMap: Object.fromEntries(roles),
      });
      if (ids.size > 0) {
        const sorted = [...ids].sort(([one], [other]) => compareText(one, other));
        const names = sorted.flatMap(([id, ref]) => [PDFString.of(id), ref]);
        tree.set(name("IDTree"), context.obj({ Names: names }));
      }
      context.assign(root, tree);
      catalog.set(name("StructTreeRoot"), root);
      catalog.set(name("MarkInfo"), context.obj({ Marked: true, ...(whole ? {} : { Suspects: true }) }));
    },
  };
}

/** Its elements in the order of their numbers: a report has numbered in a row what is alike, and so it stays. */
function elementsOf(tree: PDFDict, { context }: PDFDocument): readonly PDFRef[] {
  const found = new Set<PDFRef>();
  const left = [...kidsOf(tree)];
  for (let kid = left.pop(); kid !== undefined; kid = left.pop()) {
    const element = context.lookup(kid);
    if (!(kid instanceof PDFRef) || found.has(kid) || !(element instanceof PDFDict) || !element.has(name("S")))
      continue;
    found.add(kid);
    left.push(...kidsOf(element));
  }
  return [...found].sort((one, other) => one.objectNumber - other.objectNumber);
}

function kidsOf(element: PDFDict): readonly PDFObject[] {
  const kids = element.lookup(name("K"));
  return kids instanceof PDFArray ? kids.asArray() : asList(element.get(name("K")));
}

/** The root of a document's structure, if it declares one and its pages can be found in it. */
function rootOf({ catalog, context }: PDFDocument): { readonly ref: PDFObject; readonly tree: PDFDict } | null {
  const info = catalog.lookup(name("MarkInfo"));
  if (!(info instanceof PDFDict) || String(info.lookup(name("Marked"))) !== "true") return null;
  const ref = catalog.get(name("StructTreeRoot"));
  const tree = context.lookup(ref);
  if (ref === undefined || !(tree instanceof PDFDict) || !(tree.lookup(name("ParentTree")) instanceof PDFDict))
    return null;
  return { ref, tree };
}

/**
 * Notes what the part's own types stand for; false where one stands for another already, or where elements share
 * attributes by the names of classes.
 */
function agree(tree: PDFDict, roles: Map<string, string>): boolean {
  if (tree.has(name("ClassMap"))) return false;
  const map = tree.lookup(name("RoleMap"));
  if (!(map instanceof PDFDict)) return true;
  const own = map.entries().map(([key, value]) => [key.decodeText(), String(value).slice(1)] as const);
  if (own.some(([role, to]) => (roles.get(role) ?? to) !== to)) return false;
  for (const [role, to] of own) roles.set(role, to);
  return true;
}

function shift(dict: PDFDict, key: string, offset: number): void {
  const value = dict.lookup(name(key));
  if (value instanceof PDFNumber) dict.set(name(key), PDFNumber.of(value.asNumber() + offset));
}

/** pdf-lib copies what an object leads to; what is mapped is taken for copied already. */
export function mapTo(copier: PDFObjectCopier, from: PDFObject, to: PDFRef): void {
  (copier as unknown as { readonly traversedObjects: Map<PDFObject, PDFObject> }).traversedObjects.set(from, to);
}

function asList(value: PDFObject | undefined): readonly PDFObject[] {
  return value === undefined ? [] : value instanceof PDFArray ? value.asArray() : [value];
}

function readNumbers(node: PDFObject | undefined, found: Map<number, PDFObject>, depth = 0): void {
  if (!(node instanceof PDFDict) || depth > MAX_DEPTH) return;
  const pairs = node.lookup(name("Nums"));
  if (pairs instanceof PDFArray)
    for (let index = 0; index + 1 < pairs.size(); index += 2) {
      const key = pairs.lookup(index);
      const value = pairs.get(index + 1);
      if (key instanceof PDFNumber) found.set(key.asNumber(), value);
    }
  const kids = node.lookup(name("Kids"));
  if (kids instanceof PDFArray)
    for (let index = 0; index < kids.size(); index += 1) readNumbers(kids.lookup(index), found, depth + 1);
}

function readNames(node: PDFObject | undefined, depth = 0): readonly (readonly [string, PDFObject])[] {
  if (!(node instanceof PDFDict) || depth > MAX_DEPTH) return [];
  const found: (readonly [string, PDFObject])[] = [];
  const pairs = node.lookup(name("Names"));
  if (pairs instanceof PDFArray)
    for (let index = 0; index + 1 < pairs.size(); index += 2) {
      const id = pairs.lookup(index);
      if (id instanceof PDFString || id instanceof PDFHexString) found.push([id.decodeText(), pairs.get(index + 1)]);
    }
  const kids = node.lookup(name("Kids"));
  if (kids instanceof PDFArray)
    for (let index = 0; index < kids.size(); index += 1) found.push(...readNames(kids.lookup(index), depth + 1));
  return found;
}
