/*
 * Where data sets come from: the catalogue, the operator's own service, Domain, and webhooks of partners.
 * All sources have one interface; each marks its failures as transient or permanent.
 * Not here: what a report counts, and how it is drawn.
 */

import type { State } from "../data-set.ts";

/** The suburb a report is for, as the gazetteer names it. */
export interface ReportLocality {
  readonly suburb: string;
  readonly state: State;
  readonly postcode: string | null;
  /** Domain's wider areas, where the request names them. */
  readonly region?: string | null;
  readonly area?: string | null;
}

/** Where a data set comes from when the request brings none. */
export interface DataSetSource {
  /** The DataSet of a suburb as JSON text, or null where this source has no data about it. `of`: what is reported on. */
  dataSet(locality: ReportLocality, of?: "sales" | "rentals"): string | null | Promise<string | null>;
}
