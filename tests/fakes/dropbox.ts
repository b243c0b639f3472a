import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Consents } from "./dropbox-consent.ts";
import { ENDPOINTS, HOME, TEAM } from "./dropbox-endpoints.ts";
import { FakeFiles, StoredFile } from "./dropbox-files.ts";
import { type Body, FakeResponse, refusal } from "./dropbox-response.ts";

export { HOME, TEAM } from "./dropbox-endpoints.ts";

/** What goes wrong with one request. `lost` and `half`: it was done, and its response does not come through whole. */
export type Fault = "429" | "500" | "503" | "reset" | "lost" | "half" | "stall" | "writes" | "expired";

export interface FakeDropboxOptions {
  readonly scopes?: readonly string[];
  /** Called for each request; null lets it pass. */
  readonly fault?: (endpoint: string) => Fault | null;
  readonly retryAfterSeconds?: number;
  /** Room in bytes. */
  readonly quota?: number;
  readonly namespaces?: readonly string[];
}

export const APP = { key: "appkey0123456789", secret: "app-secret", refreshToken: "refresh-token-1" };
const SCOPES = [
  "account_info.read",
  "files.metadata.read",
  "files.content.read",
  "files.content.write",
  "sharing.write",
  "sharing.read",
];

/** A server on loopback that speaks Dropbox's HTTP API, as strictly as its documentation. */
export class FakeDropbox {
  /** Of apps that showed one: a public client (PKCE) needs none. */
  readonly appSecrets = new Set<string>();
  readonly homes = new Map<string, FakeFiles>();
  readonly requests: string[] = [];
  refreshes = 0;
  /** Seconds that a token lasts, as stated. */
  expiresIn: unknown = 14_400;
  refreshTokens = new Set([APP.refreshToken]);
  scopes: readonly string[];
  fault: (endpoint: string) => Fault | null;
  /** What the endpoint has against this path; null lets it be. */
  refuses: (path: string, endpoint: string) => Body | null = () => null;
  /** The team's administrator has blocked the app. */
  forbids = false;
  private team = TEAM;
  /** The code and its challenge (RFC 7636) that an operator was given. */
  code: { readonly code: string; readonly challenge: string } | null = null;
  /** What people allowed on Dropbox's page, by the code that they were given there. */
  readonly consents = new Consents(APP.key, SCOPES);
  private readonly tokens = new Map<string, { expired: boolean; refreshToken?: string }>();
  private readonly server;
  url = "";

  private readonly options: FakeDropboxOptions;

  constructor(options: FakeDropboxOptions = {}) {
    this.options = options;
    this.scopes = options.scopes ?? SCOPES;
    this.fault = options.fault ?? (() => null);
    for (const id of [HOME, TEAM, ...(options.namespaces ?? [])]) this.homes.set(id, new FakeFiles(options.quota));
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  get files(): FakeFiles {
    return this.homes.get(HOME) as FakeFiles;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** For the code under test: what it sends to Dropbox comes here, and what it sends elsewhere is an error. */
  fetch = (url: string, init: RequestInit): Promise<Response> => {
    const { protocol, host, pathname, search } = new URL(url);
    if (protocol !== "https:" || !host.endsWith(".dropboxapi.com")) throw new Error(`a request to ${host}`);
    return fetch(`${this.url}/${host}${pathname}${search}`, init);
  };

  /** Gives the team another space, as a migration of it does: the one before belongs to no account any more. */
  moveTeam(to: string): void {
    this.homes.set(to, new FakeFiles());
    this.homes.delete(this.team);
    this.team = to;
  }

  expireTokens(): void {
    for (const token of this.tokens.values()) token.expired = true;
  }

  count(endpoint: string): number {
    return this.requests.filter((name) => name === endpoint).length;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const url = new URL(request.url ?? "/", this.url);
    const [, host = "", ...rest] = url.pathname.split("/");
    const name = rest.join("/").replace(/^2\//, "");
    this.requests.push(name);
    const fault = this.fault(name);
    if (fault === "reset") return void request.socket.destroy();
    if (fault === "stall") return;
    if (fault === "expired") this.expireTokens();
    let reply: FakeResponse;
    try {
      reply =
        injected(fault, this.options.retryAfterSeconds ?? 1) ??
        this.response(host, name, request, Buffer.concat(chunks));
    } catch (thrown) {
      if (!(thrown instanceof FakeResponse)) throw thrown;
      reply = thrown;
    }
    if (fault === "lost") return void request.socket.destroy();
    send(request, response, reply, fault === "half");
  }

  private response(host: string, name: string, request: IncomingMessage, body: Buffer): FakeResponse {
    if (request.method !== "POST") throw new FakeResponse(405, "Method Not Allowed");
    if (host === "api.dropboxapi.com" && name === "oauth2/token") return this.token(request, body);
    if (host === "api.dropboxapi.com" && name === "auth/token/revoke") return this.revoke(request);
    const endpoint = ENDPOINTS[name];
    if (endpoint === undefined || host !== `${endpoint.host}.dropboxapi.com`)
      throw new FakeResponse(404, `Unknown API function: "${name}"`);
    this.authorize(request.headers.authorization ?? "", endpoint.scope);
    const bad = (why: string) => new FakeResponse(400, `Error in call to API function "${name}": ${why}`);
    const type = request.headers["content-type"];
    const header = request.headers["dropbox-api-arg"];
    let args: Body = {};
    if (endpoint.style === "none") {
      if (body.length > 0 && body.toString() !== "null") throw bad("request body: expected null, got a value");
    } else if (endpoint.style === "rpc") {
      if (type !== "application/json") throw bad(`Bad HTTP "Content-Type" header: ${JSON.stringify(type)}.`);
      args = parse(body.toString(), bad);
    } else {
      if (endpoint.style === "upload" && type !== "application/octet-stream")
        throw bad(
          `Bad HTTP "Content-Type" header: ${JSON.stringify(type)}. Expecting one of "application/octet-stream"`,
        );
      if (typeof header !== "string") throw bad('Must provide HTTP header "Dropbox-API-Arg" or URL parameter "arg".');
      // A header contains ASCII alone; anything else is to be escaped.
      if (/[^ -~]/.test(header)) throw bad('HTTP header "Dropbox-API-Arg": could not decode input as JSON');
      args = parse(header, bad);
    }
    for (const field of Object.keys(args))
      if (![...endpoint.required, ...endpoint.optional].includes(field))
        throw bad(`request body: unknown field '${field}'`);
    for (const field of endpoint.required)
      if (!(field in args)) throw bad(`request body: missing required field '${field}'`);
    const files = this.namespace(request.headers["dropbox-api-path-root"], bad);
    checkHash(args, body);
    const path = String(args.path ?? (args.commit as Body | undefined)?.path ?? "");
    const refused = endpoint.host === "content" || name.startsWith("sharing/") ? this.refuses(path, name) : null;
    if (refused !== null) throw refusal(String(refused[".tag"]), refused);
    const result = endpoint.run(args, body, files, this.team);
    if (result instanceof StoredFile)
      return new FakeResponse(200, result.content.toString("latin1"), {
        "dropbox-api-result": JSON.stringify(result.metadata),
      });
    return new FakeResponse(200, result);
  }

  private token(request: IncomingMessage, body: Buffer): FakeResponse {
    const bad = (error: string, error_description: string) => new FakeResponse(400, { error, error_description });
    // The address of a request ends up in logs: a secret has no place there.
    if (request.url?.includes("refresh_token=")) throw bad("invalid_request", "secrets belong into the body");
    const inAddress = new URL(request.url ?? "", this.url).searchParams;
    const form = inAddress.size > 0 ? inAddress : new URLSearchParams(body.toString());
    if (form.get("client_id") !== APP.key) throw bad("invalid_client: Invalid client_id or client_secret", "");
    const secret = form.get("client_secret");
    if (secret !== null) this.appSecrets.add(secret);
    if (secret !== null && secret !== APP.secret) throw bad("invalid_client: Invalid client_id or client_secret", "");
    const grant = { token_type: "bearer", expires_in: this.expiresIn, access_token: `sl.${randomUUID()}` };
    if (form.get("grant_type") === "authorization_code") {
      const proof = createHash("sha256")
        .update(form.get("code_verifier") ?? "")
        .digest("base64url");
      const consent = this.consents.take(form.get("code") ?? "", proof, form.get("redirect_uri"));
      const isShown = form.get("code") === this.code?.code && proof === this.code?.challenge;
      if (!consent && !isShown) throw bad("invalid_grant", "code doesn't exist or has expired");
      const refreshToken = consent ? `refresh-${randomUUID()}` : APP.refreshToken;
      this.refreshTokens.add(refreshToken);
      this.tokens.set(grant.access_token, { expired: false, refreshToken });
      return new FakeResponse(200, {
        ...grant,
        refresh_token: refreshToken,
        scope: this.scopes.join(" "),
        uid: "1",
        account_id: "dbid:AAA",
      });
    }
    if (form.get("grant_type") !== "refresh_token") throw bad("unsupported_grant_type", "");
    if (!this.refreshTokens.has(form.get("refresh_token") ?? ""))
      throw bad("invalid_grant", "refresh token is invalid or revoked");
    this.refreshes += 1;
    this.tokens.set(grant.access_token, { expired: false, refreshToken: form.get("refresh_token") ?? "" });
    return new FakeResponse(200, grant);
  }

  /** https://www.dropbox.com/developers/documentation/http/documentation#auth-token-revoke: the refresh token goes, too. */
  private revoke(request: IncomingMessage): FakeResponse {
    this.authorize(request.headers.authorization ?? "", "");
    const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
    this.refreshTokens.delete(this.tokens.get(token)?.refreshToken ?? "");
    this.tokens.delete(token);
    return new FakeResponse(200, null);
  }

  private authorize(header: string, scope: string): void {
    const token = this.tokens.get(header.replace(/^Bearer /, ""));
    if (token === undefined) throw refusal("invalid_access_token", { ".tag": "invalid_access_token" }, 401);
    if (token.expired) throw refusal("expired_access_token", { ".tag": "expired_access_token" }, 401);
    if (scope !== "" && !this.scopes.includes(scope))
      throw refusal("missing_scope", { ".tag": "missing_scope", required_scope: scope }, 401);
    if (this.forbids)
      throw refusal(
        "access_error",
        { ".tag": "invalid_account_type", invalid_account_type: { ".tag": "endpoint" } },
        403,
      );
  }

  private namespace(header: string | string[] | undefined, bad: (why: string) => FakeResponse): FakeFiles {
    if (header === undefined) return this.files;
    const root = parse(String(header), bad);
    if (root[".tag"] !== "namespace_id") throw bad("Dropbox-API-Path-Root: expected namespace_id");
    const files = this.homes.get(String(root.namespace_id));
    // https://www.dropbox.com/developers/reference/path-root-header-modes: a root that is not the user's, or not any more.
    if (files === undefined) {
      const root_info = { ".tag": "team", root_namespace_id: this.team, home_namespace_id: HOME, home_path: "/Ada" };
      throw refusal("invalid_root", { ".tag": "invalid_root", invalid_root: root_info }, 422);
    }
    return files;
  }
}

function parse(text: string, bad: (why: string) => FakeResponse): Body {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Body;
  } catch {
    // Reported below.
  }
  throw bad("could not decode input as JSON");
}

function checkHash(args: Body, content: Buffer): void {
  const hash = args.content_hash;
  if (hash === undefined) return;
  if (hash !== FakeFiles.contentHash(content))
    throw refusal("content_hash_mismatch", { ".tag": "content_hash_mismatch" });
}

function injected(fault: Fault | null, seconds: number): FakeResponse | null {
  switch (fault) {
    case "429":
      return new FakeResponse(
        429,
        {
          error_summary: "too_many_requests/..",
          error: { reason: { ".tag": "too_many_requests" }, retry_after: seconds },
        },
        { "retry-after": String(seconds) },
      );
    case "writes":
      return refusal("path/too_many_write_operations", {
        ".tag": "path",
        reason: { ".tag": "too_many_write_operations" },
      });
    case "500":
      return new FakeResponse(500, "Internal Server Error");
    case "503":
      return new FakeResponse(503, "<html><h1>Service Unavailable</h1></html>");
    default:
      return null;
  }
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, headers }: FakeResponse,
  half: boolean,
): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const bytes = Buffer.from(text, headers["dropbox-api-result"] === undefined ? "utf8" : "latin1");
  response.writeHead(status, {
    "content-type": typeof body === "string" ? "text/plain; charset=utf-8" : "application/json",
    "content-length": String(bytes.length),
    ...headers,
  });
  if (!half) return void response.end(bytes);
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => request.socket.destroy());
}
