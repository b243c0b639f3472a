// A PDF as it is read by its structure, beside what is on its pages.
import { runsFromRight } from "../../src/render/fonts/scripts.ts";
import { isNode, type Kid, languageOf } from "./pdf-ua/structure.ts";
import type { Reading } from "./pdf-ua.ts";

export interface Compared {
  /** The text of the structure, in the order in which it is read; figures by their descriptions. */
  readonly read: readonly string[];
  /** The same without figures, each text with its own language, where that is not the document's. */
  readonly words: readonly { readonly text: string; readonly language: string | null }[];
  /** What is in the structure in another order than on its page, twice, or not at all. */
  readonly faults: readonly string[];
}

/**
 * Reads a PDF by its structure, and compares that with its pages: each text of a run is read once, and on each page in the
 * order in which it is painted, which is that of the definition.
 */
export function readingOf({ structure, pages, contents }: Reading): Compared {
  const read: string[] = [];
  const words: { text: string; language: string | null }[] = [];
  const faults: string[] = [];
  const taken = new Map<string, number[]>();
  const textOf = (page: string, run: number): string =>
    (pages.get(page) ?? [])
      .filter((text) => text.run === run)
      .map(({ text }) => text)
      .join("");
  const visit = (kid: Kid, language: string | null): void => {
    if (isNode(kid)) {
      if (kid.role === "Figure") read.push(String(kid.dict["/Alt"]).slice(2));
      for (const below of kid.kids) visit(below, languageOf(kid)?.toString().slice(2) ?? null);
      if (kid.role === "Link") faults.push(...linkFaults(kid.kids, kid.parent?.role === "Reference" ? /\d+$/ : /$/));
    } else if ("run" in kid) {
      const runs = taken.get(kid.page) ?? [];
      runs.push(kid.run);
      taken.set(kid.page, runs);
      const text = textOf(kid.page, kid.run);
      if (text.trim() === "") return;
      read.push(text);
      words.push({ text, language });
    }
  };
  const wordsOf = (kid: Kid): string =>
    isNode(kid) ? kid.kids.map(wordsOf).join("") : "run" in kid ? textOf(kid.page, kid.run) : "";
  /** `more`: what is in the link's area but not a part of it, as the page of an entry of the contents. */
  const linkFaults = (kids: readonly Kid[], more: RegExp): readonly string[] => {
    const words = kids.map(wordsOf).join("").replace(more, "");
    const said = kids.flatMap((kid) => ("annotation" in kid ? [contents.get(kid.annotation) ?? ""] : [])).join("");
    return said !== "" && lettersOf(said) === lettersOf(words) ? [] : [`a link on "${words}" says "${said}"`];
  };
  for (const node of structure.top) visit(node, null);
  for (const [page, texts] of pages) {
    const runs = taken.get(page) ?? [];
    for (const { run, text } of texts)
      if (run !== null && !runs.includes(run)) faults.push(`${text} on page ${page} is not read`);
    if (new Set(runs).size !== runs.length) faults.push(`a run of page ${page} is read twice`);
    for (const [index, run] of runs.entries())
      if (run < (runs[index - 1] ?? -1)) faults.push(`${textOf(page, run)} on page ${page} is read too late`);
  }
  return { read, words, faults };
}

/** Without blanks; what runs from right to left is in a PDF as it does on paper, from the left. */
function lettersOf(text: string): string {
  const letters = Array.from(text.replace(/[\s\u00ad]/g, ""));
  return (runsFromRight(text) ? letters.sort() : letters).join("");
}

/** What of the pages is not read: decoration, and what is on each page. */
export function unreadOf({ pages }: Reading): string {
  return [...pages.values()]
    .map((texts) => texts.map(({ run, text }) => (run === null ? text : "")).join(""))
    .join("\n");
}
