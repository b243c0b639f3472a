/**
 * The fields of a job's request. A failing disk, or a change with SQL, may have left text that is not JSON: it then
 * counts as empty, so that one job does not block all others.
 */
export function requestOf(request: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(request) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

/** A request's metadata as JSON text; null where it has none. */
export function metadataText(request: string): string | null {
  const { metadata = null } = requestOf(request);
  return metadata === null ? null : JSON.stringify(metadata);
}

/**
 * What a request may contain besides the locality, its data and the delivery: short, and shown with the job. The trigger
 * `jobs_requested` names the same.
 */
export const REQUESTED_FIELDS = [
  "property_types",
  "min_bedrooms",
  "max_bedrooms",
  "min_bathrooms",
  "max_bathrooms",
  "min_carspaces",
  "max_carspaces",
  "min_land_area",
  "max_land_area",
  "include_surrounding_suburbs",
  "other_suburbs",
  "region",
  "area",
  "home_owner_pricing",
  "featured_agent_id",
  "featured_agency_id",
  "edition",
  "sections",
  "compare",
  "subject",
  "report",
  "prepared_for",
] as const;

const IS_REQUESTED: ReadonlySet<string> = new Set(REQUESTED_FIELDS);

/** The fields of a request that are shown with its job. A request names few of them. */
export function requestedOf(request: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const requested: Record<string, unknown> = {};
  for (const name in request) if (IS_REQUESTED.has(name) && request[name] != null) requested[name] = request[name];
  return requested;
}

/** Of a request, what every view of its job shows, as JSON text: its metadata, and what it requested. */
export function requestedText(request: string): string {
  const all = requestOf(request);
  return JSON.stringify({ metadata: all.metadata ?? null, ...requestedOf(all) });
}

/** What was odd about a request, from the JSON text that is stored of it; nothing where nothing was. */
export function warningsOf(text: string | null | undefined): readonly string[] {
  try {
    return text ? (JSON.parse(text) as readonly string[]) : [];
  } catch {
    return [];
  }
}

/** The same as it is stored: null for none. */
export function warningsText(warnings: readonly string[] = []): string | null {
  return warnings.length === 0 ? null : JSON.stringify(warnings);
}
