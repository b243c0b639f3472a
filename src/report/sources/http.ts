import { asFailure, Failure } from "../../failure.ts";
import {
  type CircuitBreaker,
  type CircuitBreakerOptions,
  createCircuitBreaker,
} from "../../outbound/circuit-breaker.ts";
import type { Outbound, OutboundResponse } from "../../outbound/outbound.ts";
import { parseRetryAfter } from "../../outbound/retry-after.ts";
import type { DataSet } from "../data-set.ts";
import { suburbKey } from "../gazetteer/key.ts";
import { parseJsonText } from "../json.ts";
import { withPreparedPictures } from "../pictures.ts";
import { readDataSet } from "../validation.ts";
import { messages } from "./messages.ts";
import type { DataSetSource, ReportPlace } from "./source.ts";

const TIMEOUT_MS = 60_000;
const MAX_BYTES = 8_000_000;
const REDIRECTS = 3;
/** Of all cached responses together. */
const CACHE_BYTES = 32_000_000;
/** So long it is believed, while the service is away, that it has nothing for a place: the catalogue serves that one. */
const NOTHING_LASTS_MS = 24 * 3_600_000;
/** More places than there are suburbs. */
const NOTHING_FOR = 20_000;

export interface HttpSourceOptions {
  /** With {suburb}, {state} and {postcode} in its path or query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How long a response is used without asking again; then it is asked for by its ETag. */
  readonly cacheMs: number;
  readonly outbound: Pick<Outbound, "request">;
  /** Opens where the service does not respond, asks for a pause or refuses what is set. */
  readonly breaker: CircuitBreaker;
  /** {@link checkDataSet}, here or in a thread: it takes half a second for the largest response. */
  readonly check: (text: string) => CheckedDataSet | Promise<CheckedDataSet>;
  readonly now?: () => Date;
}

interface CachedResponse {
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

const PICTURES_NAMED = 5;

/**
 * A picture that cannot be drawn is left out, and Method says so: it is worth no report.
 * @throws Failure "bad_json" or "invalid_data_set" (permanent).
 */
export function checkDataSet(text: string): CheckedDataSet {
  const { dataSet, problems } = withPreparedPictures(readDataSet(parseJsonText(text)), "");
  const named = problems.slice(0, PICTURES_NAMED).map(({ path, message }) => messages.pictureLeftOut(path, message));
  const more = problems.length - named.length;
  const notes = more > 0 ? [...named, messages.morePictures(more)] : named;
  const noted = notes.length === 0 ? dataSet : { ...dataSet, notes: [...(dataSet.notes ?? []), ...notes] };
  return { text: JSON.stringify(noted), suburb: dataSet.suburb };
}

/**
 * Data sets from a service of the operator's, one a suburb. 204, 404 and 410 say that it has none. While it is away jobs
 * wait for it: the catalogue, which is asked next, might have other data. Only a place that it had nothing for when it
 * was last requested, within a day, is null.
 * Its `dataSet` throws Failure that is uncounted (no response, 408, 425, 429, 5xx, 401, 403, an address that is not
 * allowed), or permanent ("source_refused", "source_answer", and what {@link Outbound.request} throws so).
 */
export function createHttpSource({
  url,
  headers,
  cacheMs,
  outbound,
  breaker,
  check,
  now = () => new Date(),
}: HttpSourceOptions): DataSetSource {
  /** In the order of use, the longest unused first. */
  const cache = new Map<string, CachedResponse>();
  const pending = new Map<string, Promise<string | null>>();
  /** Addresses it had nothing for: when it said so. */
  const nothingAt = new Map<string, number>();
  let cachedBytes = 0;

  function remember(address: string, cached: CachedResponse): void {
    forget(address);
    cache.set(address, cached);
    cachedBytes += cached.text.length;
    for (const oldest of cache.keys()) {
      if (cachedBytes <= CACHE_BYTES) break;
      forget(oldest);
    }
  }

  function forget(address: string): void {
    cachedBytes -= cache.get(address)?.text.length ?? 0;
    cache.delete(address);
  }

  function hadNothing(address: string): boolean {
    const at = nothingAt.get(address);
    return at !== undefined && now().getTime() - at < NOTHING_LASTS_MS;
  }

  function noteNothing(address: string): null {
    forget(address);
    nothingAt.delete(address);
    nothingAt.set(address, now().getTime());
    for (const oldest of nothingAt.keys()) {
      if (nothingAt.size <= NOTHING_FOR) break;
      nothingAt.delete(oldest);
    }
    return null;
  }

  async function fetchText(address: string, place: ReportPlace): Promise<string | null> {
    const cached = cache.get(address);
    const response = await request(address, cached?.condition ?? {});
    const freshUntil = now().getTime() + cacheMs;
    switch (response.status) {
      case 304:
        if (cached === undefined) throw wrong(place, messages.unexpected304);
        remember(address, { ...cached, freshUntil });
        return cached.text;
      case 204:
      case 404:
      case 410:
        return noteNothing(address);
      case 200: {
        nothingAt.delete(address);
        const text = await checked(response.body, place);
        if (cacheMs > 0) remember(address, { text, condition: conditionOf(response.headers), freshUntil });
        return text;
      }
      default:
        throw refusalOf(response, place);
    }
  }

  async function checked(body: string, place: ReportPlace): Promise<string> {
    const { text, suburb } = await Promise.try(check, body).catch((error) => {
      if (!(error instanceof Failure)) throw error;
      if (error.code === "bad_json") throw wrong(place, `it is not JSON: ${error.message}`, error);
      if (error.code === "json_too_deep") throw wrong(place, error.message, error);
      throw error.code === "invalid_data_set" ? wrong(place, error.message, error) : error;
    });
    if (suburb && (suburbKey(suburb.name) !== suburbKey(place.suburb) || suburb.state !== place.state))
      throw wrong(place, `it is about ${suburb.name} ${suburb.state}`);
    return text;
  }

  /** A response that says something about this place. @throws Failure, uncounted where none would come for any. */
  async function request(address: string, condition: Readonly<Record<string, string>>): Promise<OutboundResponse> {
    breaker.admit();
    const response = await outbound
      .request(address, {
        method: "GET",
        headers: { Accept: "application/json", "User-Agent": "AgentLink", ...headers, ...condition },
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_BYTES,
        redirects: REDIRECTS,
      })
      .catch((error) => {
        throw unreachable(asFailure(error), address);
      });
    const { status } = response;
    const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"), now());
    const said = messages.sourceResponded(status);
    if (status === 429 || (isOutage(status) && retryAfterMs !== undefined))
      throw breaker.recordThrottle(retryAfterMs, "source_unavailable", messages.throttled(said));
    if (isOutage(status)) throw breaker.recordFailure(address, "source_unavailable", `${said}${LOOK}`);
    if (status === 401 || status === 403 || status === 407)
      throw breaker.recordRefusal("credentials", "source_refused", `${said}: correct AGENTLINK_SOURCE_HEADERS`);
    breaker.recordSuccess(address);
    return response;
  }

  function unreachable({ code, message, transient, options }: Failure, address: string): Failure {
    const said = `the data source: ${message}`;
    if (transient) return breaker.recordFailure(address, code, `${said}${LOOK}`);
    if (code === "address_refused") return breaker.recordRefusal("settings", code, said);
    // It did respond, with more than is read.
    breaker.recordSuccess(address);
    return new Failure(code, said, options);
  }

  /** Asks, unless the service is away and had nothing for the place when it was last asked. */
  async function requestUnlessEmpty(address: string, place: ReportPlace): Promise<string | null> {
    try {
      return await fetchText(address, place);
    } catch (error) {
      if (error instanceof Failure && error.options.uncounted && hadNothing(address)) return null;
      throw error;
    }
  }

  return {
    async dataSet(place) {
      const address = sourceAddress(url, place);
      const cached = cache.get(address);
      if (cached !== undefined && cached.freshUntil > now().getTime()) {
        remember(address, cached);
        return cached.text;
      }
      // A batch for one suburb asks once.
      const question =
        pending.get(address) ?? requestUnlessEmpty(address, place).finally(() => pending.delete(address));
      pending.set(address, question);
      return question;
    },
  };
}

const LOOK = messages.checkSource;

function isOutage(status: number): boolean {
  return status >= 500 || status === 408 || status === 425;
}

/** For a data source: a short pause is not waited for in place, where others, which need no source, would stand behind. */
export function createSourceBreaker(
  options: Pick<CircuitBreakerOptions, "clock" | "name" | "onChange"> = {},
): CircuitBreaker {
  return createCircuitBreaker({ name: "source", ...options, failuresToOpen: 3, waitInPlaceMs: 0 });
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

function refusalOf({ status }: OutboundResponse, { suburb, state }: ReportPlace): Failure {
  const said = messages.sourceRespondedFor(status, suburb, state);
  return new Failure("source_refused", `${said}: look at AGENTLINK_SOURCE_URL`);
}

function wrong({ suburb, state }: ReportPlace, what: string, cause?: unknown): Failure {
  return new Failure("source_answer", messages.sourceUnusable(suburb, state, what), {
    cause,
  });
}
