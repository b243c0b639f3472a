#!/usr/bin/env bun
import { join } from "node:path";
import { Command, Option } from "commander";
import { pino } from "pino";
import { printConfig } from "./cli/config.ts";
import { demo } from "./cli/demo.ts";
import { ask, dropboxCheck, dropboxLogin } from "./cli/dropbox.ts";
import { importFiles } from "./cli/import.ts";
import { createKey, listKeys, revokeKey } from "./cli/keys.ts";
import { printLicences } from "./cli/licences.ts";
import { renderFile } from "./cli/render.ts";
import { serve } from "./cli/serve.ts";
import { type Config, readConfig, settings } from "./config.ts";
import { asFailure } from "./failure.ts";
import { backupDatabase } from "./queue/sqlite/backup.ts";
import { renderForParent } from "./render/isolated.ts";
import { VERSION } from "./version.ts";

/** Exit codes: 0 done, 1 it failed, 2 the call or a setting is wrong. */
const USAGE = 2;

/** What the service calls itself with, to render a suspect job in a process of its own. */
const RENDER_ALONE = "render-alone";

type Flags = Partial<Record<keyof Config, string>>;

const print = (line: string) => process.stdout.write(`${line}\n`);
const complain = (line: string) => process.stderr.write(`${line}\n`);

const program = new Command("agentlink")
  .description("Takes report jobs over HTTP, keeps them, renders the PDFs and delivers them: one binary.")
  .version(VERSION, "-V, --version", "print the version")
  .helpOption("-h, --help", "print this help, or a command's")
  .showHelpAfterError("(agentlink --help lists the commands and flags)")
  .exitOverride();

withSettings(program.command("serve").description("run the service until SIGTERM or Ctrl-C")).action((flags: Flags) =>
  serve(configure(flags), createLog(flags), renderCommand()),
);

withSettings(
  program
    .command("demo")
    .description("run the service with sample data and follow one report for Manly NSW to the end"),
).action((flags: Flags) => demo(configure(flags), createLog({ logLevel: "warn", ...flags }), renderCommand(), print));

withSettings(program.command("config").description("print the settings in force, with what each is for")).action(
  (flags: Flags) => printConfig(process.env, flags, print),
);

withSettings(
  program
    .command("import")
    .description("fill the catalogue from CSV, NDJSON or JSON files; all of them or nothing")
    .argument("<file...>", "such as agencies.csv, agents.csv, sales.ndjson; - is standard input")
    .option("--kind <kind>", "agents, agencies, sales, listings, market or sources; else taken from the file's name"),
  ["dataDir"],
).action(async (files: string[], { kind, ...flags }: Flags & { kind?: string }) => {
  const { dataDir } = configure(flags);
  process.exitCode = await importFiles({ dataDir, files, ...(kind ? { kind } : {}), out: print, err: complain });
});

withSettings(
  program
    .command("render")
    .description("make one report without a service, from the request's data or the catalogue")
    .argument("<request.json>", "a request as POST /api/generate-agents-report takes it; - is standard input")
    .requiredOption("-o, --output <report.pdf>", "the PDF to write"),
  ["dataDir", "printEmails"],
).action((request: string, { output, ...flags }: Flags & { output: string }) =>
  renderFile({ request, output, config: configure(flags), out: print, err: complain }),
);

withSettings(
  program
    .command("backup")
    .description("copy the jobs' database into a new file, whether the service runs or not")
    .argument("<file>", "the copy, which must not be there yet"),
  ["dataDir"],
).action(async (file: string, flags: Flags) => {
  const bytes = await backupDatabase(join(configure(flags).dataDir, "agentlink.db"), file);
  print(`${file}: ${Math.ceil(bytes / 1_000)} kB, checked`);
});

program
  .command("licences")
  .description("print the licences of everything that is in this program")
  .action(() => printLicences(print));

const dropbox = program.command("dropbox").description("link a Dropbox account, or see whether reports can reach it");
const ofDropbox = settings.map(({ key }) => key).filter((key) => key.startsWith("dropbox"));

withSettings(dropbox.command("login").description("link an account and print what to set"), ofDropbox).action(
  // Whatever is delivered to, what is still missing is what this is for.
  (flags: Flags) => dropboxLogin(configure({ ...flags, delivery: "folder" }), { print, ask }),
);

withSettings(
  dropbox.command("check").description("put a small file there, read it back, remove it, and say what is wrong"),
  ofDropbox,
).action((flags: Flags) => dropboxCheck(configure({ ...flags, delivery: "dropbox" }), { print }));

const keys = program.command("keys").description("who may call: from the first key on, every request needs one");
const keysOptions = (flags: Flags) => ({ dataDir: configure(flags).dataDir, out: print, err: complain });

withSettings(
  keys
    .command("create")
    .description("make a key and print it, this once; the running service takes it at once")
    .requiredOption("--name <name>", "the client it stands for; keys of one name share their jobs")
    .requiredOption("--scope <scope>", "read (its own jobs), submit (ask for reports, too) or admin (everything)")
    .option("--rate <rate>", "most requests it may send, such as 60/min, 5/s or 1000/h; else any number"),
  ["dataDir"],
).action(({ name, scope, rate, ...flags }: Flags & { name: string; scope: string; rate?: string }) =>
  createKey({ name, scope, ...(rate === undefined ? {} : { rate }) }, keysOptions(flags)),
);

withSettings(keys.command("list").description("print the keys, without their secrets"), ["dataDir"]).action(
  (flags: Flags) => listKeys(keysOptions(flags)),
);

withSettings(
  keys
    .command("revoke")
    .description("revoke a key; the running service refuses it at once")
    .argument("<id|name>", "the key's id, or a name for all of its keys"),
  ["dataDir"],
).action((idOrName: string, flags: Flags) => revokeKey(idOrName, keysOptions(flags)));

program
  .command(RENDER_ALONE, { hidden: true })
  .description("render one report for the service that started this process")
  .action(() => renderForParent());

function withSettings(command: Command, keys: readonly (keyof Config)[] = settings.map(({ key }) => key)): Command {
  for (const { key, flag, value, description, variable, fallback } of settings) {
    if (!keys.includes(key)) continue;
    const option = new Option(`${flag} <${value}>`, `${description} [${variable}, ${fallback || "none"}]`);
    // The key, not commander's own camel case of the flag, so that a flag lands on its setting.
    option.attributeName = () => key;
    command.addOption(option);
  }
  return command;
}

/** How to start this program again: compiled, it is its own executable; else Bun runs this file. */
function renderCommand(): readonly string[] {
  return /^(\/\$bunfs|[A-Z]:[\\/]~BUN)/.test(Bun.main)
    ? [process.execPath, RENDER_ALONE]
    : [process.execPath, Bun.main, RENDER_ALONE];
}

function configure(flags: Flags): Config {
  return readConfig(process.env, flags);
}

function createLog(flags: Flags) {
  return pino({ level: configure(flags).logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}

program.parseAsync().catch((error) => {
  process.exitCode = report(error);
});

function report(error: unknown): number {
  if (error instanceof Error && "exitCode" in error) return error.exitCode === 0 ? 0 : USAGE;
  const failure = asFailure(error);
  for (const line of failure.message.split("\n")) complain(`agentlink: ${line}`);
  return failure.code === "config" || failure.code === "usage" ? USAGE : 1;
}
