/**
 * What a job's request says. A failing disk, or who wrote into the table by hand, may have left what is no JSON: it then
 * says nothing, so that one job is not in the way of all others.
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

/** Of a request, what everybody gets but who renders: the metadata alone, as JSON text. */
export function metadataOf(request: string): string {
  return `{"metadata":${metadataText(request)}}`;
}

/** What was odd about a request, from the JSON text that is kept of it; nothing where nothing was. */
export function warningsOf(text: string | null | undefined): readonly string[] {
  try {
    return text ? (JSON.parse(text) as readonly string[]) : [];
  } catch {
    return [];
  }
}

/** The same as it is kept: null for none. */
export function warningsText(warnings: readonly string[] = []): string | null {
  return warnings.length === 0 ? null : JSON.stringify(warnings);
}
