import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { asFailure } from "../failure.ts";
import { messages } from "./messages.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the unit calls the folder of its secrets, LoadCredential=agentlink:…, and so what their names begin with. */
const LOADED = "agentlink_";

/** What a variable's name ends with where it names a file with the secret. */
const SUFFIX = "_FILE";

/** The variable that names the file of a secret: AGENTLINK_S3_SECRET_ACCESS_KEY_FILE. */
export function fileVariable(variable: string): string {
  return `${variable}${SUFFIX}`;
}

export interface Secrets {
  /** Those found in files, by their variables. */
  readonly values: Readonly<Record<string, string>>;
  /** The files, by the same. */
  readonly paths: Readonly<Record<string, string>>;
  /** What is wrong, a line each. */
  readonly problems: readonly string[];
}

/**
 * Reads secrets out of files, so that they are neither in the environment nor in a command line, where others can see
 * them: AGENTLINK_<NAME>_FILE names one (as Docker's secrets do), and in the folder systemd gives a service its
 * credentials in, the file of a setting has its variable's name in lower case (systemd.exec(5), LoadCredential=).
 * A line's end at the end of a file is not part of the secret.
 */
export function readSecretFiles(environment: Environment, variables: readonly string[]): Secrets {
  const values: Record<string, string> = {};
  const paths: Record<string, string> = {};
  const problems = [...unknownCredentials(environment, variables)];
  for (const variable of variables) {
    const named = environment[fileVariable(variable)];
    if (named !== undefined && environment[variable] !== undefined) {
      problems.push(messages.setTwice(variable, fileVariable(variable)));
      continue;
    }
    const path = named ?? (environment[variable] === undefined ? credential(environment, variable) : null);
    if (path === null) continue;
    try {
      paths[variable] = path;
      values[variable] = readFileSync(path, "utf8").replace(/\r?\n$/, "");
    } catch (error) {
      problems.push(`${fileVariable(variable)}=${path} cannot be read: ${asFailure(error).message}`);
    }
  }
  return { values, paths, problems };
}

/** A secret under a wrong name would be missing, without a visible cause. */
function unknownCredentials(
  { CREDENTIALS_DIRECTORY: folder }: Environment,
  variables: readonly string[],
): readonly string[] {
  if (folder === undefined || !existsSync(folder)) return [];
  const known = new Set(variables.map((variable) => variable.toLowerCase()));
  const names = [...known].map((name) => name.slice(LOADED.length)).sort();
  return readdirSync(folder)
    .filter((name) => name.startsWith(LOADED) && !known.has(name))
    .map((name) => messages.notSecret(name.slice(LOADED.length), names.join(", ")));
}

function credential({ CREDENTIALS_DIRECTORY: folder }: Environment, variable: string): string | null {
  if (folder === undefined) return null;
  const path = join(folder, variable.toLowerCase());
  return existsSync(path) ? path : null;
}
