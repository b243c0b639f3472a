import { collectLicences } from "./collect.ts";

/** The licences; build.ts replaces this module with the compressed text. */
export function licencesText(): string {
  return collectLicences();
}
