import { Failure } from "../failure.ts";

/** The request's query; parameters nobody reads are passed over, as the old API did. */
export function queryOf(request: Request): URLSearchParams {
  const start = request.url.indexOf("?");
  return new URLSearchParams(start === -1 ? "" : request.url.slice(start + 1));
}

/**
 * The request's query, of known parameters alone.
 * @throws Failure "invalid_request" for a parameter nobody reads: a misspelt filter would answer with everything.
 */
export function knownParameters(request: Request, known: readonly string[]): URLSearchParams {
  const query = queryOf(request);
  for (const name of query.keys()) {
    if (!known.includes(name))
      throw invalidParameter(name.slice(0, 100), `there is no such parameter; there is ${known.join(", ")}`);
  }
  return query;
}

/** Refuses one parameter of the query. */
export function invalidParameter(name: string, detail: string): Failure {
  return new Failure("invalid_request", `${name}: ${detail}.`, {
    details: { problems: [{ parameter: name, message: detail }] },
  });
}
