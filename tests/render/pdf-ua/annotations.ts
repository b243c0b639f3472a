// Links and other annotations of a page (ISO 14289-1, 7.18), and files that are attached.
import { type Dictionary, dataOf, type Value } from "../pdf-objects.ts";
import type { Must } from "./conditions.ts";
import { markedContent } from "./content.ts";
import { hasWords, languageOf, type Node, type Structure } from "./structure.ts";

/** ISO 32000-1, table 169. */
const KNOWN = new Set(
  (
    "Text Link FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Stamp Caret Ink Popup " +
    "FileAttachment Sound Movie Widget Screen PrinterMark TrapNet Watermark 3D Redact"
  ).split(" "),
);
/** These have no element of their own, or another one. */
const NOT_IN_ANNOT = new Set(["Widget", "Link", "PrinterMark", "Popup"]);

interface Reader {
  readonly resolve: (value: Value | undefined) => Value | undefined;
  readonly at: (reference: Value | undefined) => { readonly stream?: { readonly data: string } } | undefined;
}

/** What is wrong with an annotation; `language` is the document's. */
export function checkAnnotation(
  reference: Value,
  { annotated }: Structure,
  language: Value | undefined,
  { resolve, at }: Reader,
  must: Must,
): void {
  const annotation = (resolve(reference) ?? {}) as Dictionary;
  const subtype = String(annotation["/Subtype"]).slice(1);
  const element: Node | undefined = annotated.get(String(reference));
  const described = hasWords(annotation["/Contents"]) || hasWords(element?.dict["/Alt"]);
  const inAnnot = NOT_IN_ANNOT.has(subtype) || element?.role === "Annot";
  if (KNOWN.has(subtype)) must(inAnnot, "28-002", subtype);
  else must(inAnnot && described, "28-006", subtype);
  if (!["Widget", "Popup", "PrinterMark"].includes(subtype)) must(described, "28-004", subtype);
  must(subtype !== "TrapNet", "28-007");
  if (hasWords(annotation["/Contents"])) must(language ?? languageOf(element), "11-004");
  if (subtype === "Widget") {
    must(element?.role === "Form", "28-010");
    const field = (resolve(annotation["/Parent"]) ?? {}) as Dictionary;
    const name = annotation["/TU"] ?? field["/TU"];
    must(hasWords(name) || hasWords(element?.dict["/Alt"]), "28-005");
    if (hasWords(name)) must(language ?? languageOf(element), "11-005");
  }
  if (subtype === "Link") {
    must(element?.role === "Link", "28-011");
    must(hasWords(annotation["/Contents"]), "28-012");
  }
  if (subtype === "FileAttachment") {
    const file = (resolve(annotation["/FS"]) ?? {}) as Dictionary;
    must(file["/F"] !== undefined && file["/UF"] !== undefined, "28-016");
  }
  if (subtype === "PrinterMark") {
    must(element === undefined, "28-017");
    const appearance = (resolve(annotation["/AP"]) ?? {}) as Dictionary;
    let isArtifact = true;
    const { runs } = markedContent(
      dataOf(at(appearance["/N"])).toString("latin1"),
      (holds) => {
        isArtifact &&= Boolean(holds);
      },
      "",
    );
    must(isArtifact && runs.length === 0, "28-018");
  }
}

/** What is wrong with dictionaries wherever they are. */
export function checkFiles(dictionaries: readonly Dictionary[], must: Must): void {
  for (const each of dictionaries) {
    if (each["/EF"] !== undefined) must(each["/F"] !== undefined && each["/UF"] !== undefined, "21-001");
    if (each["/S"] === "/MCD") {
      must(each["/CT"] !== undefined, "28-014");
      must(each["/Alt"] !== undefined, "28-015");
    }
    if (each["/Subtype"] === "/Form") must(each["/Ref"] === undefined, "30-001");
  }
}
