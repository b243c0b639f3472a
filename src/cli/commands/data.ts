import { join } from "node:path";
import type { Command } from "commander";
import { configure, type Flags, withSettings } from "../flags.ts";
import { importFiles } from "../import.ts";
import { renderFile } from "../render.ts";
import { complain, print } from "../terminal.ts";

/** What the commands here need of the jobs' database, which they do not know. */
export interface DataParts {
  /** Copies the database into a new file; answers its bytes. */
  readonly backup: (database: string, file: string) => Promise<number>;
}

/** The commands that work with the files of the data folder, with a service or without. */
export function dataCommands(program: Command, { backup }: DataParts): void {
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
    const bytes = await backup(join(configure(flags).dataDir, "agentlink.db"), file);
    print(`${file}: ${Math.ceil(bytes / 1_000)} kB, checked`);
  });
}
