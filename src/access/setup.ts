import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { writeWholeFile } from "../host/files/whole-file.ts";
import { sameSecret } from "../host/hash.ts";
import { isKeyless, type KeyRing, type KeyStore, type MadeKey } from "./keys/key.ts";
import { LOCAL_KEY, makeLocalKey, removeLocalKey, withLocalKey } from "./keys/local-key.ts";
import { messages } from "./messages.ts";
import { createMeter } from "./rate.ts";

/** Where the code is stored: texts by name, of one host or of all. */
export interface SetupStore {
  get(kind: "setup", name: string): Promise<string | null>;
  putIfAbsent(kind: "setup", name: string, value: string): Promise<boolean>;
  remove(kind: "setup", name: string): Promise<boolean>;
}

/** The first key of a service, made in a browser by a person who can read its log. */
export interface Setup {
  /** For the log, while there is no key; null from the first on. */
  readonly code: string | null;
  /** Whether a first key can be made so now. */
  open(): boolean;
  /**
   * Makes the first key, an admin's, in exchange for the code, which is valid once.
   * @throws Failure "setup_code" for another code, or where there is a key already, "rate_limited" after many wrong
   *   ones, "usage" for a name that cannot be used.
   */
  make(given: { readonly code: string; readonly name: string }): Promise<MadeKey>;
}

const FILE = "setup.code";
const NAME = "code";
/** Of all failed attempts together; the correct code is never refused for them. */
const WRONG = { requests: 10, windowS: 60 } as const;
/** No letters that are easily confused, in print or on the phone. */
const LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789";
const GROUPS = 5;
const A_GROUP = 5;

/** Who may call a service before and after its first key is made. */
export interface FirstKey {
  /** The ring with the local key in it, as long as no other was ever made. */
  readonly keys: KeyRing;
  readonly setup: Setup;
  /** Whether there is no key, and this client is the user that the service runs as. */
  runsService(client: string): boolean;
}

/** Prepares the first key: for programs of the service's own user, and for a browser. */
export async function openFirstKey(dependencies: SetupDependencies & { readonly keys: KeyRing }): Promise<FirstKey> {
  const { keys, dataDir } = dependencies;
  if (isKeyless(keys)) makeLocalKey(dataDir);
  else removeLocalKey(dataDir);
  return {
    keys: withLocalKey(keys, dataDir),
    setup: await openSetup(dependencies),
    runsService: (client) => client === LOCAL_KEY.name && isKeyless(keys),
  };
}

interface SetupDependencies {
  readonly keys: Pick<KeyRing, "configured">;
  readonly keyStore: Pick<KeyStore, "create">;
  readonly store: SetupStore;
  readonly dataDir: string;
}

/**
 * While there is no key: makes the code, the same after each restart and on every host, and writes it into a file beside
 * the jobs that only the service's own user reads. It ends with the first key, however that is made.
 */
export async function openSetup({ keys, keyStore, store, dataDir }: SetupDependencies): Promise<Setup> {
  const meter = createMeter();
  const path = join(dataDir, FILE);
  const keyless = isKeyless(keys);
  if (!keyless) {
    rmSync(path, { force: true });
    await store.remove("setup", NAME);
  }
  const code = keyless ? await theCode(store) : null;
  if (code !== null) writeWholeFile(path, `${code}\n`);

  return {
    code,
    open: () => code !== null && isKeyless(keys),
    async make({ code: shown, name }) {
      const current = isKeyless(keys) ? await stored(store) : null;
      if (current === null || !sameSecret(plain(shown), plain(current))) {
        if (!meter.take("all", WRONG).admitted) throw new Failure("rate_limited", messages.setupTooOften);
        throw new Failure("setup_code", messages.wrongSetupCode);
      }
      // Of several browsers at once, on any hosts, one succeeds.
      if (!(await store.remove("setup", NAME))) throw new Failure("setup_code", messages.setupDone);
      try {
        const made = await keyStore.create({ name, scope: "admin", rate: null });
        rmSync(path, { force: true });
        return made;
      } catch (error) {
        await store.putIfAbsent("setup", NAME, JSON.stringify(current));
        throw error;
      }
    },
  };
}

/** The one that all hosts have, made by the first of them. */
async function theCode(store: SetupStore): Promise<string> {
  await store.putIfAbsent("setup", NAME, JSON.stringify(newCode()));
  return (await stored(store)) ?? "";
}

async function stored(store: SetupStore): Promise<string | null> {
  const text = await store.get("setup", NAME);
  return text === null ? null : (JSON.parse(text) as string);
}

/** 25 letters of 30: 122 bits. */
function newCode(): string {
  const letters: string[] = [];
  while (letters.length < GROUPS * A_GROUP)
    // Each letter as likely as the others.
    for (const byte of randomBytes(64))
      if (byte < 240 && letters.length < GROUPS * A_GROUP) letters.push(LETTERS[byte % LETTERS.length] ?? "");
  return Array.from({ length: GROUPS }, (_, at) => letters.slice(at * A_GROUP, (at + 1) * A_GROUP).join("")).join("-");
}

/** As it is compared: people leave out hyphens and capitals. */
function plain(code: string): string {
  return code.toUpperCase().replace(/[^A-Z0-9]/g, "");
}
