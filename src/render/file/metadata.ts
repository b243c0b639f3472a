import { xmlText } from "../../text/xml.ts";

/**
 * The document's metadata as XMP (ISO 16684-1), in agreement with its Info dictionary as PDF/A-2 requires
 * (ISO 19005-2, 6.6.3): the descriptions that go between pdfkit's packet head and tail. `accessible`: it is declared as
 * PDF/UA-1; `archival`: as PDF/A-2, too, which does not know that property.
 */
export function xmpOf(
  info: Readonly<Record<string, unknown>>,
  { accessible, archival }: { readonly accessible: boolean; readonly archival: boolean },
): string {
  const { Title, Author, Subject, Creator, Producer, CreationDate } = info;
  const created = CreationDate instanceof Date ? `${CreationDate.toISOString().slice(0, 19)}Z` : null;
  return `
<rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/">
${[
  element("dc:title", alternative(Title)),
  element("dc:creator", Author ? `<rdf:Seq><rdf:li>${escaped(Author)}</rdf:li></rdf:Seq>` : ""),
  element("dc:description", alternative(Subject)),
  element("xmp:CreatorTool", escaped(Creator)),
  element("xmp:CreateDate", escaped(created)),
  element("pdf:Producer", escaped(Producer)),
]
  .filter((line) => line !== "")
  .join("\n")}
</rdf:Description>${accessible ? ACCESSIBLE : ""}${accessible && archival ? SCHEMA : ""}`;
}

/** ISO 14289-1, clause 5. */
const ACCESSIBLE = `
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
  <pdfuaid:part>1</pdfuaid:part>
</rdf:Description>`;

/** What ISO 19005-2, 6.6.2.3 requires of a schema that it does not name itself. */
const SCHEMA = `
<rdf:Description rdf:about=""
    xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
    xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
  <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
      <pdfaProperty:name>part</pdfaProperty:name>
      <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
      <pdfaProperty:category>internal</pdfaProperty:category>
      <pdfaProperty:description>Part of ISO 14289 that the document is of</pdfaProperty:description>
    </rdf:li></rdf:Seq></pdfaSchema:property>
  </rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>`;

function element(name: string, content: string): string {
  return content === "" ? "" : `  <${name}>${content}</${name}>`;
}

function alternative(value: unknown): string {
  return value ? `<rdf:Alt><rdf:li xml:lang="x-default">${escaped(value)}</rdf:li></rdf:Alt>` : "";
}

function escaped(value: unknown): string {
  return xmlText(String(value ?? ""));
}
