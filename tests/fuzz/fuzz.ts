import fc from "fast-check";
import type { Api } from "../http/api.ts";
import { openApi } from "../http/api.ts";
import { type Conformance, createConformance, type Document } from "../http/conformance.ts";
import { requestsOf, type Wish } from "./requests.ts";

/** Longer than any of them takes on the slowest machine. */
const HANGS_MS = 30_000;
const AT_ONCE = 8;

export interface Fuzzed {
  readonly requests: number;
  /** How often each operation returned each status. */
  readonly responses: ReadonlyMap<string, number>;
  /** The longest time to a response, in milliseconds. */
  readonly longestMs: number;
}

/**
 * Sends requests made from the OpenAPI document, some at once, to a server over a real queue and catalogue.
 * @throws with the least requests that show it, and the seed, where a response is 5xx, does not conform to the document, or
 *   does not come.
 */
export async function fuzz({ requests, seed }: { readonly requests: number; readonly seed: number }): Promise<Fuzzed> {
  await using api = await openApi({ queueLimit: 1_000_000, bodyTimeoutMs: 5_000 });
  const document = (await (await fetch(`${api.url}/openapi.json`)).json()) as Document;
  const conforms = createConformance(document);
  const jobs = await someJobs(api);
  // The first key that a request makes would locked out all that come after it.
  const [admin = "", submits = ""] = (["admin", "submit"] as const).map(
    (scope) => api.keys.create({ name: scope, scope, rate: { requests: 1_000_000, windowS: 1 } }).secret,
  );
  const responses = new Map<string, number>();
  let sent = 0;
  let longestMs = 0;
  const send = async (wish: Wish) => {
    const began = performance.now();
    const status = await request(api, conforms, jobs, withKey(wish, wish.query.length === 2 ? submits : admin));
    longestMs = Math.max(longestMs, performance.now() - began);
    sent += 1;
    const what = `${wish.method} ${wish.template} ${status}`;
    responses.set(what, (responses.get(what) ?? 0) + 1);
  };
  const several = fc.array(requestsOf(document), { minLength: 1, maxLength: AT_ONCE, size: "max" });
  for (let round = 0; sent < requests; round += 1) {
    await fc.assert(
      fc.asyncProperty(several, async (wishes) => void (await Promise.all(wishes.map(send)))),
      { seed: seed + round, numRuns: Math.ceil((requests - sent) / AT_ONCE) },
    );
  }
  return { requests: sent, responses, longestMs };
}

/** With the key, but where the request shows another. */
function withKey(wish: Wish, secret: string): Wish {
  const showsOne = Object.keys(wish.headers).some((name) => /^(authorization|x-api-key)$/i.test(name));
  return showsOne ? wish : { ...wish, headers: { ...wish.headers, Authorization: `Bearer ${secret}` } };
}

/** Jobs of each status, for the requests to name. */
async function someJobs(api: Api): Promise<readonly string[]> {
  const ids = [await api.accept(), await api.accept({ metadata: { a: 1 } }), await api.accept()];
  await api.finish();
  const failed = await api.claim();
  await api.queue.fail(failed, { code: "no_data", message: "no data" }, null);
  await api.queue.cancel(ids[2] ?? "");
  return [...ids, await api.accept({ callback_url: "https://hooks.example/x" }), "no-such-job"];
}

/** The status of the response, which must be one that the document promises. */
async function request(api: Api, conforms: Conformance, jobs: readonly string[], wish: Wish): Promise<number> {
  const { method, headers } = wish;
  const path = wish.path
    .map((part) => encode(typeof part === "string" ? part : (jobs[part.job % jobs.length] ?? "")))
    .join("/");
  const query = wish.query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
  const body = method === "GET" || method === "HEAD" || wish.body === null ? null : wish.body;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Error("it hangs")), HANGS_MS);
  try {
    const url = `${api.url}${path}${query === "" ? "" : `?${query}`}`;
    const response = await fetch(url, {
      method,
      headers,
      body: body as BodyInit | null,
      signal: stop.signal,
      redirect: "manual",
    });
    const type = response.headers.get("content-type") ?? "";
    // A stream of events has no end; its head is what is promised.
    const reply = type.startsWith("text/event-stream")
      ? new Response(null, { status: response.status, headers: response.headers })
      : new Response(await response.arrayBuffer(), { status: response.status, headers: response.headers });
    const { status } = response;
    // Two imports at once: the second must retry. The doctor is a process of the program's, which is not here.
    const busy = status === 503 && /catalogue_busy|checks_failed|cannot start another/.test(await reply.clone().text());
    if (status >= 500 && !busy) throw new Error(`${method} ${url}: ${status} ${await reply.text()}`);
    if (response.headers.get("x-request-id") === null) throw new Error(`${method} ${url}: no X-Request-Id`);
    const { pathname } = new URL(url);
    // A client that requests a page, as a browser does, is refused with one, or sent to the form that takes a key.
    const requestsPage = headers.Accept === "text/html";
    const isPage = requestsPage && (status === 303 || (status >= 400 && type.startsWith("text/html")));
    const unchecked = method === "HEAD" || status === 304 || isPage;
    const broken = unchecked ? null : await conforms(method, pathname, reply);
    if (broken !== null) throw new Error(`${method} ${url}: ${broken}`);
    return status;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
