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

/** Of a request, what lists and those who are told of the job's end get: the metadata alone, as JSON text. */
export function metadataOf(request: string): string {
  const { metadata = null } = requestOf(request);
  return JSON.stringify({ metadata });
}
