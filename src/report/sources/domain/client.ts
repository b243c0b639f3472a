import PQueue from "p-queue";
import { asFailure, Failure } from "../../../failure.ts";
import { sha256 } from "../../../host/hash.ts";
import type { CircuitBreaker } from "../../../outbound/circuit-breaker.ts";
import type { Outbound } from "../../../outbound/outbound.ts";
import { messages } from "../messages.ts";
import { isHtml, isRedirect, parse } from "./body.ts";
import type { Cache } from "./cache-file.ts";
import { AUCTION_DAY, type CallKind, type DomainCall, disclaimers } from "./endpoints.ts";
import { createPartOutages, partAway, partOf } from "./part-outage.ts";
import { createQuota, type QuotaState, type QuotaWait } from "./quota.ts";
import { createResponseReader } from "./response-reader.ts";
import type { DomainCredentials } from "./token.ts";
import { createWire, DEFAULT_URL } from "./wire.ts";

export interface DomainClientOptions {
  /** Of the API, without a slash at its end. */
  readonly url: string;
  readonly credentials: DomainCredentials;
  readonly outbound: Pick<Outbound, "request">;
  /** Opens where Domain does not respond, requests a pause or refuses the key. */
  readonly breaker: CircuitBreaker;
  readonly cache: Cache;
  /** What a package of the key does not allow, once each. */
  readonly onRefused?: (refusal: DomainRefusal) => void;
  readonly now?: () => Date;
  readonly sleep?: (ms: number) => Promise<void>;
}

export interface DomainRefusal {
  readonly kind: CallKind;
  readonly reason: string;
}

export interface DomainClient {
  /** Of the address and the credentials: what is known of one key's packages is not another's. Shows neither. */
  readonly identity: string;
  /**
   * The JSON of the response, null where Domain has nothing there. Cached responses are used, unless `again`; the same
   * request is sent once, however many callers need it.
   * @throws Failure uncounted where Domain would serve no request ("domain_quota", "domain_unavailable",
   *   "domain_refused", a network's codes); "domain_package" where the key's packages do not allow this kind;
   *   "domain_request" and "domain_answer" for this one question.
   */
  request(call: DomainCall, options?: { readonly again?: boolean }): Promise<unknown>;
  /** Why no call is made now and until when; null where calls are made. */
  wait(): QuotaWait | null;
  /** Whether what went wrong would for any call. */
  isAway(): boolean;
  quota(): QuotaState;
  /** How many calls were sent. */
  calls(): number;
  /** Lets the next call through, whatever is blocked. */
  probeNow(): void;
}

const CALLS_AT_ONCE = 8;
/** A call without a complete response is sent once more at once. */
const SENDS = 2;
const SEND_AGAIN_MS = 250;
/** A longer pause gives the gathering slot to other jobs. */
const WAIT_IN_ATTEMPT_MS = 2_000;

export function createDomainClient(options: DomainClientOptions): DomainClient {
  const { url, outbound, breaker, cache, onRefused = () => {} } = options;
  const { now = () => new Date(), sleep = Bun.sleep } = options;
  const identity = sha256(JSON.stringify([url, options.credentials])).slice(0, 16);
  // What another address responded, a sandbox or a proxy, is never taken for Domain's.
  const addressed = url === DEFAULT_URL ? "" : `${url} `;
  const quota = createQuota(now);
  const wire = createWire({ url, credentials: options.credentials, outbound, quota, now });
  /** Written by `send`. */
  const queue = new PQueue({ concurrency: CALLS_AT_ONCE });
  /** By request. Written by `request`. */
  const pending = new Map<string, Promise<unknown>>();
  /** Written by `refuse`. */
  const reported = new Set<CallKind>();
  /** Calls that were sent. Written by `send` and `responds`. */
  let calls = 0;

  const outages = createPartOutages({ responds, now });
  const responses = createResponseReader({ credentials: options.credentials, quota, breaker, refuse, now });

  /** Any response to a call of another part, whatever is in it, but what refuses all calls or is a proxy's page. */
  async function responds(except: string): Promise<boolean> {
    const call = [disclaimers("NSW"), AUCTION_DAY].find((each) => partOf(each) !== except) ?? AUCTION_DAY;
    if (quota.wait() !== null || breaker.blocked()) return false;
    quota.take();
    calls += 1;
    const response = await wire.sendOnce(call);
    if (response.status === 200) parse(response.body, call.kind);
    const { status } = response;
    return status < 500 && !isRedirect(status) && ![401, 408, 425, 429].includes(status) && !isHtml(response);
  }

  async function send(call: DomainCall, key: string): Promise<unknown> {
    if (outages.isDown(call)) throw partAway(call);
    for (let sent = 1; ; sent++) {
      await pause();
      breaker.admit();
      quota.take();
      calls += 1;
      const outcome = await wire
        .send(call)
        .then((response) => responses.read(call, response))
        .catch((error: unknown) => asFailure(error));
      queue.concurrency = quota.concurrency(CALLS_AT_ONCE);
      if (!(outcome instanceof Failure)) {
        breaker.recordSuccess(call.path);
        outages.succeeded(call);
        const kind = outcome.value === null ? "nothing" : call.kind;
        cache.put(kind, key, outcome.body);
        return outcome.value;
      }
      const { code, message, transient } = outcome;
      if (!transient) {
        if (code === "domain_refused") throw breaker.recordRefusal("credentials", code, message);
        if (code === "address_refused") throw breaker.recordRefusal("settings", code, `Domain: ${message}`);
        breaker.recordSuccess(call.path);
        throw outcome;
      }
      if (outcome.options.uncounted) throw outcome;
      // Tokens are requested too often: no call can be sent without one.
      if (code === "domain_quota") throw breaker.recordThrottle(outcome.options.retryAfterMs, code, message);
      if (sent >= SENDS && (await outages.isItsOwn(call))) {
        breaker.recordResponse();
        throw partAway(call, outcome);
      }
      if (sent >= SENDS) throw breaker.recordFailure(call.path, code, `Domain: ${message}`);
      await sleep(SEND_AGAIN_MS * sent);
    }
  }

  /** For the moment that a quota is spent for; a longer one is for others to wait. */
  async function pause(): Promise<void> {
    const wait = quota.wait();
    if (wait === null) return;
    const ms = wait.until.getTime() - now().getTime();
    if (ms > WAIT_IN_ATTEMPT_MS)
      throw new Failure("domain_quota", wait.message, { transient: true, uncounted: true, retryAfterMs: ms });
    await sleep(Math.max(0, ms));
  }

  function refuse(kind: CallKind, reason: string): Failure {
    cache.put("refused", refusedKey(kind, identity), reason);
    if (!reported.has(kind)) onRefused({ kind, reason });
    reported.add(kind);
    return refusal(kind, reason);
  }

  async function requestNow(call: DomainCall, key: string, again: boolean): Promise<unknown> {
    const cached = again ? null : cache.get(key);
    if (cached !== null) return JSON.parse(cached);
    const refused = cache.get(refusedKey(call.kind, identity));
    if (refused !== null && !again) throw refusal(call.kind, refused);
    const value = await queue.add(() => send(call, key));
    if (refused !== null) {
      // Another package was taken: what was put together without it is out of date.
      cache.remove(refusedKey(call.kind, identity));
      cache.forget("data_set", "data_set_partial");
    }
    return value;
  }

  return {
    identity,
    request(call, { again = false } = {}) {
      const key = `${addressed}${call.method} ${call.path} ${call.body === undefined ? "" : JSON.stringify(call.body)}`;
      const flight = again ? `again ${key}` : key;
      const question = pending.get(flight) ?? requestNow(call, key, again).finally(() => pending.delete(flight));
      pending.set(flight, question);
      return question;
    },
    wait: () => quota.wait(),
    isAway: () => breaker.open() !== null || quota.wait() !== null,
    quota: () => quota.state(),
    calls: () => calls,
    probeNow() {
      quota.forget();
      breaker.probeNow();
    },
  };
}

/** The key in the cache of what is refused: another key may have other packages. */
function refusedKey(kind: CallKind, identity: string): string {
  return `refused ${identity} ${kind}`;
}

function refusal(kind: CallKind, reason: string): Failure {
  return new Failure("domain_package", messages.notInPackages(kind), {
    details: { kind, reason },
  });
}
