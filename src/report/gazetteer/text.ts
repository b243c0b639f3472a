import { compactGazetteer } from "./compact.ts";

/**
 * All localities as one text (see {@link compactGazetteer}). From source it is made when it is first needed; build.ts puts
 * the text, packed, in place of this module: once for all threads' programs, which each had it written into them.
 */
export function gazetteerText(): string {
  return compactGazetteer();
}
