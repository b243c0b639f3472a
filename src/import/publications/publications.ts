/*
 * Tables that authorities publish: medians of sales by suburb, and bonds.
 * Each file has one publication: how to recognise it, and what its columns are.
 * Not here: files of agencies and portals, and the register of sales.
 */

import { bonds } from "./bonds.ts";
import type { Publication } from "./publication.ts";
import { southAustralia } from "./south-australia.ts";
import { victoria } from "./victoria.ts";

const PUBLICATIONS: readonly Publication[] = [bonds, southAustralia, victoria];

/** The publication whose columns a row names; null for any other table. */
export function publicationOf(header: readonly unknown[]): Publication | null {
  return PUBLICATIONS.find((each) => each.isHeader(header)) ?? null;
}
