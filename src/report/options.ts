import type { State } from "./data-set.ts";
import type { Branding, PdfStandard, ReportRequest } from "./request.ts";

/** What shapes a report beside its data. */
export interface ReportOptions {
  readonly suburb: string;
  readonly state: State;
  readonly postcode: string | null;
  readonly preparedFor: string | null;
  readonly branding: Branding | null;
  readonly printEmails: boolean;
  /** Plain PDF when left out. */
  readonly pdfStandard?: PdfStandard | null;
  /** The day of the request, ISO: the report's day where the data set has no date at all. */
  readonly date: string;
}

/** The options of a request for a place that is known. */
export function reportOptions(
  request: Pick<ReportRequest, "prepared_for" | "branding" | "pdf_standard">,
  known: Pick<ReportOptions, "suburb" | "state" | "postcode" | "printEmails" | "date">,
): ReportOptions {
  return {
    ...known,
    preparedFor: request.prepared_for ?? null,
    branding: request.branding ?? null,
    pdfStandard: request.pdf_standard ?? null,
  };
}
