// A stand-in for Domain's API on loopback, made from the part of their OpenAPI document in domain-openapi.json: a request
// that does not fit it, or that real Domain would refuse, is noted as a violation, and so is a response of its own.
import { ajv, type Call, checkOf, type Found, match, type Operation, problemOf } from "./domain-document.ts";
import { paging, same, soldDateOf } from "./domain-search.ts";

/** A row of a search as Domain gives it. */
export interface FakeListing {
  readonly id: number;
  readonly listingType: "Sold" | "Sale" | "Rent";
  readonly [name: string]: unknown;
}

export interface FakeProject {
  readonly type: "Project";
  readonly soldDate: string;
  readonly row: Readonly<Record<string, unknown>>;
}

type Handler = (call: Call, usual: () => Response) => Response | Promise<Response> | null;

const KEY = "key_0123456789abcdef";
const CLIENT = { id: "client_0123", secret: "s3cret:&=+%x" } as const;

/** Package of each path; what a key does not have gets 403. */
const PACKAGES: Readonly<Record<string, string>> = {
  "/v1/listingSearch/residential/searchSold": "listings",
  "/v1/listings/residential/_search": "listings",
  "/v1/agencies/{id}": "agencies",
  "/v1/agents/{id}": "agencies",
  "/v2/suburbPerformanceStatistics/{state}/{suburb}/{postcode}": "market",
  "/v1/addressLocators": "locations",
  "/v1/locations/profiles/{domainLocationId}": "locations",
  "/v1/disclaimers": "disclaimers",
  "/v1/salesResults/_head": "salesresults",
  "/v1/salesResults/{city}/listings": "salesresults",
};
const SCOPES: Readonly<Record<string, string>> = {
  listings: "api_listings_read",
  agencies: "api_agencies_read",
  market: "api_suburbperformance_read",
  locations: "api_locations_read",
  disclaimers: "api_properties_read",
  salesresults: "api_salesresults_read",
};

export class FakeDomain {
  key = KEY;
  readonly client = CLIENT;
  readonly calls: Call[] = [];
  /** What did not fit the document: a test expects none. */
  readonly violations: string[] = [];
  tokens = 0;
  /** By their paths, "/pictures/logo_1.gif"; all else there is 404. */
  pictures = new Map<string, () => Response | Promise<Response>>();
  picturesRequested: string[] = [];
  said = "";
  packages = new Set(Object.values(PACKAGES));
  listings: FakeListing[] = [];
  projects: FakeProject[] = [];
  agencies = new Map<number, Readonly<Record<string, unknown>>>();
  agents = new Map<number, Readonly<Record<string, unknown>>>();
  /** By "MANLY House 3" or "MANLY Unit": the values of series. */
  series = new Map<string, readonly Readonly<Record<string, unknown>>[]>();
  /** By the suburb in upper case; its id is its index here. */
  profiles = new Map<string, Readonly<Record<string, unknown>>>();
  disclaimers: readonly Readonly<Record<string, string>>[] = [];
  /** Of a Saturday, by city. */
  auctions: { day: string; results: Record<string, readonly Readonly<Record<string, unknown>>[]> } | null = null;
  latencyMs = 0;
  /** Rows on a page at most, whatever is requested. */
  pageSize = 100;
  /** Calls left, in its headers; null for no headers. */
  quota: { minute: number; day: number } | null = null;
  /** As it is sent; null for none. */
  tokenLifeSeconds: unknown = 43_200;
  tokenRequests = 0;
  /** In place of a token. */
  tokenFault: (() => Response) | null = null;
  /** The first that responds, wins; null leaves it to the next, and then to the default. */
  readonly faults: Handler[] = [];
  #server: ReturnType<typeof Bun.serve> | null = null;
  #valid = new Map<string, string>();

  start(): this {
    this.#server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      idleTimeout: 60,
      fetch: (request) => this.#respond(request),
    });
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server?.port}`;
  }

  async stop(): Promise<void> {
    await this.#server?.stop(true);
  }

  async [Symbol.asyncDispose]() {
    await this.stop();
  }

  /** From then on this key is accepted, and the one before is not. */
  replaceKey(): string {
    this.key = `key_${crypto.randomUUID()}`;
    return this.key;
  }

  /** How many calls there were to a path that begins so. */
  count(prefix = "/v"): number {
    return this.calls.filter(({ path }) => path.startsWith(prefix)).length;
  }

  async #respond(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const text = await request.text();
    const call: Call = {
      method: request.method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      body: null,
      headers: request.headers,
    };
    if (url.pathname.startsWith("/pictures/")) {
      this.picturesRequested.push(url.pathname);
      return this.pictures.get(url.pathname)?.() ?? new Response("no such picture", { status: 404 });
    }
    if (url.pathname === "/v1/connect/token") return this.#token(call, text);
    const whole = { ...call, body: text === "" ? null : (JSON.parse(text) as Record<string, unknown>) };
    this.calls.push(whole);
    if (this.latencyMs > 0) await Bun.sleep(this.latencyMs);
    const found = match(whole);
    if (found === null) return this.#violation(`no such operation: ${call.method} ${call.path}`);
    const problem = problemOf(whole, found);
    if (problem !== null) return this.#violation(`${call.method} ${call.path}: ${problem}`);
    const usual = () => this.#usual(whole, found);
    for (const fault of [...this.faults]) {
      const response = await fault(whole, usual);
      if (response !== null) return response;
    }
    return usual();
  }

  #violation(what: string): Response {
    this.violations.push(what);
    return Response.json({ title: "Bad Request", detail: what }, { status: 400 });
  }

  #usual(call: Call, { template, parameters, operation }: Found): Response {
    const refused = this.#refused(call, PACKAGES[template] ?? "");
    if (refused !== null) return refused;
    if (this.quota !== null && (this.quota.minute <= 0 || this.quota.day <= 0))
      return Response.json(
        { title: "Too Many Requests" },
        {
          status: 429,
          headers: { ...this.#quotaHeaders(), "X-Quota-Exceeded": this.quota.day <= 0 ? "PerDay" : "PerMinute" },
        },
      );
    if (this.quota !== null) this.quota = { minute: this.quota.minute - 1, day: this.quota.day - 1 };
    const { status, value, headers = {} } = this.#value(call, template, parameters);
    if (status === 200) this.#checkOwn(template, operation, value);
    const all = { ...this.#quotaHeaders(), ...headers };
    if (status === 204) return new Response(null, { status, headers: all });
    return Response.json(value, { status, headers: all });
  }

  #quotaHeaders(): Record<string, string> {
    if (this.quota === null) return {};
    return {
      "X-Quota-PerMinute-Limit": "60",
      "X-Quota-PerMinute-Remaining": String(Math.max(0, this.quota.minute)),
      "X-Quota-PerDay-Limit": "500",
      "X-Quota-PerDay-Remaining": String(Math.max(0, this.quota.day)),
    };
  }

  #refused({ headers }: Call, needed: string): Response | null {
    const bearer = /^Bearer token-(\d+) (.*)$/.exec(headers.get("authorization") ?? "");
    if (headers.get("x-api-key") !== this.key && bearer?.[1] !== String(this.tokens))
      return unauthorized(headers.has("x-api-key") ? "Invalid API Key" : "Token expired or missing");
    const scopes =
      bearer === null
        ? null
        : Buffer.from(bearer[2] ?? "", "base64")
            .toString()
            .split(" ");
    const allowed = scopes === null || scopes.includes(SCOPES[needed] ?? "");
    if (this.packages.has(needed) && allowed) return null;
    return Response.json(
      { title: "Forbidden" },
      { status: 403, headers: { "X-Domain-Security-Reason": "Insufficient package" } },
    );
  }

  #token({ method, headers }: Call, text: string): Response {
    const form = new URLSearchParams(text);
    const [id = "", secret = ""] = Buffer.from((headers.get("authorization") ?? "").replace("Basic ", ""), "base64")
      .toString()
      .split(":")
      .map((part) => decodeURIComponent(part.replaceAll("+", " ")));
    const scope = form.get("scope") ?? "";
    if (method !== "POST" || form.get("grant_type") !== "client_credentials")
      this.violations.push("token: not as RFC 6749");
    if (!headers.get("content-type")?.startsWith("application/x-www-form-urlencoded"))
      this.violations.push("token: not a form");
    if (id !== CLIENT.id || secret !== CLIENT.secret)
      return Response.json({ error: "invalid_client" }, { status: 401 });
    this.tokenRequests += 1;
    if (this.tokenFault !== null) return this.tokenFault();
    this.tokens += 1;
    return Response.json({
      access_token: `token-${this.tokens} ${Buffer.from(scope).toString("base64")}`,
      ...(this.tokenLifeSeconds === null ? {} : { expires_in: this.tokenLifeSeconds }),
      token_type: "Bearer",
    });
  }

  #value(call: Call, template: string, parameters: Readonly<Record<string, string>>): FakeResponse {
    switch (template) {
      case "/v1/listingSearch/residential/searchSold":
        return this.#searchSold(call.body ?? {});
      case "/v1/listings/residential/_search":
        return this.#search(call.body ?? {});
      case "/v1/agencies/{id}":
        return found(this.agencies.get(Number(parameters.id)));
      case "/v1/agents/{id}":
        return found(this.agents.get(Number(parameters.id)));
      case "/v1/salesResults/_head":
        return found(this.auctions === null ? undefined : { auctionedDate: this.auctions.day });
      case "/v1/salesResults/{city}/listings":
        return found(this.auctions?.results[parameters.city ?? ""]);
      case "/v1/addressLocators": {
        const id = [...this.profiles.keys()].indexOf((call.query.suburb ?? "").toUpperCase());
        return id === -1
          ? { status: 404, value: { title: "Not Found" } }
          : { status: 200, value: [{ addressComponents: [], ids: [{ level: "Suburb", id: 31_190 + id }] }] };
      }
      case "/v1/locations/profiles/{domainLocationId}": {
        return found([...this.profiles.values()][Number(parameters.domainLocationId) - 31_190]);
      }
      case "/v1/disclaimers": {
        const ids = (call.query.ids ?? "").split(",");
        return { status: 200, value: this.disclaimers.filter(({ id }) => ids.includes(id ?? "")) };
      }
      default: {
        const { suburb = "", state = "" } = parameters;
        const { propertyCategory = "House", bedrooms } = call.query;
        const series = this.series.get([suburb.toUpperCase(), propertyCategory, bedrooms].filter(Boolean).join(" "));
        if (series === undefined) return { status: 204, value: null };
        const header = { suburb, state, propertyCategory };
        return { status: 200, value: { header, series: { seriesInfo: series } } };
      }
    }
  }

  #searchSold(body: Readonly<Record<string, unknown>>): FakeResponse {
    const rows = this.#found(body, "Sold");
    const { size, page } = paging(body, "page", this.pageSize);
    if ((page - 1) * size >= 1_000) return { status: 400, value: { title: "Only 1000 results can be reached" } };
    const results = rows.slice((page - 1) * size, page * size);
    return {
      status: 200,
      value: { results, totalResults: rows.length, totalPages: Math.ceil(rows.length / size), page },
    };
  }

  #search(body: Readonly<Record<string, unknown>>): FakeResponse {
    const rows = this.#found(body, String(body.listingType));
    const { size, page } = paging(body, "pageNumber", this.pageSize);
    if ((page - 1) * size >= 1_000) return { status: 400, value: { title: "Only 1000 results can be reached" } };
    return { status: 200, value: rows.slice((page - 1) * size, page * size) };
  }

  #found(body: Readonly<Record<string, unknown>>, type: string): readonly unknown[] {
    const [location] = (body.locations ?? []) as readonly Readonly<Record<string, unknown>>[];
    const types = body.propertyTypes as readonly string[] | undefined;
    const [from, to] = [String(body.soldFrom ?? ""), String(body.soldTo ?? "9")];
    const listings = this.listings.filter((listing) => {
      const details = (listing.propertyDetails ?? {}) as Readonly<Record<string, string>>;
      const sold = soldDateOf(listing);
      return (
        listing.listingType === type &&
        same(details.suburb, location?.suburb) &&
        details.state === location?.state &&
        (!location?.postCode || details.postcode === location.postCode) &&
        (types === undefined || types.includes(details.propertyType ?? "")) &&
        (type !== "Sold" || sold === "" || (sold >= from && sold <= to))
      );
    });
    const rows = listings.map((listing) => ({ at: soldDateOf(listing), row: { type: "PropertyListing", listing } }));
    const projects = types === undefined && type === "Sold" ? this.projects : [];
    return [...rows, ...projects.map(({ soldDate, row }) => ({ at: soldDate, row }))]
      .filter(({ at }) => type !== "Sold" || at === "" || (at >= from && at <= to))
      .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
      .map(({ row }) => row);
  }

  /** Its responses must fit the document as well, or the tests would be of another API. Each shape is checked once. */
  #checkOwn(template: string, { responses }: Operation, value: unknown): void {
    const schema = responses["200"]?.content?.["application/json"].schema;
    if (schema === undefined) return;
    const text = JSON.stringify(value);
    if (this.#valid.get(template) === text) return;
    const check = checkOf(schema);
    if (check(value)) this.#valid.set(template, text);
    else this.violations.push(`own response to ${template}: ${ajv.errorsText(check.errors)}`);
  }
}

interface FakeResponse {
  readonly status: number;
  readonly value: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

function found(value: unknown): FakeResponse {
  return value === undefined ? { status: 404, value: { title: "Not Found" } } : { status: 200, value };
}

function unauthorized(reason: string): Response {
  return Response.json(
    { title: "Unauthorized" },
    { status: 401, headers: { "X-Domain-Security-Reason": reason, "WWW-Authenticate": "Bearer" } },
  );
}
