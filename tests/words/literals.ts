import ts from "typescript";

/** A text within a source, and the line it is on. */
export interface Literal {
  readonly line: number;
  readonly text: string;
}

/** Where a text is that describes a thing beside the thing: a field of a schema, an option, a source of open data. */
const DESCRIBING = new Set(["description", "summary", "title", "help", "name", "disclaimer", "licence", "example"]);
/** Calls that describe: a schema's own, those of commands and options, and the fields of views. */
const DESCRIBES =
  /(^|\.)(time|text|describe|decision|command|description|option|summary|argument|addHelpText|addOption|requiredOption|helpGroup|optionsGroup|helpOption|helpCommand|version|rooms|land|idOrName|named)$/;

/** Attributes of an element that no person reads. */
const UNSEEN = new Set(["class", "d", "style", "points", "autocomplete"]);

/**
 * The sentences in a source, of `least` words or more: what is between quotes or backquotes and reads as English, and what an
 * element of JSX or of HTML contains. SQL and XML are none, nor are lists of words that are split, nor what describes a field
 * beside it, except on a page, where a title is what a person reads.
 */
export function sentencesIn(path: string, source: string, least: number): readonly Literal[] {
  const isPage = path.startsWith("src/dashboard/");
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, false);
  const found: Literal[] = [];
  const walk = (node: ts.Node): void => {
    if (!isPage && ts.isPropertyAssignment(node) && DESCRIBING.has(node.name.getText(file))) return;
    if (ts.isJsxAttribute(node) && UNSEEN.has(node.name.getText(file))) return;
    if (ts.isCallExpression(node) && /\.split$/.test(node.expression.getText(file))) return;
    if (ts.isCallExpression(node) && DESCRIBES.test(node.expression.getText(file))) {
      walk(node.expression);
      return;
    }
    if (ts.isNewExpression(node) && /^(Option|Argument)$/.test(node.expression.getText(file))) return;
    const text = textOf(node);
    if (text !== null && !SQL.test(text) && piecesOf(text, isPage).some((each) => wordsIn(each) >= least))
      found.push({ line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1, text });
    ts.forEachChild(node, walk);
  };
  walk(file);
  return found;
}

const SQL = /\b(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|PRAGMA|WHERE|BEGIN|FROM|coalesce|redis\.call)\b/;

/** The sentence in a text: all of it unless it is a command; of a page's markup, what is between its tags. */
function piecesOf(text: string, isPage: boolean): readonly string[] {
  if (text.startsWith("curl ")) return [];
  if (!/^\s*</.test(text)) return [text];
  return isPage ? text.split(/<code>[^<]*<\/code>|<[^>]*>|\n/) : [];
}

function textOf(node: ts.Node): string | null {
  if (ts.isJsxElement(node) || ts.isJsxFragment(node)) {
    const said = node.children.map((each) => (ts.isJsxText(each) ? each.text.replaceAll(/\s+/g, " ") : "…")).join("");
    return /[a-z]/i.test(said) ? said.trim() : null;
  }
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("");
}

/** The names of the texts in a file of messages. */
export function messageNames(source: string): readonly string[] {
  const file = ts.createSourceFile("messages.tsx", source, ts.ScriptTarget.Latest, false);
  const names: string[] = [];
  const walk = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node))
      names.push(...node.properties.flatMap(({ name }) => name?.getText(file) ?? []));
    else ts.forEachChild(node, walk);
  };
  walk(file);
  return names;
}

/** Words of English: letters between blanks, with the marks of a sentence around them. */
function wordsIn(text: string): number {
  return text.match(/(?<=^|[\s("“])[A-Za-z][a-z'’]*(?=[\s.,:;)"”?!]|$)/g)?.length ?? 0;
}
