import type { DataSet } from "../report/data-set.ts";
import type { ReportOptions } from "../report/options.ts";
import { REPLACEMENT } from "./fonts.ts";
import { clean, hasUncovered } from "./text.ts";

/** As many are named; a warning is read by a person. */
const NAMED = 5;

/** A warning for the names of which no face has all letters: the report shows a mark in the place of those. */
export function lettersWithout({ agents, agencies, suburb }: DataSet, { branding }: ReportOptions): readonly string[] {
  const names = [
    ...(agents ?? []).filter(({ hidden }) => hidden !== true).map(({ name }) => name),
    ...(agencies ?? []).map(({ name }) => name),
    suburb?.name ?? "",
    branding?.name ?? "",
    branding?.contact ?? "",
  ];
  const found = [...new Set(names.filter((name) => name !== null && hasUncovered(name)))].map(clean);
  if (found.length === 0) return [];
  const shown = found.slice(0, NAMED).map((name) => `"${name}"`);
  const more = found.length > NAMED ? ` and ${found.length - NAMED} more` : "";
  return [
    `No face has all letters of ${shown.join(", ")}${more}: the document shows ${REPLACEMENT} in their place. Send the name in other letters`,
  ];
}
