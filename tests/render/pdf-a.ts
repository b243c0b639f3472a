import { expect } from "bun:test";
import { type Dictionary, objectsOf, type Value } from "./pdf-objects.ts";
import { accessibilityFaults } from "./pdf-ua.ts";

/** What ISO 19005-2 requires of a file, as far as a report could break it; level A requires PDF/UA's structure. */
export async function expectArchival(
  path: string,
  level: "A" | "B" = "B",
  said: readonly string[] = [],
): Promise<void> {
  const { at, dictionaries, trailer, catalogue } = await objectsOf(path);
  // 6.1.3: an id, and no encryption.
  expect(trailer["/ID"]).toBeArrayOfSize(2);
  expect(trailer["/Encrypt"]).toBeUndefined();
  // 6.2.3: the colours are those of an embedded profile.
  const [intent] = catalogue["/OutputIntents"] as readonly Value[];
  const output = at(intent)?.value as Dictionary | undefined;
  expect(output?.["/S"]).toBe("/GTS_PDFA1");
  const profile = output?.["/DestOutputProfile"];
  expect(at(profile)?.stream?.dict["/N"]).toBe(3);
  const icc = Buffer.from(at(profile)?.stream?.data ?? "", "base64");
  expect(icc.toString("latin1", 36, 40)).toBe("acsp");
  expect(icc.readUInt32BE(0)).toBe(icc.length);
  // 6.2.11: every font is in the file.
  const fonts = dictionaries.filter((value) => value["/Type"] === "/Font");
  expect(fonts.map((font) => font["/Subtype"])).not.toContain("/Type1");
  const descriptors = dictionaries.filter((value) => value["/Type"] === "/FontDescriptor");
  expect(descriptors.length).toBeGreaterThan(0);
  expect(descriptors.length).toBe(fonts.filter((font) => "/DescendantFonts" in font).length);
  for (const descriptor of descriptors) expect(at(descriptor["/FontFile2"])?.stream).toBeDefined();
  // 6.3: annotations are printed; 6.5: nothing runs.
  for (const annotation of dictionaries.filter((value) => value["/Subtype"] === "/Link"))
    expect(Number(annotation["/F"]) & 0b1111).toBe(0b0100);
  const actions = dictionaries.map((value) => value["/S"]);
  for (const action of ["/JavaScript", "/Launch", "/Sound", "/Movie"]) expect(actions).not.toContain(action);
  for (const key of ["/OpenAction", "/AA", "/AcroForm"]) expect(catalogue[key]).toBeUndefined();
  // 6.6: it declares what it is, and describes properties that the standard does not know.
  const xmp = Buffer.from(at(catalogue["/Metadata"])?.stream?.data ?? "", "base64").toString();
  expect(xmp).toContain("<pdfaid:part>2</pdfaid:part>");
  expect(xmp).toContain(`<pdfaid:conformance>${level}</pdfaid:conformance>`);
  for (const text of said) expect(xmp).toContain(text);
  expect(at(catalogue["/Metadata"])?.stream?.dict["/Filter"]).toBeUndefined();
  // 6.7, of level A.
  expect(await accessibilityFaults(path)).toEqual([]);
}
