import { collectLicences } from "./collect.ts";

/** The licences; build.ts puts them, packed, in the place of this module. */
export function licencesText(): string {
  return collectLicences();
}
