/**
 * The document's metadata as XMP (ISO 16684-1), in agreement with its Info dictionary as PDF/A-2 wants it
 * (ISO 19005-2, 6.6.3): the descriptions that go between pdfkit's packet head and tail.
 */
export function xmpOf(info: Readonly<Record<string, unknown>>): string {
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
</rdf:Description>`;
}

function element(name: string, content: string): string {
  return content === "" ? "" : `  <${name}>${content}</${name}>`;
}

function alternative(value: unknown): string {
  return value ? `<rdf:Alt><rdf:li xml:lang="x-default">${escaped(value)}</rdf:li></rdf:Alt>` : "";
}

/** Not allowed in XML 1.0, even escaped. */
const NO_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

function escaped(value: unknown): string {
  return String(value ?? "")
    .replace(NO_CHARACTER, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
