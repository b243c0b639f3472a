import { collectLicences } from "./licences/collect.ts" with { type: "macro" };

/** Collected while the program was built, from the packages that went into it. */
const LICENCES = collectLicences();

/** Prints what is in this program that others made, each with its licence in full. */
export function printLicences(print: (text: string) => void): void {
  print(LICENCES);
}
