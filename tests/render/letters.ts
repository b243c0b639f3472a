import { renderPdf } from "../../src/render/document.ts";
import { model } from "./data-sets.ts";

/** Names whose letters share glyphs: accented and plain, ligatures and their letters, characters that look alike. */
export const NAMES = {
  accented: ["Élodie Özdemir", "Žofia Ķirsis", "Àine Fįscher", "Iñigo O\u0308rn"],
  plain: ["Emma Oliver", "Zoe King", "Adam Fischer", "Inigo Orn"],
  ligatures: ["Jeﬀ Griﬃn", "Soﬁa Aﬄeck", "Steﬀi Reﬂex"],
  letters: ["Jeff Griffin", "Sofia Affleck", "Steffi Reflex"],
  marks: ["Anne‐Marie O’Neill", "Tau\u02bbolo Ka\u02bcai", "Zoë–Lee D\u2032Arcy"],
  ascii: ["Anne-Marie O'Neill", "Tau'olo Ka'ai", "Zoe-Lee D'Arcy"],
  // Both in one document.
  mixed: ["Jeﬀ Griffin", "Jeff Griﬃn", "Anne‐Marie Anne-Marie", "Ka\u02bcai Ka’ai Ka'ai", "Žoe Zoe Z\u030coe"],
  // Of these a glyph has another text in each word.
  scripts: ["محمد", "דניאל", "สมชาย น้ำฝน", "प्रिया किशोर", "ශ්‍රී පෙරේරා"],
  ideographs: ["陳大文 Chan", "김민수", "Ελένη Παππά", "Мария Ωmega"],
} as const;

export function letterReport(kind: keyof typeof NAMES) {
  const names = NAMES[kind];
  return model({ agents: names.length, agencies: 2, sales: 12, agentName: (index) => names[index] ?? "" });
}

if (import.meta.main) {
  const [kind = "plain", path = ""] = process.argv.slice(2);
  await Bun.write(path, (await renderPdf(letterReport(kind as keyof typeof NAMES))).bytes);
}
