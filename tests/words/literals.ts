import ts from "typescript";

/** A text within a source, and the line it is on. */
export interface Literal {
  readonly line: number;
  readonly text: string;
}

/** Where a text stands that describes a thing beside the thing: a field of a schema, an option, a source of open data. */
const DESCRIBING = new Set(["description", "summary", "title", "help", "name", "disclaimer", "licence", "example"]);
/** Calls that describe: a schema's own, and those of commands and options. */
const DESCRIBES =
  /(^|\.)(describe|decision|command|description|option|summary|argument|addHelpText|addOption|requiredOption|helpGroup|optionsGroup|helpOption|helpCommand|version)$/;

/**
 * The sentences in a source, of `least` words or more: what is between quotes or backquotes and reads as English. SQL and XML are
 * none, nor are lists of words that are split, nor what describes a field beside it.
 */
export function sentencesIn(path: string, source: string, least: number): readonly Literal[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, false);
  const found: Literal[] = [];
  const walk = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && DESCRIBING.has(node.name.getText(file))) return;
    if (ts.isCallExpression(node) && /\.split$/.test(node.expression.getText(file))) return;
    if (ts.isCallExpression(node) && DESCRIBES.test(node.expression.getText(file))) {
      walk(node.expression);
      return;
    }
    if (ts.isNewExpression(node) && /^(Option|Argument)$/.test(node.expression.getText(file))) return;
    const text = textOf(node);
    if (text !== null && wordsIn(text) >= least && !SQL.test(text) && !text.startsWith("<"))
      found.push({ line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1, text });
    ts.forEachChild(node, walk);
  };
  walk(file);
  return found;
}

const SQL = /\b(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|PRAGMA|WHERE|BEGIN|FROM|coalesce|redis\.call)\b/;

function textOf(node: ts.Node): string | null {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("");
}

/** Words of English: letters between blanks, with the marks of a sentence around them. */
function wordsIn(text: string): number {
  return text.match(/(?<=^|[\s("“])[A-Za-z][a-z'’]*(?=[\s.,:;)"”?!]|$)/g)?.length ?? 0;
}
