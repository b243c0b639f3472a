import { checkDropbox } from "../delivery/dropbox/check.ts";
import type { DropboxKeySource, SendRequest } from "../delivery/dropbox/credentials.ts";
import { beginLogin, finishLogin } from "../delivery/dropbox/login.ts";
import { Failure } from "../failure.ts";
import type { Config } from "../settings/config.ts";
import { dropboxInUse } from "./dropbox-account.ts";
import { messages } from "./messages.ts";

interface DropboxTerminal {
  readonly print: (line: string) => void;
  readonly prompt: (question: string) => Promise<string>;
  /** For the tests; else the network. */
  readonly fetch?: SendRequest;
}

/** Walks an operator through linking a Dropbox account, checks it and prints what to set. */
export async function dropboxLogin(config: Config, terminal: DropboxTerminal): Promise<void> {
  const { print, prompt, fetch } = terminal;
  const appKey = config.dropboxAppKey || (await prompt(messages.promptAppKey)).trim();
  if (appKey === "") throw new Failure("dropbox_login", messages.appKeyRequired);
  const { url, pending } = beginLogin({ appKey });
  print(messages.openConsent);
  print(`  ${url}\n`);
  const send: SendRequest = fetch ?? ((address, init) => globalThis.fetch(address, init));
  const refreshToken = await finishLogin(pending, await prompt("Code: "), send);
  print("");
  const keys = { appKey, appSecret: null, refreshToken };
  await check(config, () => keys, terminal).catch((error) =>
    print(messages.linkedNotReady(error instanceof Error ? error.message : String(error))),
  );
  print(messages.setThese);
  print(`AGENTLINK_DELIVERY=dropbox\nAGENTLINK_DROPBOX_APP_KEY=${appKey}`);
  print(`AGENTLINK_DROPBOX_REFRESH_TOKEN=${refreshToken}`);
}

/** Uploads a small file, reads it back and removes it. @throws Failure that states what is wrong. */
export async function dropboxCheck(config: Config, terminal: Omit<DropboxTerminal, "prompt">): Promise<void> {
  const { keys } = await dropboxInUse(config);
  await check(config, () => keys, terminal);
}

function check(
  config: Config,
  keys: DropboxKeySource,
  { print, fetch }: Omit<DropboxTerminal, "prompt">,
): Promise<void> {
  const { dropboxFolder: folder, dropboxPathRoot: pathRoot } = config;
  return checkDropbox({ keys, folder, pathRoot, ...(fetch && { fetch }) }, print);
}
