import { asFailure, Failure } from "../../failure.ts";
import {
  type CircuitBreaker,
  type CircuitBreakerOptions,
  createCircuitBreaker,
} from "../../outbound/circuit-breaker.ts";
import type { Outbound, OutboundResponse } from "../../outbound/outbound.ts";
import { parseRetryAfter } from "../../outbound/retry-after.ts";
import { suburbKey } from "../gazetteer/key.ts";
import type { CheckedDataSet } from "./checked-data-set.ts";
import { messages } from "./messages.ts";
import { createResponseCache } from "./response-cache.ts";
import type { DataSetSource, ReportLocality } from "./source.ts";

const TIMEOUT_MS = 60_000;
const MAX_BYTES = 8_000_000;
const REDIRECTS = 3;
export interface HttpSourceOptions {
  /** With {suburb}, {state} and {postcode} in its path or query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How long a response is used without a request; then it is revalidated by its ETag. */
  readonly cacheMs: number;
  readonly outbound: Pick<Outbound, "request">;
  /** Opens where the service does not respond, requests a pause or refuses what is set. */
  readonly breaker: CircuitBreaker;
  /** {@link checkDataSet}, here or in a thread: it takes half a second for the largest response. */
  readonly check: (text: string) => CheckedDataSet | Promise<CheckedDataSet>;
  readonly now?: () => Date;
}

/**
 * Data sets from a service of the operator's, one a suburb. 204, 404 and 410 mean that it has none. While it is away jobs
 * wait for it: the catalogue, the next source, might have other data. Only a locality that it had nothing for when it
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
  const cache = createResponseCache(() => now().getTime());
  /** Written by `dataSet`. */
  const pending = new Map<string, Promise<string | null>>();

  async function fetchText(address: string, locality: ReportLocality): Promise<string | null> {
    const cached = cache.get(address);
    const response = await request(address, cached?.condition ?? {});
    const freshUntil = now().getTime() + cacheMs;
    switch (response.status) {
      case 304:
        if (cached === undefined) throw invalid(locality, messages.unexpected304);
        cache.remember(address, { ...cached, freshUntil });
        return cached.text;
      case 204:
      case 404:
      case 410:
        cache.noteNothing(address);
        return null;
      case 200: {
        cache.noteSomething(address);
        const text = await checked(response.body, locality);
        if (cacheMs > 0) cache.remember(address, { text, condition: conditionOf(response.headers), freshUntil });
        return text;
      }
      default:
        throw refusalOf(response, locality);
    }
  }

  async function checked(body: string, locality: ReportLocality): Promise<string> {
    const { text, suburb } = await Promise.try(check, body).catch((error) => {
      if (!(error instanceof Failure)) throw error;
      if (error.code === "bad_json") throw invalid(locality, `it is not JSON: ${error.message}`, error);
      if (error.code === "json_too_deep") throw invalid(locality, error.message, error);
      throw error.code === "invalid_data_set" ? invalid(locality, error.message, error) : error;
    });
    if (suburb && (suburbKey(suburb.name) !== suburbKey(locality.suburb) || suburb.state !== locality.state))
      throw invalid(locality, `it is about ${suburb.name} ${suburb.state}`);
    return text;
  }

  /** A response about this locality. @throws Failure, uncounted where none would come for any. */
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
    const problem = messages.sourceResponded(status);
    if (status === 429 || (isOutage(status) && retryAfterMs !== undefined))
      throw breaker.recordThrottle(retryAfterMs, "source_unavailable", messages.throttled(problem));
    if (isOutage(status)) throw breaker.recordFailure(address, "source_unavailable", `${problem}${CHECK}`);
    if (status === 401 || status === 403 || status === 407)
      throw breaker.recordRefusal("credentials", "source_refused", `${problem}: correct AGENTLINK_SOURCE_HEADERS`);
    breaker.recordSuccess(address);
    return response;
  }

  function unreachable({ code, message, transient, options }: Failure, address: string): Failure {
    const problem = `the data source: ${message}`;
    if (transient) return breaker.recordFailure(address, code, `${problem}${CHECK}`);
    if (code === "address_refused") return breaker.recordRefusal("settings", code, problem);
    // It did respond, with more than is read.
    breaker.recordSuccess(address);
    return new Failure(code, problem, options);
  }

  /** Sends a request, unless the service is unreachable and had nothing for the locality at its last response. */
  async function requestUnlessEmpty(address: string, locality: ReportLocality): Promise<string | null> {
    try {
      return await fetchText(address, locality);
    } catch (error) {
      if (error instanceof Failure && error.options.uncounted && cache.hadNothing(address)) return null;
      throw error;
    }
  }

  return {
    async dataSet(locality) {
      const address = sourceAddress(url, locality);
      const cached = cache.get(address);
      if (cached !== undefined && cached.freshUntil > now().getTime()) {
        cache.remember(address, cached);
        return cached.text;
      }
      // A batch for one suburb causes one request.
      const question =
        pending.get(address) ?? requestUnlessEmpty(address, locality).finally(() => pending.delete(address));
      pending.set(address, question);
      return question;
    },
  };
}

const CHECK = messages.checkSource;

function isOutage(status: number): boolean {
  return status >= 500 || status === 408 || status === 425;
}

/** For a data source: the caller does not wait for a short pause, since jobs that need no source would wait behind it. */
export function createSourceBreaker(
  options: Pick<CircuitBreakerOptions, "clock" | "name" | "onChange"> = {},
): CircuitBreaker {
  return createCircuitBreaker({ name: "source", ...options, failuresToOpen: 3, waitInAttemptMs: 0 });
}

/** Where the data set of a suburb is requested: the locality's words are encoded, so that they lead nowhere else. */
export function sourceAddress(url: string, { suburb, state, postcode }: ReportLocality): string {
  const words: Readonly<Record<string, string>> = { suburb, state, postcode: postcode ?? "" };
  return url.replace(/\{(suburb|state|postcode)\}/g, (_, name: string) => encodeURIComponent(words[name] ?? ""));
}

function conditionOf(headers: Headers): Readonly<Record<string, string>> {
  const etag = headers.get("etag");
  const modified = headers.get("last-modified");
  if (etag !== null) return { "If-None-Match": etag };
  return modified === null ? {} : { "If-Modified-Since": modified };
}

function refusalOf({ status }: OutboundResponse, { suburb, state }: ReportLocality): Failure {
  const problem = messages.sourceRespondedFor(status, suburb, state);
  return new Failure("source_refused", `${problem}: look at AGENTLINK_SOURCE_URL`);
}

function invalid({ suburb, state }: ReportLocality, what: string, cause?: unknown): Failure {
  return new Failure("source_answer", messages.sourceUnusable(suburb, state, what), {
    cause,
  });
}
