import type { Command } from "commander";
import { install } from "../install.ts";
import { print } from "../terminal.ts";

/** The command that makes a service of the program. */
export function installCommands(program: Command): void {
  program
    .command("install")
    .description("install or upgrade as a systemd service")
    .option("--dry-run", "print what would be written and run, and change nothing", false)
    .option("--root <folder>", "write below this folder and run nothing", "/")
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
