// Why: pdfmake looks up the style of each word some 25 times, through closures and pushes; here the same result is looked
// up in place. A report names no styles; a text that did is left to pdfmake.
// Pinned by: pdfmake 0.3.11, StyleContextStack.getStyleProperty and its fields.
import { override, type Undo } from "./patch.ts";

/** How something is set: by itself, by what it is in, by the document. */
interface StyleStack {
  readonly defaultStyle: Styled | undefined;
  readonly styleOverrides: readonly (Styled | string)[];
}
type Styled = Readonly<Record<string, unknown>>;
type Lookup = (item: Styled, stack: StyleStack | undefined, property: string, fallback: unknown) => unknown;

const { default: Stack } = require("pdfmake/js/StyleContextStack.js") as { default: { getStyleProperty: Lookup } };

export function lookUpStyles(): Undo {
  const lookup = Stack.getStyleProperty;
  return override("pdfmake's style stack", Stack, {
    getStyleProperty(item, stack, property, fallback) {
      const own = item[property];
      if (own !== undefined && own !== null) return own;
      if (stack === undefined || item.style !== undefined) return lookup(item, stack, property, fallback);
      const { styleOverrides, defaultStyle } = stack;
      for (let index = styleOverrides.length - 1; index >= 0; index--) {
        const outer = styleOverrides[index];
        if (outer === undefined || typeof outer === "string") return lookup(item, stack, property, fallback);
        const value = outer[property];
        if (value !== undefined && value !== null) return value;
      }
      return defaultStyle?.[property] ?? fallback;
    },
  });
}
