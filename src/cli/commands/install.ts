import type { Command } from "commander";
import { install } from "../install.ts";
import { print } from "../terminal.ts";

/** The command that makes a service of the program. */
export function installCommands(program: Command): void {
  program
    .command("install")
    .description("make it a service of systemd: user, folders, units and settings; again, to upgrade")
    .option("--dry-run", "show all that would be written and run, and do nothing", false)
    .option("--root <folder>", "write below this folder, and run nothing", "/")
    .action(({ dryRun, root }: { dryRun: boolean; root: string }) =>
      install({
        dryRun,
        root,
        program: process.execPath,
        run: (command) => Bun.spawn([...command], { stdio: ["ignore", "inherit", "inherit"] }).exited,
        out: print,
      }),
    );
}
