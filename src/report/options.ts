import type { DiscountRule } from "./commission/discount.ts";
import type { State } from "./data-set.ts";
import { type Beside, besideOf } from "./request/beside.ts";
import { type Filter, filterOf } from "./request/filter.ts";
import type { Branding, PdfStandard, ReportRequest, SectionName, Subject } from "./request/request.ts";

/** What shapes a report beside its data. */
export interface ReportOptions {
  readonly suburb: string;
  readonly state: State;
  readonly postcode: string | null;
  readonly preparedFor: string | null;
  readonly branding: Branding | null;
  readonly printEmails: boolean;
  /** Which records count; all of them when left out. */
  readonly filter?: Filter | null;
  /** Which other suburbs count, too; none when left out. */
  readonly beside?: Beside | null;
  /** Ids or names of an agent and an agency to highlight. */
  readonly featured?: { readonly agent: string | null; readonly agency: string | null };
  /** Ids or names of agents or agencies to set side by side. */
  readonly compare?: readonly string[];
  /** A property to show comparable sales of. */
  readonly subject?: Subject | null;
  /** Parts of the full edition; all when left out. */
  readonly sections?: readonly SectionName[] | null;
  /** The price band of a commission document, as its label. */
  readonly homeOwnerPricing?: string | null;
  /** How a featured partner's discount is worked out; the usual rule when left out. */
  readonly discount?: DiscountRule;
  /** With no data at all, the report is a page that states it, as from the old service; else that is a failure. */
  readonly emptyIsPage?: boolean;
  /** "full" when left out. */
  readonly edition?: "full" | "brief";
  /** Plain PDF when left out. */
  readonly pdfStandard?: PdfStandard | null;
  /** The day of the request, ISO: the report's day where the data set has no date at all. */
  readonly date: string;
}

/** The options of a request for a locality that is known. */
export function reportOptions(
  request: Omit<ReportRequest, "suburb" | "state" | "data">,
  known: Pick<
    ReportOptions,
    "suburb" | "state" | "postcode" | "printEmails" | "date" | "edition" | "discount" | "emptyIsPage"
  >,
): ReportOptions {
  return {
    ...known,
    preparedFor: request.prepared_for ?? null,
    filter: filterOf(request),
    beside: besideOf(request),
    featured: { agent: request.featured_agent_id ?? null, agency: request.featured_agency_id ?? null },
    compare: request.compare ?? [],
    subject: request.subject ?? null,
    sections: request.sections ?? null,
    branding: request.branding ?? null,
    pdfStandard: request.pdf_standard ?? null,
    edition: request.edition ?? known.edition ?? "full",
    homeOwnerPricing: request.home_owner_pricing ?? null,
  };
}
