import { Failure } from "../../failure.ts";
import { CLOCK } from "../../outbound/breaker-clock.ts";
import { createCircuitBreaker } from "../../outbound/circuit-breaker.ts";
import { messages } from "../messages.ts";
import { type Connection, type DropboxResult, openConnection } from "./connection.ts";
import type { DropboxOptions } from "./delivery.ts";
import { rootFolder } from "./path.ts";
import { explainRefusal, member } from "./refusal.ts";

export type CheckOptions = Pick<DropboxOptions, "keys" | "folder" | "pathRoot" | "fetch">;

const TIMEOUT_MS = 30_000;
/** Whose work it is, for the circuit breaker. */
const CHECK = "check";

/**
 * Does what a delivery does with a small file: identifies the account, checks the folder, uploads, reads back, removes.
 * @throws Failure that states in plain words what is wrong and what to do.
 */
export async function checkDropbox(options: CheckOptions, print: (line: string) => void): Promise<void> {
  const signal = new AbortController().signal;
  const connection = connectAccount(options);
  print(`The account is ${await accountName(connection, signal)}.`);

  const folder = rootFolder(options.folder);
  if (folder !== "") {
    const found = await connection.call(
      (dropbox, request) => dropbox.filesGetMetadata({ path: folder }, request),
      (result) => member(result, ".tag"),
      signal,
      CHECK,
    );
    if ("refused" in found && found.refused.tags.includes("not_found"))
      throw new Failure("dropbox_folder", messages.dropboxNoFolder(folder));
    if (expectValue(found, folder) !== "folder")
      throw new Failure("dropbox_folder", messages.dropboxNotAFolder(folder));
    print(messages.dropboxFolderFound(folder));
  }

  const path = `${folder}/agentlink-check-${Bun.randomUUIDv7()}.txt`;
  const text = `agentlink dropbox check, ${new Date().toISOString()}\n`;
  const uploaded = await connection.call(
    (dropbox, request) =>
      dropbox.filesUpload({ path, contents: text, mode: { ".tag": "add" }, autorename: false, mute: true }, request),
    (result) => member(result, "content_hash"),
    signal,
    CHECK,
  );
  expectValue(uploaded, path);
  print(`Put ${path} there.`);
  try {
    const read = await connection.call(
      (dropbox, request) => dropbox.filesDownload({ path }, request),
      contentOf,
      signal,
      CHECK,
    );
    if ((await expectValue(read, path)) !== text) throw new Failure("dropbox_refused", messages.dropboxChanged(path));
    print("Read it back.");
  } finally {
    const removed = await connection.call(
      (dropbox, request) => dropbox.filesDeleteV2({ path }, request),
      (result) => member(result, "metadata"),
      signal,
      CHECK,
    );
    expectValue(removed, path);
  }
  print(messages.canBeDelivered);
}

/** A connection for a few requests, which does not wait for outages to end. */
export function connectAccount({ keys, pathRoot, ...options }: Omit<CheckOptions, "folder">): Connection {
  return openConnection({
    keys,
    pathRoot,
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    breaker: createCircuitBreaker(),
    clock: CLOCK,
    timeoutMs: TIMEOUT_MS,
  });
}

/** "Ada Agent <ada@example.com>". @throws Failure where Dropbox does not state it. */
export async function accountName(connection: Connection, signal: AbortSignal): Promise<string> {
  const response = await connection.call(
    (dropbox, request) => dropbox.usersGetCurrentAccount(request),
    (result) => {
      const name = member(member(result, "name"), "display_name");
      return typeof name === "string" ? `${name} <${String(member(result, "email"))}>` : undefined;
    },
    signal,
    CHECK,
  );
  return expectValue(response, "the account");
}

function expectValue<T>(response: DropboxResult<T>, path: string): T {
  if ("refused" in response) throw explainRefusal(response.refused, path);
  return response.value;
}

/** The SDK returns a file as a Buffer or as a Blob, depending on the environment that it detects. */
function contentOf(result: unknown): Promise<string> | undefined {
  const blob = member(result, "fileBlob");
  if (blob instanceof Blob) return blob.text();
  const binary = member(result, "fileBinary");
  return binary instanceof Uint8Array ? Promise.resolve(Buffer.from(binary).toString()) : undefined;
}
