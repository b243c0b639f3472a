import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";

export const ROOT = resolve(import.meta.dir, "../..");

/** Something that a function of a file closes over and that other functions in it change. */
export interface Field {
  readonly file: string;
  /** The function that it is declared in; "" for one of the module. */
  readonly owner: string;
  readonly name: string;
  /** The functions that change it, by the nearest name. */
  readonly writers: readonly string[];
  /** Where its declaration begins, by line, from 0. */
  readonly line: number;
}

type Named = ts.Node & { readonly name?: ts.Node };

const CHANGES: ReadonlySet<string> = new Set("set add delete clear push pop shift unshift splice sort".split(" "));
const COLLECTIONS: ReadonlySet<string> = new Set(["Map", "Set", "WeakMap", "WeakSet"]);

/** The files of the service: what runs in browsers, in a command and while a file is built has a shorter life. */
function filesOfService(): readonly string[] {
  return readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))
    .filter((path) => !/^(cli|client|dashboard\/client|migration|render\/patches\/build)\//.test(path))
    .map((path) => `src/${path}`)
    .toSorted();
}

/** All that change in a file, by its syntax tree. */
function fieldsOf(file: string): readonly Field[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(ROOT, file), "utf8"),
    ts.ScriptTarget.Latest,
    true,
    ts.ScriptKind.TS,
  );
  const declared: ts.VariableDeclaration[] = [];
  const changes: Change[] = [];
  each(source, (node) => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name)) declared.push(node);
    const change = changeOf(node);
    if (change !== null) changes.push(change);
  });
  return declared.flatMap((declaration) => {
    const owner = functionAround(declaration) ?? source;
    const name = declaration.name.getText();
    const grows = isCollection(declaration.initializer);
    const writers = changes.flatMap((change) => {
      const inner = change.name === name && (change.assigns || grows) ? functionAround(change.node) : null;
      return inner === null || inner === owner || !isWithin(inner, owner) ? [] : [nameWithin(inner, owner)];
    });
    const { line } = source.getLineAndCharacterOfPosition(declaration.parent.parent.getStart());
    const field = {
      file,
      owner: ts.isSourceFile(owner) ? "" : nameOf(owner),
      name,
      writers: [...new Set(writers)],
      line,
    };
    return writers.length === 0 ? [] : [field];
  });
}

function isWithin(node: ts.Node, owner: ts.Node): boolean {
  return node.pos >= owner.pos && node.end <= owner.end;
}

function each(node: ts.Node, look: (node: ts.Node) => void): void {
  ts.forEachChild(node, (child) => {
    look(child);
    each(child, look);
  });
}

function functionAround(node: ts.Node): ts.Node | null {
  for (let at = node.parent; at !== undefined; at = at.parent) if (ts.isFunctionLike(at)) return at;
  return null;
}

function nameOf(node: ts.Node): string {
  const { name } = node as Named;
  return name?.getText() ?? (node.parent as Named | undefined)?.name?.getText() ?? "";
}

/** The name of the function nearest around, within the owner; else of what it is passed to, such as a timer's variable. */
function nameWithin(inner: ts.Node, owner: ts.Node): string {
  for (const isNamed of [ts.isFunctionLike, ts.isVariableDeclaration])
    for (let at = inner; at !== owner; at = at.parent) if (isNamed(at) && nameOf(at) !== "") return nameOf(at);
  return nameOf(owner);
}

/** What a node gives another value, or a call that may change the collection in it. */
interface Change {
  readonly name: string;
  readonly assigns: boolean;
  readonly node: ts.Node;
}

function changeOf(node: ts.Node): Change | null {
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const { expression: called, name: method } = node.expression;
    return ts.isIdentifier(called) && CHANGES.has(method.text) ? { name: called.text, assigns: false, node } : null;
  }
  const assigned = assignedBy(node);
  const beginning = assigned === null ? null : beginningOf(assigned);
  return beginning !== null && ts.isIdentifier(beginning) ? { name: beginning.text, assigns: true, node } : null;
}

function assignedBy(node: ts.Node): ts.Node | null {
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment ? node.left : null;
  }
  if (ts.isPostfixUnaryExpression(node)) return node.operand;
  const steps: readonly ts.SyntaxKind[] = [ts.SyntaxKind.PlusPlusToken, ts.SyntaxKind.MinusMinusToken];
  return ts.isPrefixUnaryExpression(node) && steps.includes(node.operator) ? node.operand : null;
}

function isCollection(value: ts.Expression | undefined): boolean {
  if (value === undefined) return false;
  return (
    ts.isArrayLiteralExpression(value) || (ts.isNewExpression(value) && COLLECTIONS.has(value.expression.getText()))
  );
}

/** `state` of `state.of[0].all`. */
function beginningOf(node: ts.Node): ts.Node {
  return ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) || ts.isNonNullExpression(node)
    ? beginningOf(node.expression)
    : node;
}

/** Builds something that stays, by its name. */
const BUILDER = /^(build|create|follow|guard|once|open|record|register|remember|start|track|watch)/;
/** Others that do. */
const BUILDERS: ReadonlySet<string> = new Set(["documentationRoutes", "settingsRoutes", "acceptActivated"]);

/** What such a function builds for one call alone, and what that is. */
export const ONE_CALL: Readonly<Record<string, string>> = {
  "src/report/identity/swapped.ts createSwapCheck": "one file or data set",
  "src/http/picture-body.ts createBuffer": "one body",
  "src/http/picture-body.ts createExtractor": "one body",
  "src/http/api/accept.ts remembered": "one request",
  "src/http/api/events/listener.ts createListener": "one stream",
  "src/http/api/waiters.ts watch": "one long poll",
  "src/http/body.ts startDeadline": "one body",
  "src/http/downloads.ts watched": "one download",
  "src/import/names.ts createNames": "one import",
  "src/import/row-locality.ts createLocalityReader": "one import",
  "src/import/plausibility.ts createPlausibility": "one table",
  "src/import/rules.ts createRules": "one import",
  "src/import/files/xlsx.ts createMergedFill": "one sheet",
  "src/import/files/xlsx.ts openXlsx": "one workbook",
  "src/pipeline/attempt.ts createAttempt": "one attempt",
  "src/render/charts/labels.ts createLabels": "one chart",
  "src/render/joined/joined-structure.ts createJoinedStructure": "one document",
  "src/report/identity/identity.ts createGroups": "one data set",
  "src/report/pictures/pictures.ts createPicturePreparation": "one data set",
  "src/report/sources/catalogue/import.ts createWarnings": "one import",
  "src/report/sources/catalogue/import.ts startImport": "one import",
  "src/report/sources/catalogue/slices.ts createSlices": "one import",
  "src/service.ts startService": "joins the parts, and has no work of its own",
};

/** No file with something that lives so long has so many lines. */
export const MOST_LINES = 200;

/** What lives as long as the service does: its fields, by the file and the function that builds it. */
export function longLived(): ReadonlyMap<string, readonly Field[]> {
  const found = new Map<string, Field[]>();
  for (const field of FIELDS) {
    const object = `${field.file} ${field.owner}`;
    if ((!BUILDER.test(field.owner) && !BUILDERS.has(field.owner)) || object in ONE_CALL) continue;
    found.set(object, [...(found.get(object) ?? []), field]);
  }
  return found;
}

/** The functions that a field's own comment names, or that of the field before it, of which it is one of several. */
export function namedWriters({ file, line }: Field): readonly string[] {
  const lines = readFileSync(join(ROOT, file), "utf8").split("\n");
  let at = line - 1;
  while (/^\s*(let|const) /.test(lines[at] ?? "")) at -= 1;
  if (!/\*\/\s*$/.test(lines[at] ?? "")) return [];
  let from = at;
  while (!/^\s*\/\*\*/.test(lines[from] ?? "") && from > 0) from -= 1;
  const [, said = ""] = /ritten by ([\s\S]*)/.exec(lines.slice(from, at + 1).join("\n")) ?? [];
  return [...said.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
}

/** All that change in the files of the service, by their syntax trees: read once, for it takes seconds. */
export const FIELDS: readonly Field[] = filesOfService().flatMap(fieldsOf);
