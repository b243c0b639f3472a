import { type Command, Option } from "commander";
import type { Config } from "../settings/config.ts";
import { CLIENT_SETTINGS, readConfig, settings } from "../settings/settings.ts";
import { messages } from "./messages.ts";

/** The settings given as flags, by their keys. */
export type Flags = Partial<Record<keyof Config, string>>;

/** What `serve` takes: every setting but those of the commands that call a service. */
export const SERVICE_SETTINGS: readonly (keyof Config)[] = settings
  .map(({ key }) => key)
  .filter((key) => !CLIENT_SETTINGS.includes(key));

/** Where a service is and what to show it: by default the command uses the address where `serve` would listen. */
export const CALLING_SETTINGS: readonly (keyof Config)[] = [...CLIENT_SETTINGS, "host", "port"];

/** The same, of commands that print times. */
export const SHOWING_SETTINGS: readonly (keyof Config)[] = [...CALLING_SETTINGS, "timeZone"];

/** Settings that a service needs beside others do not matter to a command that delivers nothing. */
export const DELIVERS_NOTHING = { delivery: "folder", deliveryFolder: "unused", reports: "unused" } as const;

/** Gives a command these settings as flags. */
export function withSettings(command: Command, keys: readonly (keyof Config)[]): Command {
  const chosen = settings.filter(({ key }) => keys.includes(key));
  const groups = new Set(chosen.map(({ group }) => group)).size > 2;
  for (const { key, flag, value, description, variable, fallback, group, secret } of chosen) {
    const from = secret ? messages.preferVariable(variable) : `${variable}, ${fallback || "none"}`;
    const option = new Option(`${flag} <${value}>`, `${description} [${from}]`);
    // The key, not commander's own camel case of the flag, so that a flag lands on its setting.
    option.attributeName = () => key;
    option.helpGroup(groups ? `${group}:` : "Settings:");
    command.addOption(option);
  }
  return command;
}

/** Every user who can list the machine's processes sees a flag: a secret in one is worth a warning. */
export function warnOfSecretFlags(command: Command, print: (line: string) => void): void {
  for (const { key, flag, variable, secret } of settings) {
    if (!secret || command.getOptionValueSource(key) !== "cli") continue;
    print(messages.flagShowsSecret(flag, variable));
  }
}

/** The settings in effect. @throws Failure "config". */
export function configure(flags: Flags): Config {
  return readConfig(process.env, flags);
}
