// The structure of a PDF that this program wrote, as the text that it is. It has thousands of objects: to parse them, copy
// them and write them again takes four times as long as all else of a joined document, and only their numbers change.

import { inflateSync } from "node:zlib";

export interface OwnStructure {
  /** The file without it. */
  readonly rest: Uint8Array;
  /** Its elements, with their lists and attributes, by their numbers, in the order in which they were written. */
  readonly objects: ReadonlyMap<number, string>;
  /** The number of its root, which is not among them. */
  readonly root: number;
  /** What each key of the parent tree leads to, by the number of its object. */
  readonly parents: ReadonlyMap<number, number>;
  /** The elements that have ids. */
  readonly ids: ReadonlyMap<string, number>;
  /** The number of the element that all others are in. */
  readonly top: number;
}

/** As `writeStreams` writes what has many objects that are alike. */
const STREAM =
  /\n\d+ 0 obj\n<<\/Type\/ObjStm\/N (\d+)\/First (\d+)\/Filter\[\/FlateDecode\/FlateDecode\]\/Length (\d+)>>\nstream\n/g;
const STREAM_END = "\nendstream\nendobj\n";

/** Takes the structure out of a PDF; null where it has none that was written by `writeTree`. */
export function splitStructure(bytes: Uint8Array): OwnStructure | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = file.toString("latin1");
  const objects = new Map<number, string>();
  const rest: Buffer[] = [];
  let at = 0;
  for (const { index, 0: head, 1: count, 2: first, 3: length } of text.matchAll(STREAM)) {
    const start = index + head.length;
    const end = start + Number(length);
    if (!text.startsWith(STREAM_END, end)) return null;
    readObjects(file.subarray(start, end), Number(count), Number(first), objects);
    rest.push(file.subarray(at, index + 1));
    at = end + STREAM_END.length;
  }
  rest.push(file.subarray(at));
  const [root, tree] = [...objects].find(([, object]) => object.startsWith("<</Type/StructTreeRoot")) ?? [];
  if (root === undefined || tree === undefined) return null;
  const parentTreeNumber = Number(/\/ParentTree (\d+) 0 R/.exec(tree)?.[1]);
  const parentTree = objects.get(parentTreeNumber);
  const top = /\/K (\d+) 0 R/.exec(tree)?.[1];
  if (parentTree === undefined || top === undefined) return null;
  for (const number of [root, parentTreeNumber]) objects.delete(number);
  return {
    rest: Buffer.concat(rest),
    objects,
    root,
    parents: new Map(Array.from(parentTree.matchAll(/(\d+) +(\d+) 0 R/g), ([, key, to]) => [Number(key), Number(to)])),
    ids: new Map(Array.from(tree.matchAll(/\(([^)]*)\) +(\d+) 0 R/g), ([, id = "", of]) => [id, Number(of)])),
    top: Number(top),
  };
}

function readObjects(packed: Uint8Array, count: number, first: number, objects: Map<number, string>): void {
  const text = inflateSync(inflateSync(packed)).toString("latin1");
  const head = text.slice(0, first).trim().split(/ +/).map(Number);
  for (let index = 0; index < count; index++) {
    const next = head[2 * index + 3];
    const body = text.slice(first + (head[2 * index + 1] ?? 0), next === undefined ? undefined : first + next);
    objects.set(head[2 * index] ?? 0, body);
  }
}

/** A string, which may have anything in it, or a reference. */
const STRING_OR_REFERENCE = /\((?:[^()\\]|\\.)*\)|( ?) *(\d+) 0 R/g;

/** An object with its references renumbered, all as wide, so that objects which were as long as each other still are. */
export function renumbered(object: string, numberOf: (old: number) => number, digits: number): string {
  return object
    .trimEnd()
    .replace(STRING_OR_REFERENCE, (found, blank: string | undefined, old: string) =>
      blank === undefined ? found : `${blank}${String(numberOf(Number(old))).padStart(digits)} 0 R`,
    );
}
