/*
 * The settings, from the environment, secret files and flags: the name, parser, default and description of each.
 * No other room reads the environment.
 * Not here: the effect of a setting.
 */

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { distance } from "fastest-levenshtein";
import { Failure } from "../failure.ts";
import { machineTimeZone } from "../host/time-zone.ts";
import type { Config } from "./config.ts";
import { DATA, DOCUMENTS } from "./data-settings.ts";
import { CALLBACKS, DELIVERY } from "./delivery-settings.ts";
import { messages } from "./messages.ts";
import { NOTIFY } from "./notify-settings.ts";
import { missing } from "./required.ts";
import { type Environment, fileVariable, readSecretFiles } from "./secret-files.ts";
import { CLIENT, HOSTS, SERVICE } from "./service-settings.ts";
import type { Setting } from "./setting.ts";

/** Stands for a secret wherever settings are shown. */
const MASK = "********";

/** Pages that have more than the list of settings, by the title of the group. */
const DOCS: Readonly<Record<string, string>> = {
  "Several hosts": "docs/several-hosts.md",
  Delivery: "docs/delivery.md",
  "Callbacks, and addresses that may be reached": "docs/delivery.md",
  Notifications: "docs/monitoring.md",
  Data: "docs/data.md",
  Documents: "docs/documents.md",
};

/** In the order in which they are printed. */
const GROUPS = [
  { title: "The service", settings: SERVICE },
  { title: "Several hosts", settings: HOSTS },
  { title: "Delivery", settings: DELIVERY },
  { title: "Callbacks, and addresses that may be reached", settings: CALLBACKS },
  { title: "Notifications", settings: NOTIFY },
  { title: "Data", settings: DATA },
  { title: "Documents", settings: DOCUMENTS },
  { title: "Commands that call a running service", settings: CLIENT },
] as const;

const SETTINGS: { readonly [K in keyof Config]: Setting<Config[K]> } = {
  ...SERVICE,
  ...HOSTS,
  ...DELIVERY,
  ...CALLBACKS,
  ...NOTIFY,
  ...DATA,
  ...DOCUMENTS,
  ...CLIENT,
};

/** The settings, for the command line's help and `agentlink config`. */
export const settings: readonly (Omit<Setting<unknown>, "parse"> & {
  readonly key: keyof Config;
  readonly group: string;
})[] = GROUPS.flatMap(({ title, settings: grouped }) =>
  (Object.keys(grouped) as (keyof Config)[]).map((key) => ({ ...SETTINGS[key], key, group: title })),
);

/** The variables that a file may stand for. */
const SECRETS = settings.flatMap(({ variable, secret }) => (secret ? [variable] : []));

/** The settings of the commands that call a running service; the service itself has no use for them. */
export const CLIENT_SETTINGS: readonly (keyof Config)[] = ["url", "key"];

/**
 * Reads flags (by setting key; they win) and AGENTLINK_* variables into one frozen Config.
 * @throws Failure "config" that names every wrong value, and for an unknown variable the nearest right name.
 */
export function readConfig(environment: Environment, flags: Readonly<Partial<Record<keyof Config, string>>>): Config {
  const files = readSecretFiles(environment, SECRETS);
  const problems: string[] = [...unknownVariables(environment), ...files.problems];
  const values: Partial<Record<keyof Config, unknown>> = {};
  for (const { key, variable, flag, fallback, secret } of settings) {
    const fromFlag = flags[key];
    const text = fromFlag ?? environment[variable] ?? files.values[variable] ?? fallback;
    try {
      values[key] = SETTINGS[key].parse(text.trim());
    } catch (error) {
      const name = fromFlag === undefined ? variable : flag;
      // An address may have a password pasted into it.
      const shown = secret ? MASK : JSON.stringify(text.replace(/\/\/[^/@]*@/, `//${MASK}@`));
      problems.push(`${name}=${shown}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  problems.push(
    ...missing(values as Partial<Config>).map(({ key, reason }) => `${SETTINGS[key].variable} must be set: ${reason}`),
  );
  if (problems.length > 0) throw new Failure("config", problems.join("\n"));
  const config = values as unknown as Config;
  return Object.freeze({
    ...config,
    deliveryFolder: config.deliveryFolder === "" ? resolve(config.dataDir, "delivered") : config.deliveryFolder,
  });
}

/** The zone whose days are counted: the one that is set, else the machine's. */
export function dayZone({ timeZone }: Pick<Config, "timeZone">): string {
  return timeZone === null || timeZone === "suburb" ? machineTimeZone() : timeZone;
}

/** The values that are secret, for a log that must not write them. */
export function secretsOf(config: Config): readonly string[] {
  return settings.flatMap(({ key, secret }) => {
    const value = secret ? config[key] : null;
    if (typeof value === "string") return value === "" ? [] : [value];
    return typeof value === "object" && value !== null ? Object.values(value).map(String) : [];
  });
}

/** A setting as it is in effect. */
export interface DescribedSetting {
  readonly variable: string;
  readonly flag: string;
  /** Masked where it is secret. */
  readonly value: string;
  /** "default", "environment", "file", or the flag. */
  readonly from: string;
  /** Where it is from a file, that one's path. */
  readonly file: string | null;
  readonly description: string;
  readonly group: string;
  /** What it is given as, such as duration, size or number. */
  readonly unit: string;
  readonly secret: boolean;
  /** The page of the documentation that has more. */
  readonly docs: string;
}

/** What is in force, a line for each setting: variable, value (secrets masked), where it comes from, description. */
export function describeConfig(
  environment: Environment,
  flags: Readonly<Partial<Record<keyof Config, string>>>,
): readonly DescribedSetting[] {
  readConfig(environment, flags);
  const files = readSecretFiles(environment, SECRETS);
  return settings.map(({ key, variable, flag, fallback, secret = false, description, group, value: unit }) => {
    const value = flags[key] ?? environment[variable] ?? files.values[variable] ?? fallback;
    const from =
      flags[key] !== undefined
        ? flag
        : environment[variable] !== undefined
          ? "environment"
          : files.values[variable] !== undefined
            ? "file"
            : "default";
    return {
      variable,
      flag,
      // An address may have a password pasted into it.
      value: secret && value !== "" ? MASK : value.replace(/\/\/[^/@\s]*@/g, `//${MASK}@`),
      from,
      file: from === "file" ? (files.paths[variable] ?? null) : null,
      description,
      group,
      unit,
      secret,
      docs: DOCS[group] ?? "docs/settings.md",
    };
  });
}

/**
 * The environment in which a program without flags has these settings: the flags in place of their variables. For a
 * process that is started with the settings of this one; every user who can list processes would see flags.
 */
export function asEnvironment(
  environment: Environment,
  flags: Readonly<Partial<Record<keyof Config, string>>>,
): Readonly<Record<string, string>> {
  const given = settings.flatMap(({ key, variable }) => {
    const text = flags[key];
    return text === undefined ? [] : [[variable, text] as const];
  });
  const replaced = new Set(given.map(([variable]) => fileVariable(variable)));
  const stay = Object.entries(environment).filter(([name, value]) => value !== undefined && !replaced.has(name));
  return Object.fromEntries([...stay, ...given]) as Readonly<Record<string, string>>;
}

const UNIT_FILE = "/etc/agentlink/agentlink.env";
/** Of the Dockerfile. */
const IMAGE_PROGRAM = "/agentlink";

/** Where a setting is written, and how the service is restarted, as far as the environment shows how it was started. */
export function howToChange(
  environment: Environment,
  program: string = process.execPath,
): { readonly where: string; readonly restart: string } {
  if (environment.INVOCATION_ID !== undefined && existsSync(UNIT_FILE))
    return { where: UNIT_FILE, restart: messages.restartSystemd };
  // The image's program; another one may be started manually in any container.
  if (program === IMAGE_PROGRAM && (existsSync("/.dockerenv") || existsSync("/run/.containerenv")))
    return {
      where: messages.containerEnvironment,
      restart: messages.recreateContainer,
    };
  return {
    where: messages.processEnvironment,
    restart: messages.restartProcess,
  };
}

function unknownVariables(environment: Environment): string[] {
  const known = new Set([...settings.map(({ variable }) => variable), ...SECRETS.map(fileVariable)]);
  return Object.keys(environment)
    .filter((name) => name.startsWith("AGENTLINK_") && !known.has(name))
    .map((name) => {
      const nearest = [...known].sort((a, b) => distance(name, a) - distance(name, b))[0];
      return messages.notSetting(name, nearest);
    });
}
