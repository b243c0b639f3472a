import { readdirSync } from "node:fs";
import { join } from "node:path";
import { checkOptions, createProgram } from "./cli/cli.ts";
import { aboutCommands } from "./cli/commands/about.ts";
import { accessCommands } from "./cli/commands/access.ts";
import { catalogueCommands } from "./cli/commands/catalogue.ts";
import { completionCommand } from "./cli/commands/completion.ts";
import { dataCommands } from "./cli/commands/data.ts";
import { domainCommands } from "./cli/commands/domain.ts";
import { helpCommand } from "./cli/commands/help.ts";
import { installCommands } from "./cli/commands/install.ts";
import { jobCommands, queueCommands } from "./cli/commands/jobs.ts";
import { serviceCommands } from "./cli/commands/service.ts";
import { usageCommand } from "./cli/commands/usage.ts";
import { addExamples } from "./cli/examples.ts";
import { reportError } from "./cli/exit.ts";
import { warnOfSecretFlags } from "./cli/flags.ts";
import { recordCommand } from "./cli/recorded.ts";
import { endWithReader, printError } from "./cli/terminal.ts";
import { SERVICE_COMMANDS } from "./host/engine-options.ts";
import { isInUse } from "./queue/sqlite/database.ts";
import { BUILD, VERSION } from "./version.ts";

/** What the service calls itself with, to render a suspect job in a process of its own. */
const RENDER_ISOLATED = "render-isolated";

const program = createProgram(BUILD);

// What a command needs is loaded when it is called for: a start of the program reads no more than names and options.
serviceCommands(program, {
  renderCommand: renderCommand(),
  version: VERSION,
  examine: async (...args) => (await import("./queue/sqlite/examination.ts")).examineDatabase(...args),
  inUse,
});
catalogueCommands(program, { inUse });
dataCommands(program, {
  backup: async (...parts) => (await import("./queue/sqlite/backup.ts")).backupDatabase(...parts),
  backUp: async (...parts) => (await import("./storage/backup/backup.ts")).backUp(...parts),
  restore: async (...parts) => (await import("./storage/backup/restore.ts")).restore(...parts),
  inUse,
  migrate: async (...move) => (await import("./migration/migration.ts")).migrate(...move),
});
domainCommands(program, { inUse });
accessCommands(program, { inUse });
jobCommands(program);
queueCommands(program);
usageCommand(program);
installCommands(program);
aboutCommands(program);
helpCommand(program);

program
  .command(RENDER_ISOLATED, { hidden: true })
  .description("render one report for the service that started this process")
  .action(async () => (await import("./render/threads/isolated.ts")).renderForParent());
completionCommand(program);
addExamples(program);
checkOptions(program);

/** Whether a service works with this data folder now: with the jobs in it, or as an instance whose jobs are in Redis. */
function inUse(dataDir: string): boolean {
  return ["agentlink.db", ...instancesOf(dataDir)].some((name) => isInUse(join(dataDir, name)));
}

/** A folder that is not there, or may not be read, has none; the command itself reports what is wrong with it. */
function instancesOf(dataDir: string): readonly string[] {
  try {
    return readdirSync(dataDir).filter((name) => /^instance-\d+$/.test(name));
  } catch {
    return [];
  }
}

/**
 * Commands that write what is the operator's alone, into the data folder or a copy of it; the service sees to that
 * itself.
 */
const PRIVATE: ReadonlySet<string> = new Set([
  "backup",
  "doctor",
  "domain",
  "import",
  "keys",
  "migrate",
  "people",
  "restore",
  "sql",
]);

program.hook("preAction", (_, command) => {
  let top = command;
  while (top.parent !== null && top.parent !== program) top = top.parent;
  if (PRIVATE.has(top.name())) process.umask(0o077);
  // The policy of the build is the service's; other commands run few functions, and those often.
  if (!SERVICE_COMMANDS.has(top.name())) Bun.unsafe.setJITPolicy(1);
  warnOfSecretFlags(command, printError);
});

program.hook("postAction", (_, command) => recordCommand(command, printError));

/** How to start this program again: compiled, it is its own executable; else Bun runs this file. */
function renderCommand(): readonly string[] {
  return Bun.isStandaloneExecutable
    ? [process.execPath, RENDER_ISOLATED]
    : [process.execPath, Bun.main, RENDER_ISOLATED];
}

endWithReader();
program.parseAsync().catch((error) => {
  process.exitCode = reportError(error, printError);
});
