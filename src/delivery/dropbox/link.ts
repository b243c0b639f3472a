import { Failure } from "../../failure.ts";
import { Refused } from "../refused.ts";
import type { Connection } from "./connection.ts";
import { explainRefusal, member } from "./refusal.ts";

/**
 * The shared link of a file: the one there is, or a new one.
 * @throws Refused "dropbox_share" when the account may not share it.
 */
export async function sharedLink(
  connection: Connection,
  path: string,
  signal: AbortSignal,
  key: string,
): Promise<string> {
  const existing = await connection.call(
    (dropbox, options) => dropbox.sharingListSharedLinks({ path, direct_only: true }, options),
    (result) => {
      const links = member(result, "links");
      return Array.isArray(links) ? { url: urlOf(links[0]) } : undefined;
    },
    signal,
    key,
  );
  if ("refused" in existing) throw explainRefusal(existing.refused, path);
  if (existing.value.url !== undefined) return existing.value.url;
  const made = await connection.call(
    (dropbox, options) => dropbox.sharingCreateSharedLinkWithSettings({ path }, options),
    urlOf,
    signal,
    key,
  );
  if ("value" in made) return made.value;
  const { tags, error } = made.refused;
  if (tags.includes("shared_link_already_exists")) {
    // Made by a request whose response was lost; Dropbox may hand it out with the refusal.
    const url = urlOf(member(member(error, "shared_link_already_exists"), "metadata"));
    if (url !== undefined) return url;
    throw new Failure("dropbox_share", `the shared link of ${path} was made a moment ago and is not listed yet`, {
      transient: true,
    });
  }
  if (["email_not_verified", "access_denied", "settings_error", "banned_member"].some((tag) => tags.includes(tag)))
    throw new Refused(
      "settings",
      "dropbox_share",
      `the report is at ${path}, but Dropbox does not let this account share it (${tags.join("/")}): allow shared links there, or switch AGENTLINK_DROPBOX_SHARE off`,
    );
  throw explainRefusal(made.refused, path);
}

function urlOf(link: unknown): string | undefined {
  const url = member(link, "url");
  return typeof url === "string" ? url : undefined;
}
