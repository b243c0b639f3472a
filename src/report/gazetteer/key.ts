/**
 * What two spellings of one suburb share: no case, accents, spaces, hyphens, apostrophes or dots; Saint and Mount short,
 * as the gazetteer has most of them. "Mount Kuring-gai", "MT KURING GAI" and "mt. kuringgai" are all "mtkuringgai".
 */
export function suburbKey(name: string): string {
  const lower = name.toLowerCase();
  // Most names are plain, and all 18,000 pass here when the gazetteer is first used.
  if (/^[a-z ]*$/.test(lower)) return shortened(lower).replaceAll(" ", "");
  const bare = lower.normalize("NFKD").replace(/\p{M}/gu, "");
  return shortened(bare).replace(/[^\p{L}\p{N}]/gu, "");
}

function shortened(name: string): string {
  if (!name.includes("saint") && !name.includes("mount")) return name;
  return name.replace(/\bsaint\b/g, "st").replace(/\bmount\b/g, "mt");
}
