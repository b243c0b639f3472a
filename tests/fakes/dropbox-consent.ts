interface Consent {
  readonly challenge: string;
  readonly redirectUri: string | null;
}

/** The text of Dropbox's page, or where it sends the browser. */
export type Page = { readonly code: string } | { readonly sentTo: string } | { readonly refused: string };

/** Dropbox's page on which a person allows an app (https://www.dropbox.com/developers/documentation/http/documentation#oauth2-authorize). */
export class Consents {
  /** As in the App Console: an address that is not among them is refused before anything else. */
  redirectUris: readonly string[] = [];
  private readonly byCode = new Map<string, Consent>();
  private readonly appKey: string;
  private readonly scopes: readonly string[];

  constructor(appKey: string, scopes: readonly string[]) {
    this.appKey = appKey;
    this.scopes = scopes;
  }

  /** A person opens the address of the app, and allows it or not. */
  open(address: string, allows = true): Page {
    const url = new URL(address);
    if (url.origin + url.pathname !== "https://www.dropbox.com/oauth2/authorize") return { refused: "no such page" };
    const given = (name: string) => url.searchParams.get(name);
    const redirectUri = given("redirect_uri");
    if (given("client_id") !== this.appKey) return { refused: "Invalid client_id" };
    if (redirectUri !== null && !this.redirectUris.includes(redirectUri)) return { refused: "Invalid redirect_uri" };
    if (given("response_type") !== "code") return { refused: "Invalid response_type" };
    if (given("code_challenge_method") !== "S256" || !/^[\w-]{43}$/.test(given("code_challenge") ?? ""))
      return { refused: "Invalid code_challenge" };
    if (given("token_access_type") !== "offline") return { refused: "no refresh token was asked for" };
    const wanted = (given("scope") ?? "").split(" ");
    if (!wanted.every((scope) => this.scopes.includes(scope))) return { refused: "Invalid scope" };
    const back = (parameters: Record<string, string>) => {
      const state = given("state");
      return `${redirectUri}?${new URLSearchParams({ ...parameters, ...(state === null ? {} : { state }) })}`;
    };
    if (!allows)
      return redirectUri === null
        ? { refused: "cancelled" }
        : { sentTo: back({ error: "access_denied", error_description: "The user chose not to give your app access" }) };
    const code = `code-${crypto.randomUUID()}`;
    this.byCode.set(code, { challenge: given("code_challenge") ?? "", redirectUri });
    return redirectUri === null ? { code } : { sentTo: back({ code }) };
  }

  /** The code is valid once, for the client that began, and with the same redirect URI. */
  take(code: string, challenge: string, redirectUri: string | null): boolean {
    const consent = this.byCode.get(code);
    this.byCode.delete(code);
    return consent !== undefined && consent.challenge === challenge && consent.redirectUri === redirectUri;
  }

  /** As after some minutes. */
  expire(): void {
    this.byCode.clear();
  }
}
