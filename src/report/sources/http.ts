import { asFailure, Failure } from "../../failure.ts";
import { type Outbound, type OutboundAnswer, retryAfterMs } from "../../outbound/outbound.ts";
import type { DataSet } from "../data-set.ts";
import { suburbKey } from "../gazetteer/key.ts";
import { parseJsonText } from "../json.ts";
import { parseDataSet } from "../validation.ts";
import type { ReportPlace, Source } from "./source.ts";

const TIMEOUT_MS = 60_000;
const MAX_BYTES = 8_000_000;
const REDIRECTS = 3;
/** Of all answers kept together. */
const CACHE_BYTES = 32_000_000;

export interface HttpSourceOptions {
  /** With {suburb}, {state} and {postcode} in its path or query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How long an answer is used without asking again; then it is asked for by its ETag. */
  readonly cacheMs: number;
  readonly outbound: Pick<Outbound, "request">;
  /** {@link checkDataSet}, here or in a thread: it takes half a second for the largest answer. */
  readonly check: (text: string) => CheckedDataSet | Promise<CheckedDataSet>;
  readonly now?: () => Date;
}

interface Kept {
  /** The data set, checked. */
  readonly text: string;
  /** What asks for it only if it has changed. */
  readonly condition: Readonly<Record<string, string>>;
  readonly freshUntil: number;
}

/** A data set as JSON text, with what is to be known of it without reading it again. */
export interface CheckedDataSet {
  readonly text: string;
  readonly suburb: DataSet["suburb"];
}

/** @throws Failure "bad_json" or "invalid_data_set" (permanent). */
export function checkDataSet(text: string): CheckedDataSet {
  const dataSet = parseDataSet(parseJsonText(text));
  return { text: JSON.stringify(dataSet), suburb: dataSet.suburb };
}

/**
 * Data sets from a service of the operator's, one a suburb. 204, 404 and 410 say that it has none.
 * Its `dataSet` throws Failure "source_unavailable" (transient: 408, 425, 429, 5xx) and "source_refused", "source_answer"
 * (permanent), or what {@link Outbound.request} throws.
 */
export function createHttpSource({
  url,
  headers,
  cacheMs,
  outbound,
  check,
  now = () => new Date(),
}: HttpSourceOptions): Source {
  /** In the order of use, the longest unused first. */
  const cache = new Map<string, Kept>();
  const asking = new Map<string, Promise<string | null>>();
  let cachedBytes = 0;

  function keep(address: string, kept: Kept): void {
    forget(address);
    cache.set(address, kept);
    cachedBytes += kept.text.length;
    for (const oldest of cache.keys()) {
      if (cachedBytes <= CACHE_BYTES) break;
      forget(oldest);
    }
  }

  function forget(address: string): void {
    cachedBytes -= cache.get(address)?.text.length ?? 0;
    cache.delete(address);
  }

  async function ask(address: string, place: ReportPlace): Promise<string | null> {
    const kept = cache.get(address);
    const answer = await request(address, kept?.condition ?? {});
    const freshUntil = now().getTime() + cacheMs;
    switch (answer.status) {
      case 304:
        if (kept === undefined) throw wrong(place, "it answered 304 to a question without a condition");
        keep(address, { ...kept, freshUntil });
        return kept.text;
      case 204:
      case 404:
      case 410:
        forget(address);
        return null;
      case 200: {
        const text = await checked(answer.body, place);
        if (cacheMs > 0) keep(address, { text, condition: conditionOf(answer.headers), freshUntil });
        return text;
      }
      default:
        throw refusalOf(answer, place, now());
    }
  }

  async function checked(body: string, place: ReportPlace): Promise<string> {
    const { text, suburb } = await Promise.try(check, body).catch((error) => {
      if (!(error instanceof Failure)) throw error;
      if (error.code === "bad_json") throw wrong(place, `it is not JSON: ${error.message}`, error);
      throw error.code === "invalid_data_set" ? wrong(place, error.message, error) : error;
    });
    if (suburb && (suburbKey(suburb.name) !== suburbKey(place.suburb) || suburb.state !== place.state))
      throw wrong(place, `it is about ${suburb.name} ${suburb.state}`);
    return text;
  }

  async function request(address: string, condition: Readonly<Record<string, string>>): Promise<OutboundAnswer> {
    try {
      return await outbound.request(address, {
        method: "GET",
        headers: { Accept: "application/json", "User-Agent": "AgentLink", ...headers, ...condition },
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_BYTES,
        redirects: REDIRECTS,
      });
    } catch (error) {
      const { code, message, options } = asFailure(error);
      throw new Failure(code, `the data source: ${message}`, { ...options, cause: error });
    }
  }

  return {
    async dataSet(place) {
      const address = sourceAddress(url, place);
      const kept = cache.get(address);
      if (kept !== undefined && kept.freshUntil > now().getTime()) {
        keep(address, kept);
        return kept.text;
      }
      // A batch for one suburb asks once.
      const question = asking.get(address) ?? ask(address, place).finally(() => asking.delete(address));
      asking.set(address, question);
      return question;
    },
  };
}

/** Where the data set of a suburb is asked for: the place's words are encoded, so that they lead nowhere else. */
export function sourceAddress(url: string, { suburb, state, postcode }: ReportPlace): string {
  const words: Readonly<Record<string, string>> = { suburb, state, postcode: postcode ?? "" };
  return url.replace(/\{(suburb|state|postcode)\}/g, (_, name: string) => encodeURIComponent(words[name] ?? ""));
}

function conditionOf(headers: Headers): Readonly<Record<string, string>> {
  const etag = headers.get("etag");
  const modified = headers.get("last-modified");
  if (etag !== null) return { "If-None-Match": etag };
  return modified === null ? {} : { "If-Modified-Since": modified };
}

function refusalOf({ status, headers }: OutboundAnswer, { suburb, state }: ReportPlace, at: Date): Failure {
  const said = `the data source answered ${status} for ${suburb} ${state}`;
  if (status >= 500 || status === 429 || status === 408 || status === 425)
    return new Failure("source_unavailable", said, { transient: true, retryAfterMs: retryAfterMs(headers, at) ?? 0 });
  const advice =
    status === 401 || status === 403 ? ": look at AGENTLINK_SOURCE_HEADERS" : ": look at AGENTLINK_SOURCE_URL";
  return new Failure("source_refused", said + advice);
}

function wrong({ suburb, state }: ReportPlace, what: string, cause?: unknown): Failure {
  return new Failure("source_answer", `the data source's answer for ${suburb} ${state} cannot be used: ${what}`, {
    cause,
  });
}
