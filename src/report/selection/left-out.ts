import { messages } from "../messages.ts";
import { plural } from "../wording.ts";

/** What a record must be known for, to be counted at all. */
export type Unknown = keyof typeof messages.notKnown;

/**
 * "12 sales excluded because their bedrooms are unknown": records that nothing known speaks against, by what is not
 * known.
 */
export function leftOutUnknown(counts: ReadonlyMap<Unknown, number>, noun: string): readonly string[] {
  return Object.entries(messages.notKnown).flatMap(([what, [one, many]]) => {
    const n = counts.get(what as Unknown) ?? 0;
    return n === 0 ? [] : [messages.excluded(plural(n, noun), n === 1 ? one : many)];
  });
}
