// Which documents a job makes. A new kind is named here, drawn in render/documents.ts, and known to everything else
// (queue, delivery, API, dashboard) by its name alone.
import type { ReportRequest } from "./request/request.ts";

/** In the order in which people are shown them. The first that a job makes is its main document. */
export const DOCUMENT_KINDS = ["agents", "agents_brief", "agency", "commission", "complete"] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** The kind of every document that was made before a job had several. */
export const FIRST_KIND = "agents" satisfies DocumentKind;

/** The complete document is made from the files of the others, not from data. */
export type DrawnKind = Exclude<DocumentKind, "complete">;

/** A job's main document and those beside it. */
export type DocumentPlan = readonly [main: DrawnKind, ...others: DocumentKind[]];

/** The fields of a request that determine its documents. */
export type DocumentFields = Pick<ReportRequest, "report" | "edition" | "home_owner_pricing">;

/**
 * The documents that a request selects, the main one first. Pure: the same request and settings plan the same documents,
 * whichever attempt plans them; what an earlier attempt made of them is not made again.
 */
export function planDocuments(
  { report, edition, home_owner_pricing: band }: DocumentFields,
  settings: { readonly edition: "full" | "brief" } = { edition: "full" },
): DocumentPlan {
  const brief = (edition ?? settings.edition) === "brief";
  const main = report === "agency" ? "agency" : brief ? "agents_brief" : "agents";
  return completed(band === undefined ? [main] : [main, "commission"]);
}

/** Where the commission document is made, all of the job's documents are joined in one, too. */
function completed([main, ...others]: DocumentPlan): DocumentPlan {
  return others.includes("commission") ? [main, ...others, "complete"] : [main, ...others];
}

/**
 * The same in the order in which they are made: the commission document first, as the old service did, so that the
 * progress that its clients show never goes back; the complete document, which is made of the others, last.
 */
export function makingOrder(plan: readonly DocumentKind[]): readonly DocumentKind[] {
  const rank = (kind: DocumentKind) => (kind === "complete" ? 2 : kind === "commission" ? 0 : 1);
  return plan.toSorted((a, b) => rank(a) - rank(b));
}

/** Figures of a document that a job's status repeats, as they are printed in it. */
export type DocumentFacts = {
  /** Such as "1.80-1.98%". */
  readonly commission_rate?: string;
  /** Such as "$1,250". */
  readonly discount?: string;
};
