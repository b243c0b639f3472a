import { licencesText } from "./licences/text.ts";

/** Prints what is in this program that others made, each with its licence in full. */
export function printLicences(print: (text: string) => void): void {
  print(licencesText());
}
