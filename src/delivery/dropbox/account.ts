import { randomBytes } from "node:crypto";
import { Failure } from "../../failure.ts";
import { sha256 } from "../../host/hash.ts";
import { Refused } from "../refused.ts";
import { accountName, connectAccount } from "./check.ts";
import { type DropboxKeySource, type DropboxKeys, refreshAccessToken, type SendRequest } from "./credentials.ts";
import { beginLogin, finishLogin, type PendingLogin } from "./login.ts";

/** Where a link is stored: texts by name, of one host or of all. */
export interface LinkStore {
  get(kind: "dropbox", name: string): Promise<string | null>;
  last(kind: "dropbox", limit: number): Promise<readonly { readonly name: string; readonly value: string }[]>;
  put(kind: "dropbox", name: string, value: string): Promise<void>;
  remove(kind: "dropbox", name: string): Promise<boolean>;
}

/** An account that was linked in the browser. */
export interface Linked {
  readonly appKey: string;
  /** "Ada Agent <ada@example.com>"; null where Dropbox did not return it in time. */
  readonly account: string | null;
  readonly by: string;
  readonly at: string;
}

/** Whose Dropbox reports go to: the account that was linked in the browser, or else the one of the settings. */
export interface DropboxAccount {
  readonly keys: DropboxKeySource;
  /** What was linked in the browser. */
  linked(): Linked | null;
  /** Whether the settings name an account, and with which app. */
  readonly settings: { readonly appKey: string | null; readonly linked: boolean };
  /** Where Dropbox sends a browser back to; null where it cannot be reached there, and shows a code instead. */
  readonly redirectUri: string | null;
  /** Begins to link: returns where the person allows the app. Only the same `session` can end it, within a quarter of an hour. */
  begin(requested: { appKey: string; redirect: boolean; session: string }): Promise<{ url: string; state: string }>;
  /**
   * Ends it with the code, and uses the account at once.
   * @throws Failure "dropbox_link_expired", "dropbox_code", "dropbox_app", "dropbox_refused" or "dropbox_unreachable".
   */
  finish(given: { state: string; code: string; session: string; by: string }): Promise<Linked>;
  /** Forgets what was linked here, and has Dropbox revoke it; false where nothing was. */
  unlink(): Promise<boolean>;
  /** Reads what is stored, where another host may have changed it. */
  reload(): Promise<void>;
}

interface AccountOptions {
  readonly settings: { readonly appKey: string; readonly appSecret: string | null; readonly refreshToken: string };
  readonly pathRoot: string | null;
  readonly publicUrl: string | null;
  readonly records: LinkStore;
  /** Another account is used from now on, or none. */
  readonly onChange: () => void;
  readonly fetch?: SendRequest;
  readonly now?: () => Date;
}

const LINK = "link";
const LOGIN = "login:";
const LOGIN_LASTS_MS = 15 * 60_000;
/** Logins that are begun at once; of more the one that ends first is forgotten. */
const MOST_LOGINS = 20;
const REVOKE_URL = "https://api.dropboxapi.com/2/auth/token/revoke";
const REVOKE_MS = 10_000;

interface StoredLink extends Linked {
  readonly refreshToken: string;
}
interface StoredLogin extends PendingLogin {
  readonly session: string;
  readonly endsAt: number;
}

/** The account that was linked in the browser, where one is stored; for read-only use. @throws Failure where that cannot be read. */
export async function linkedKeys(records: Pick<LinkStore, "get">): Promise<DropboxKeys | null> {
  return keysOf(parsed<StoredLink>(await records.get("dropbox", LINK)));
}

function keysOf(link: StoredLink | null): DropboxKeys | null {
  return link && { appKey: link.appKey, appSecret: null, refreshToken: link.refreshToken };
}

/** Opens it with what is stored. @throws Failure where that cannot be read. */
export async function openDropboxAccount(options: AccountOptions): Promise<DropboxAccount> {
  const { settings, pathRoot, publicUrl, records, onChange, now = () => new Date() } = options;
  const send: SendRequest = options.fetch ?? ((url, init) => fetch(url, init));
  const ownKeys: DropboxKeys | null = settings.appKey === "" || settings.refreshToken === "" ? null : settings;
  /** Written by `use`. */
  let stored: StoredLink | null = null;
  /** Written by `use`. */
  let inUse: DropboxKeys | null = null;

  function use(link: StoredLink | null): void {
    if (link?.refreshToken === stored?.refreshToken && link?.appKey === stored?.appKey) return;
    stored = link;
    inUse = keysOf(link);
    onChange();
  }
  const read = async () => parsed<StoredLink>(await records.get("dropbox", LINK));

  async function forgetOldLogins(): Promise<void> {
    const all = (await records.last("dropbox", 1_000)).filter(({ name }) => name.startsWith(LOGIN));
    const byEnd = all
      .map(({ name, value }) => ({ name, endsAt: parsed<StoredLogin>(value)?.endsAt ?? 0 }))
      .toSorted((a, b) => b.endsAt - a.endsAt);
    const over = byEnd.filter(({ endsAt }, at) => endsAt <= now().getTime() || at >= MOST_LOGINS - 1);
    for (const { name } of over) await records.remove("dropbox", name);
  }

  /** Who the account is. @throws Failure "dropbox_refused" where the app may not do what the service needs. */
  async function nameOf(keys: DropboxKeys): Promise<string | null> {
    try {
      const connection = connectAccount({ keys: () => keys, pathRoot, fetch: send });
      return await accountName(connection, AbortSignal.timeout(REVOKE_MS));
    } catch (error) {
      if (error instanceof Refused) throw new Failure("dropbox_refused", error.message);
      // The code is used up: what was linked is stored, and the next check reports its state.
      return null;
    }
  }

  stored = await read();
  inUse = keysOf(stored);

  return {
    keys: () => inUse ?? ownKeys,
    linked: () => stored && publicPart(stored),
    settings: { appKey: settings.appKey || null, linked: ownKeys !== null },
    redirectUri: redirectOf(publicUrl),

    async begin({ appKey, redirect, session }) {
      const state = randomBytes(32).toString("base64url");
      const redirectUri = redirect ? redirectOf(publicUrl) : null;
      const { url, pending } = beginLogin({ appKey, redirectUri, ...(redirectUri === null ? {} : { state }) });
      await forgetOldLogins();
      const login: StoredLogin = { ...pending, session, endsAt: now().getTime() + LOGIN_LASTS_MS };
      await records.put("dropbox", LOGIN + sha256(state), JSON.stringify(login));
      return { url, state };
    },

    async finish({ state, code, session, by }) {
      const name = LOGIN + sha256(state);
      const login = parsed<StoredLogin>(await records.get("dropbox", name));
      if (login === null || login.session !== session || login.endsAt <= now().getTime())
        throw new Failure(
          "dropbox_link_expired",
          "This link to Dropbox has expired, or was begun in another sign-in: nothing was changed. Press Link Dropbox again.",
        );
      const refreshToken = await finishLogin(login, code, send).catch(async (error) => {
        if (error instanceof Failure && !error.transient) await records.remove("dropbox", name);
        throw error;
      });
      await records.remove("dropbox", name);
      const { appKey } = login;
      const account = await nameOf({ appKey, appSecret: null, refreshToken });
      const link: StoredLink = { appKey, refreshToken, account, by, at: now().toISOString() };
      await records.put("dropbox", LINK, JSON.stringify(link));
      use(link);
      return publicPart(link);
    },

    async unlink() {
      const link = await read();
      if (!(await records.remove("dropbox", LINK))) return false;
      use(null);
      if (link !== null) await revoke({ ...link, appSecret: null }, send);
      return true;
    },

    reload: async () => use(await read()),
  };
}

/** Dropbox redirects to no address without https, and gives no information to others. */
function redirectOf(publicUrl: string | null): string | null {
  if (publicUrl === null || !publicUrl.startsWith("https:")) return null;
  return `${publicUrl.replace(/\/+$/, "")}/delivery`;
}

function publicPart({ appKey, account, by, at }: StoredLink): Linked {
  return { appKey, account, by, at };
}

function parsed<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}

/** Dropbox forgets the link, too; where it does not respond the token is at least forgotten here. */
async function revoke(keys: DropboxKeys, send: SendRequest): Promise<void> {
  const response = await refreshAccessToken(keys, send);
  if (!("token" in response)) return;
  await send(REVOKE_URL, {
    method: "POST",
    headers: { authorization: `Bearer ${response.token}` },
    signal: AbortSignal.timeout(REVOKE_MS),
  }).catch(() => {});
}
