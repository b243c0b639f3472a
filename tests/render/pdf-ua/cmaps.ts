// CMaps: from codes to the glyphs of a composite font, and from codes to text (ISO 32000-1, 9.7.5 and 9.10.3).

const both = (names: string) => names.split(" ").flatMap((name) => [`${name}-H`, `${name}-V`]);

/** ISO 32000-1, table 118, by the ordering of their characters. */
const PREDEFINED: Readonly<Record<string, readonly string[]>> = {
  GB1: both("GB-EUC GBpc-EUC GBK-EUC GBKp-EUC GBK2K UniGB-UCS2 UniGB-UTF16"),
  CNS1: both("B5pc HKscs-B5 ETen-B5 ETenms-B5 CNS-EUC UniCNS-UCS2 UniCNS-UTF16"),
  Japan1: [
    ...both("90ms-RKSJ 90msp-RKSJ Add-RKSJ EUC Ext-RKSJ UniJIS-UCS2 UniJIS-UCS2-HW UniJIS-UTF16"),
    ...["83pv-RKSJ-H", "90pv-RKSJ-H", "H", "V"],
  ],
  Korea1: [...both("KSC-EUC KSCms-UHC KSCms-UHC-HW UniKS-UCS2 UniKS-UTF16"), "KSCpc-EUC-H"],
  Identity: ["Identity-H", "Identity-V"],
};

/** The ordering of a predefined CMap; null of one that is not. */
export function orderingOf(name: string): string | null {
  return Object.entries(PREDEFINED).find(([, names]) => names.includes(name))?.[0] ?? null;
}

const text = (hex: string) => Buffer.from(hex, "hex").swap16().toString("utf16le");
const HEX = "<\\s*([0-9a-fA-F]+)\\s*>";

/** The text of each code of a ToUnicode map. */
export function textsOf(map: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const [, entries = ""] of map.matchAll(/beginbfchar([\s\S]*?)endbfchar/g))
    for (const [, code = "", to = ""] of entries.matchAll(new RegExp(`${HEX}\\s*${HEX}`, "g")))
      found.set(Number.parseInt(code, 16), text(to));
  for (const [, entries = ""] of map.matchAll(/beginbfrange([\s\S]*?)endbfrange/g))
    for (const [, from = "", to = "", list, first] of entries
      .replace(/(?<=[0-9a-fA-F]) (?=[0-9a-fA-F])/g, "")
      .matchAll(new RegExp(`${HEX}\\s*${HEX}\\s*(?:\\[([^\\]]*)\\]|${HEX})`, "g"))) {
      const codes = Array.from({ length: Number.parseInt(to, 16) - Number.parseInt(from, 16) + 1 }, (_, at) => at);
      const listed = list === undefined ? null : Array.from(list.matchAll(new RegExp(HEX, "g")), ([, hex = ""]) => hex);
      for (const at of codes) {
        const hex = listed?.[at] ?? next(first ?? "", at);
        if (hex !== "") found.set(Number.parseInt(from, 16) + at, text(hex));
      }
    }
  return found;
}

/** The last of its two bytes counts up. */
function next(hex: string, by: number): string {
  if (hex === "") return "";
  const last = Number.parseInt(hex.slice(-4), 16) + by;
  return hex.slice(0, -4) + last.toString(16).padStart(4, "0");
}
