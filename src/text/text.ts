/*
 * Text as text, whatever its content: compared by code unit, shown without what would disguise it, and written into CSV
 * and XML so that no reader takes it for anything else.
 * Not here: sentences, and any other room.
 */

/** By code unit: the same on every machine, whatever its language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
