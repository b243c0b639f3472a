import type { State } from "./data-set.ts";
import type { Branding } from "./request.ts";

/** What shapes a report beside its data. */
export interface ReportOptions {
  readonly suburb: string;
  readonly state: State;
  readonly postcode: string | null;
  readonly preparedFor: string | null;
  readonly branding: Branding | null;
  readonly printEmails: boolean;
  /** The day of the request, ISO: the report's day where the data set has no date at all. */
  readonly date: string;
}
