/*
 * A job's documents, with the operator's PDFs before and behind them, in one PDF: pages as they are, each part's outline
 * and links leading to them, one structure, and page labels that agree with the numbers that are printed on them.
 * Not here: the content of a document, and how it is drawn.
 */

// Written with @cantoo/pdf-lib: the fork of pdf-lib that is maintained (pdf-lib itself had its last release in 2021), pure
// JavaScript, so that it works in a render thread of the one binary; MuPDF's is under the AGPL.

import { basename } from "node:path";
import {
  ParseSpeeds,
  type PDFArray,
  type PDFContext,
  PDFDict,
  PDFDocument,
  PDFHexString,
  PDFName,
  PDFNumber,
  type PDFObject,
  PDFObjectCopier,
  PDFPage,
  type PDFRef,
  PDFString,
} from "@cantoo/pdf-lib";
import { asFailure, Failure } from "../../failure.ts";
import { createHasher } from "../../host/hash.ts";
import type { ReportOptions } from "../../report/options.ts";
import type { PdfStandard } from "../../report/request/request.ts";
import type { RenderedPdf } from "../book.ts";
import { xmpOf } from "../file/metadata.ts";
import { messages } from "../messages.ts";
import type { CompletePart, RenderProgress } from "../render.ts";
import { clean } from "../style/text.ts";
import { writeJoined } from "./joined-file.ts";
import { createJoinedStructure, type JoinedStructure, mapTo } from "./joined-structure.ts";
import { type OwnStructure, splitStructure } from "./own-structure.ts";
import { destinationsOf, type PdfDestination } from "./pdf-destinations.ts";

const name = PDFName.of;

/**
 * Joins PDFs in their order. The same bytes for the same parts and options.
 * @throws Failure "merge_failed" (permanent) that names the part that cannot be read, or that is not of the standard which
 *   the others are of.
 */
export async function joinPdfs(
  parts: readonly CompletePart[],
  options: ReportOptions,
  onProgress: RenderProgress,
): Promise<RenderedPdf> {
  const whole = await PDFDocument.create({ updateMetadata: false });
  const labels = whole.context.obj([]) as PDFArray;
  const structure = createJoinedStructure(whole);
  const sources: PDFDocument[] = [];
  const chapters: Bookmark[] = [];
  for (const [index, part] of parts.entries()) {
    onProgress(index / parts.length, "joining");
    const { source, own } = await readPart(part);
    if (options.pdfStandard) copyStandard(part, source, whole, options.pdfStandard);
    labels.push(PDFNumber.of(whole.getPageCount()));
    labels.push(labelOf(part, index, parts, whole.context));
    chapters.push(append(part, { source, own }, whole, structure));
    sources.push(source);
  }
  // It is public only where each part is.
  const accessible = sources.every(isAccessible);
  structure.finish(accessible);
  const { catalog, context } = whole;
  catalog.set(name("PageLabels"), context.obj({ Nums: labels }));
  catalog.set(name("Outlines"), outlineOf(chapters, context));
  catalog.set(name("PageMode"), name("UseOutlines"));
  catalog.set(name("Lang"), PDFString.of("en-AU"));
  catalog.set(name("ViewerPreferences"), context.obj({ DisplayDocTitle: true }));
  describe(whole, options, accessible);
  onProgress(0.9, "joining");
  const hash = createHasher("md5");
  for (const { path } of parts) hash.update(await Bun.file(path).bytes());
  await whole.flush();
  const bytes = writeJoined(context, structure.written, hash.digest("hex"));
  return { bytes, pages: whole.getPageCount() };
}

/**
 * Whether a PDF can be a part, for the operator's own, which are examined when the service starts.
 * @throws Failure "merge_failed" that states what is wrong with it.
 */
export async function checkPart(path: string): Promise<void> {
  const whole = await PDFDocument.create();
  append({ path, fixed: true }, await readPart({ path, fixed: true }), whole, createJoinedStructure(whole));
}

/** A part as it was read, without its structure where this program wrote it. */
interface ReadPart {
  readonly source: PDFDocument;
  readonly own: OwnStructure | null;
}

async function readPart({ path, fixed }: CompletePart): Promise<ReadPart> {
  try {
    const bytes = await Bun.file(path).bytes();
    const own = fixed ? null : splitStructure(bytes);
    // By default pdf-lib rests after every hundred objects; a render thread has nothing else to do.
    const options = { updateMetadata: false, parseSpeed: ParseSpeeds.Fastest };
    const source = await PDFDocument.load(own?.rest ?? bytes, options);
    if (source.getPageCount() === 0) throw new Error(messages.noPages);
    return { source, own };
  } catch (cause) {
    const { message } = asFailure(cause);
    const why = /encrypt/i.test(message) ? messages.passwordPdf : message;
    throw new Failure("merge_failed", messages.notPdf(path, why), { cause });
  }
}

interface Bookmark {
  readonly title: string;
  readonly target: PDFArray | null;
  readonly open: boolean;
  readonly children: readonly Bookmark[];
}

/** Appends a part's pages; returns its chapter of the outline. */
function append(
  part: CompletePart,
  { source, own }: ReadPart,
  whole: PDFDocument,
  structure: JoinedStructure,
): Bookmark {
  const { outline, links } = destinationsOf(source);
  // What leads to another page is set again below: copied, it would bring that page along once more.
  for (const { annotation } of links) for (const key of ["Dest", "A"]) annotation.delete(name(key));
  const isTagged = structure.prepare(source, own);
  for (const page of source.getPages()) cutLoose(page, isTagged);
  const first = whole.getPageCount();
  const copier = PDFObjectCopier.for(source.context, whole.context);
  const copied = copyPages(source, whole, copier);
  for (const page of copied) whole.addPage(page);
  if (isTagged) structure.add(source, copier, own);
  const arrayFor = ({ page, view }: PdfDestination): PDFArray | null => {
    const ref = copied[page]?.ref;
    return ref === undefined ? null : (whole.context.obj([ref, ...view.map((each) => each.clone())]) as PDFArray);
  };
  for (const { page, index, target } of links) {
    const annotation = copied[page]?.node.Annots()?.lookup(index);
    const array = arrayFor(target);
    if (annotation instanceof PDFDict && array !== null) annotation.set(name("Dest"), array);
  }
  const toBookmark = (item: (typeof outline)[number]): Bookmark => ({
    title: item.title,
    target: item.target && arrayFor(item.target),
    open: item.open,
    children: item.children.map(toBookmark),
  });
  const title = source.getTitle()?.trim() || basename(part.path).replace(/\.pdf$/i, "");
  const target = arrayFor({ page: 0, view: [name("Fit")] });
  if (target === null) throw new Failure("merge_failed", messages.noFirstPage(part.path, first));
  return { title, target, open: !part.fixed, children: outline.map(toBookmark) };
}

/** As pdf-lib's own, by a copier that then knows where the pages are: elements of the structure name them. */
function copyPages(source: PDFDocument, whole: PDFDocument, copier: PDFObjectCopier): readonly PDFPage[] {
  const pages = source.getPages().map((page) => ({ page, ref: whole.context.nextRef() }));
  for (const { page, ref } of pages) mapTo(copier, page.ref, ref);
  return pages.map(({ page, ref }) => {
    const leaf = copier.copy(page.node);
    whole.context.assign(ref, leaf);
    return PDFPage.of(leaf, ref, whole);
  });
}

/** The entries of a page that lead out of it, to other pages or to its original document. */
function cutLoose({ node }: PDFPage, isTagged: boolean): void {
  for (const key of [...(isTagged ? [] : ["StructParents"]), "B", "AA", "PieceInfo"]) node.delete(name(key));
  const annotations = node.Annots();
  for (let index = 0; index < (annotations?.size() ?? 0); index += 1) {
    const annotation = annotations?.lookup(index);
    if (annotation instanceof PDFDict)
      for (const key of ["P", ...(isTagged ? [] : ["StructParent"]), "Parent", "AA"]) annotation.delete(name(key));
  }
}

/** The operator's pages before the others have small Roman numbers; each document has the numbers printed on it. */
function labelOf(part: CompletePart, index: number, parts: readonly CompletePart[], context: PDFContext): PDFDict {
  const before = parts.slice(0, index);
  if (part.fixed && before.length === 0) return context.obj({ S: "r" });
  if (!before.some(({ fixed }) => !fixed)) return context.obj({ S: "D" });
  const letter = String.fromCharCode("A".charCodeAt(0) + before.filter(({ fixed }) => !fixed).length - 1);
  return context.obj({ S: "D", P: PDFString.of(part.fixed ? "Z-" : `${letter}-`) });
}

function outlineOf(chapters: readonly Bookmark[], context: PDFContext): PDFRef {
  const root = context.nextRef();
  const { first, last, shown } = writeItems(chapters, root, context);
  const dict = context.obj({ Type: "Outlines", Count: shown });
  if (first !== null) dict.set(name("First"), first);
  if (last !== null) dict.set(name("Last"), last);
  context.assign(root, dict);
  return root;
}

function writeItems(items: readonly Bookmark[], parent: PDFRef, context: PDFContext) {
  const refs = items.map(() => context.nextRef());
  let shown = items.length;
  for (const [index, { title, target, open, children }] of items.entries()) {
    const ref = refs[index];
    if (ref === undefined) continue;
    const item = context.obj({}) as PDFDict;
    item.set(name("Title"), PDFHexString.fromText(title));
    item.set(name("Parent"), parent);
    if (target !== null) item.set(name("Dest"), target);
    const [before, after] = [refs[index - 1], refs[index + 1]];
    if (before !== undefined) item.set(name("Prev"), before);
    if (after !== undefined) item.set(name("Next"), after);
    if (children.length > 0) {
      const below = writeItems(children, ref, context);
      if (below.first !== null) item.set(name("First"), below.first);
      if (below.last !== null) item.set(name("Last"), below.last);
      item.set(name("Count"), PDFNumber.of(open ? below.shown : -below.shown));
      if (open) shown += below.shown;
    }
    context.assign(ref, item);
  }
  return { first: refs[0] ?? null, last: refs.at(-1) ?? null, shown };
}

/** Title, author and dates, as Info and as XMP in agreement. */
function describe(
  whole: PDFDocument,
  { suburb, state, postcode, branding, date, pdfStandard }: ReportOptions,
  accessible: boolean,
): void {
  const title = clean(["Complete report:", suburb, state, postcode ?? ""].join(" ")).trim();
  const info = {
    Title: title,
    Author: clean(branding?.name ?? "AgentLink"),
    Subject: messages.completeSubject(clean(suburb)),
    Creator: "AgentLink",
    Producer: "AgentLink",
    // The day of the request, not now: the same parts are to give the same bytes.
    CreationDate: new Date(`${date}T00:00:00Z`),
  };
  const { context } = whole;
  const dict = context.obj({}) as PDFDict;
  for (const [key, value] of Object.entries(info))
    dict.set(name(key), value instanceof Date ? PDFString.fromDate(value) : PDFHexString.fromText(value));
  context.trailerInfo.Info = context.register(dict);
  const level = archivalLevel(pdfStandard);
  const standard =
    level === null
      ? ""
      : `<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>2</pdfaid:part><pdfaid:conformance>${level}</pdfaid:conformance></rdf:Description>`;
  const packet = `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${standard}${xmpOf(info, { accessible, archival: level !== null })}</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`;
  const metadata = context.stream(new TextEncoder().encode(packet), { Type: "Metadata", Subtype: "XML" });
  whole.catalog.set(name("Metadata"), context.register(metadata));
}

/** "A" or "B" where the standard is of PDF/A-2. */
function archivalLevel(standard: PdfStandard | null | undefined): string | null {
  return standard?.startsWith("PDF/A-2") ? standard.slice(-1).toUpperCase() : null;
}

function isAccessible(source: PDFDocument): boolean {
  return /<pdfuaid:part>\s*1\s*<|pdfuaid:part="1"/.test(metadataOf(source));
}

/** Fulfils what the standard requires of the document as a whole; a part that does not declare the standard is refused. */
function copyStandard(part: CompletePart, source: PDFDocument, whole: PDFDocument, standard: PdfStandard): void {
  const refuse = (needed: string) => {
    throw new Failure("merge_failed", messages.notStandard(part.path, needed, standard));
  };
  if (standard === "PDF/UA-1") {
    if (!isAccessible(source)) refuse("PDF/UA-1");
    return;
  }
  const xmp = metadataOf(source);
  if (!/<pdfaid:part>\s*[23]\s*<|pdfaid:part="[23]"/.test(xmp)) refuse("PDF/A-2");
  if (standard === "PDF/A-2a" && !/<pdfaid:conformance>\s*A\s*<|pdfaid:conformance="A"/i.test(xmp)) refuse("PDF/A-2a");
  const key = name("OutputIntents");
  const intents = source.catalog.lookup(key);
  if (intents === undefined || whole.catalog.has(key)) return;
  whole.catalog.set(key, PDFObjectCopier.for(source.context, whole.context).copy<PDFObject>(intents));
}

function metadataOf(source: PDFDocument): string {
  const stream = source.catalog.lookup(name("Metadata"));
  return stream !== undefined && "getContents" in stream && typeof stream.getContents === "function"
    ? new TextDecoder().decode(stream.getContents() as Uint8Array)
    : "";
}
