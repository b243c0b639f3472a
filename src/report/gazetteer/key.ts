/**
 * What two spellings of one suburb share: no case, accents, spaces, hyphens, apostrophes or dots; Saint and Mount short,
 * as the gazetteer has most of them. "Mount Kuring-gai", "MT KURING GAI" and "mt. kuringgai" are all "mtkuringgai".
 */
export function suburbKey(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/\bsaint\b/g, "st")
    .replace(/\bmount\b/g, "mt")
    .replace(/[^\p{L}\p{N}]/gu, "");
}
