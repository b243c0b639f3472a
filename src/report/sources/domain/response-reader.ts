import { Failure } from "../../../failure.ts";
import type { CircuitBreaker } from "../../../outbound/circuit-breaker.ts";
import { parseRetryAfter } from "../../../outbound/retry-after.ts";
import { messages } from "../messages.ts";
import { detailOf, isHtml, isRedirect, parse } from "./body.ts";
import type { CallKind, DomainCall } from "./endpoints.ts";
import type { createQuota } from "./quota.ts";
import { readQuotaHeaders } from "./quota-headers.ts";
import type { DomainCredentials } from "./token.ts";
import type { SentResponse } from "./wire.ts";

interface ResponseReaderDependencies {
  readonly credentials: DomainCredentials;
  readonly quota: ReturnType<typeof createQuota>;
  readonly breaker: CircuitBreaker;
  /** Stores that the key's packages do not allow this kind of call. */
  readonly refuse: (kind: CallKind, reason: string) => Failure;
  readonly now: () => Date;
}

const KEY_SETTINGS = "AGENTLINK_DOMAIN_KEY";
const CLIENT_SETTINGS = "AGENTLINK_DOMAIN_CLIENT_ID and AGENTLINK_DOMAIN_CLIENT_SECRET";

/** The content of a response of Domain: its JSON, or why there is none. */
export function createResponseReader({ credentials, quota, breaker, refuse, now }: ResponseReaderDependencies) {
  const settings = "key" in credentials ? KEY_SETTINGS : CLIENT_SETTINGS;

  /** @throws Failure, like `ask`; transient ones that are counted are worth sending again. */
  function read(call: DomainCall, response: SentResponse): { readonly value: unknown; readonly body: string } {
    const { status, headers, body } = response;
    const reason = headers.get("x-domain-security-reason")?.slice(0, 200) ?? null;
    const problem = `Domain responded ${status}${reason === null ? "" : ` (${reason})`}`;
    if (status === 200) return { value: parse(body, call.kind), body };
    if (status === 204 || status === 404 || status === 410) return { value: null, body: "null" };
    if (status === 401) throw new Failure("domain_refused", `${problem}: correct ${settings}`);
    if (status === 403 && (reason !== null || !isHtml(response))) throw refuse(call.kind, reason ?? detailOf(body));
    if (status === 429) throw throttled(response, problem);
    if (isRedirect(status))
      throw new Failure("domain_unavailable", messages.redirected(problem), {
        transient: true,
      });
    if (status >= 500 || status === 408 || status === 425 || status === 403)
      throw new Failure("domain_unavailable", problem, { transient: true });
    const detail = detailOf(body);
    throw new Failure(
      "domain_request",
      `${problem} to ${call.path.split("?")[0]}${detail === "" ? "" : `: ${detail}`}`,
    );
  }

  function throttled({ headers, sentAt }: SentResponse, problem: string): Failure {
    const isDaySpent = readQuotaHeaders(headers, sentAt).day.left === 0;
    const ofTheDay = isDaySpent || /day/i.test(headers.get("x-quota-exceeded") ?? "");
    if (ofTheDay && !isDaySpent) quota.spend(sentAt);
    if (ofTheDay) {
      const { message = problem, until = now() } = quota.wait() ?? {};
      const retryAfterMs = Math.max(1, until.getTime() - now().getTime());
      return new Failure("domain_quota", message, { transient: true, uncounted: true, retryAfterMs });
    }
    const retryAfterMs = parseRetryAfter(headers.get("retry-after"), now());
    // The headers of this very response may report what is spent.
    const pause = retryAfterMs === undefined ? "" : ` for ${Math.ceil(retryAfterMs / 1_000)} s`;
    const why = quota.wait()?.message ?? messages.throttledFor(problem, pause);
    return breaker.recordThrottle(retryAfterMs, "domain_quota", why);
  }

  return { read };
}
