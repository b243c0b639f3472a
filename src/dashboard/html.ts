import { visibleText } from "../text/visible-text.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Markup that is safe unchanged. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A template whose values are escaped, wherever they come from; markup made by it, alone or in a list, stays markup. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Markup {
  return new Markup(parts.reduce((text, part, at) => text + asText(values[at - 1] ?? "") + part));
}

type HtmlValue = string | number | Markup | readonly Markup[];

function asText(value: HtmlValue): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(({ text }) => text).join("");
  return visibleText(String(value)).replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
}
