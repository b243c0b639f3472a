import { DropboxAuth } from "dropbox";
import { Failure } from "../../failure.ts";
import type { SendRequest } from "./credentials.ts";
import { member, sortRefusal } from "./refusal.ts";

/** What the service needs of an account, and no more. */
const SCOPES = [
  "account_info.read",
  "files.metadata.read",
  "files.content.read",
  "files.content.write",
  "sharing.read",
  "sharing.write",
];

export interface Login {
  /** Where the operator allows the app, and gets a code. */
  readonly url: string;
  /** Changes the code for a refresh token. @throws Failure "dropbox_login". */
  finish(code: string): Promise<string>;
}

/** OAuth with PKCE (RFC 7636): the app's secret is not needed, and a code that somebody sees is worth nothing. */
export async function beginLogin(appKey: string, fetch?: SendRequest): Promise<Login> {
  const auth = new DropboxAuth({ clientId: appKey, ...(fetch && { fetch }) });
  const url = await auth.getAuthenticationUrl("", "", "code", "offline", SCOPES, "none", true);
  return {
    url: new URL(String(url)).href,
    async finish(code) {
      const answer = await auth.getAccessTokenFromCode("", encodeURIComponent(code.trim())).catch((error) => {
        throw new Failure(
          "dropbox_login",
          `Dropbox did not take the code: begin again and paste the whole of it (${sortRefusal(error).message})`,
        );
      });
      const token = member(answer.result, "refresh_token");
      if (typeof token !== "string")
        throw new Failure("dropbox_login", "Dropbox gave no refresh token: begin again with `agentlink dropbox login`");
      return token;
    },
  };
}
