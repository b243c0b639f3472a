// What draws each kind of document, in the render thread: data set → model → PDF.
import { Failure } from "../failure.ts";
import { buildBrief } from "../report/brief.ts";
import { buildCommission } from "../report/commission/commission.ts";
import type { DataSet } from "../report/data-set.ts";
import type { DocumentFacts, DrawnKind } from "../report/documents.ts";
import { swappedIn } from "../report/identity/swapped.ts";
import { buildLeasing } from "../report/leasing/leasing.ts";
import type { ReportModel } from "../report/model.ts";
import type { ReportOptions } from "../report/options.ts";
import { buildReport } from "../report/report.ts";
import { isPictureNote } from "../report/sources/messages.ts";
import { renderBriefLeasing } from "./brief/agencies.ts";
import { renderBrief } from "./brief/agents.ts";
import { renderCommission } from "./commission/commission.ts";
import { type RenderedPdf, renderPdf } from "./document.ts";
import { REPLACEMENT } from "./fonts/fonts.ts";
import { renderLeasing } from "./leasing/leasing.ts";
import { messages } from "./messages.ts";
import type { RenderProgress } from "./render.ts";
import { clean, hasUncovered, shorten } from "./style/text.ts";

export interface DrawnDocument extends RenderedPdf {
  /** The facts of it that the job's status repeats. */
  readonly facts?: DocumentFacts;
  /** What is odd about what it was made from, in words for its client: they are stored with the job and shown. */
  readonly warnings?: readonly string[];
}

/**
 * Draws one document: the same bytes for the same data and options, in every thread and process. `onProgress` is called
 * with the progress, 0–1, and of the part that is being made.
 * @throws Failure "no_data" (permanent) where there is nothing to report.
 */
export type Draw = (dataSet: DataSet, options: ReportOptions, onProgress: RenderProgress) => Promise<DrawnDocument>;

/** The part of the work that is done when the figures are computed. */
const FIGURES = 0.05;

const agents: Draw = async (dataSet, options, onProgress) => {
  onProgress(0, "figures");
  const model = reportOrNothing(dataSet, options);
  // One page that states it: twelve pages without a figure would be less clear.
  if (model === null || model.selection?.nothing === true) return brief(dataSet, options, onProgress);
  const pdf = await renderPdf(model, options.pdfStandard ?? null, (done, section) =>
    onProgress(FIGURES + done * (1 - FIGURES), section),
  );
  return withWarnings(pdf, model);
};

const brief: Draw = async (dataSet, options, onProgress) => {
  const model = buildBrief(dataSet, options);
  return withWarnings(await renderBrief(model, options.pdfStandard ?? null, onProgress), model);
};

function withWarnings(pdf: RenderedPdf, { warnings }: Pick<ReportModel, "warnings">): DrawnDocument {
  return warnings.length === 0 ? pdf : { ...pdf, warnings };
}

/** @throws Failure "no_data" where no page is to report that. */
function reportOrNothing(dataSet: DataSet, options: ReportOptions): ReportModel | null {
  try {
    return buildReport(dataSet, options);
  } catch (error) {
    if (options.emptyIsPage === true && error instanceof Failure && error.code === "no_data") return null;
    throw error;
  }
}

const commission: Draw = async (dataSet, options, onProgress) => {
  const model = buildCommission(dataSet, options);
  const pdf = await renderCommission(model, options.pdfStandard ?? null, onProgress);
  return { ...pdf, facts: model.facts };
};

const KINDS: Readonly<Record<DrawnKind, Draw>> = {
  agents,
  agents_brief: brief,
  agency: async (dataSet, options, onProgress) => {
    const isBrief = options.edition === "brief";
    const orNothing = isBrief || options.emptyIsPage === true || (options.filter ?? null) !== null;
    const model = buildLeasing(dataSet, options, orNothing);
    // A filter that leaves nothing gives a page that states it.
    const draw = isBrief || model.total === 0 ? renderBriefLeasing : renderLeasing;
    return withWarnings(await draw(model, options.pdfStandard ?? null, onProgress), model);
  },
  commission,
};

/**
 * The warnings: whose names are swapped, what is drawn with a mark instead of letters, and which pictures are not
 * drawn.
 */
const warned =
  (draw: Draw, kind: DrawnKind): Draw =>
  async (dataSet, options, onProgress) => {
    const drawn = await draw(dataSet, options, onProgress);
    const leftOut = (dataSet.notes ?? []).filter(isPictureNote);
    const odd = [...swappedNames(dataSet), ...lettersWithout(printedIn(dataSet, options, kind)), ...leftOut];
    return odd.length === 0 ? drawn : { ...drawn, warnings: [...(drawn.warnings ?? []), ...odd] };
  };

export const DRAW: Readonly<Record<DrawnKind, Draw>> = {
  agents: warned(KINDS.agents, "agents"),
  agents_brief: warned(KINDS.agents_brief, "agents_brief"),
  agency: warned(KINDS.agency, "agency"),
  commission: warned(KINDS.commission, "commission"),
};

function swappedNames(dataSet: DataSet): readonly string[] {
  const found = swappedIn(dataSet);
  return found === null ? [] : [messages.namesSwapped(clean(found.agent), clean(found.agency))];
}

/** The number of names in a warning, which a person reads. */
const NAMED = 20;
/** A source's disclaimer is one of these texts. */
const MAX_NAME_LENGTH = 80;

/** The texts from the data that a document of the kind may print. */
function printedIn(dataSet: DataSet, { branding, subject }: ReportOptions, kind: DrawnKind): readonly string[] {
  const { agents = [], agencies = [], partners = [], sales = [], listings = [], rentals = [], sources = [] } = dataSet;
  const advertised = kind === "agency" ? rentals : kind === "commission" ? [] : listings;
  const isOfAgents = kind === "agents" || kind === "agents_brief";
  const printed = [
    ...(isOfAgents ? agents.filter(({ hidden }) => hidden !== true) : []).flatMap(
      ({ name, title, phone, reviews = [] }) => [name, title, phone, ...reviews.map(({ provider }) => provider)],
    ),
    ...(kind === "commission" ? [] : agencies.map(({ name }) => name)),
    ...(kind === "agency" ? agencies.flatMap(({ address, phone }) => [address, phone]) : []),
    ...(kind === "commission" ? [] : sources.flatMap(({ name, licence, disclaimer }) => [name, licence, disclaimer])),
    ...(kind === "agency" ? [] : partners.flatMap(({ agent, agency }) => [agent, agency])),
    ...[dataSet.suburb?.name, branding?.name, branding?.contact, isOfAgents ? subject?.address : null],
    ...[...(isOfAgents ? sales : []), ...advertised].flatMap(({ address, suburb }) => [address, suburb]),
    ...advertised.map(({ display_price }) => display_price),
  ];
  return [...new Set(printed.filter((each) => each != null))];
}

/** A warning for texts with letters that no face has: the document shows a mark instead of them. */
function lettersWithout(texts: readonly string[]): readonly string[] {
  const found = texts.filter(hasUncovered).map(clean);
  if (found.length === 0) return [];
  const shown = found.slice(0, NAMED).map((name) => `"${shorten(name, MAX_NAME_LENGTH)}"`);
  const more = found.length > NAMED ? ` and ${found.length - NAMED} more` : "";
  return [messages.uncovered(`${shown.join(", ")}${more}`, REPLACEMENT)];
}
