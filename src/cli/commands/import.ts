import type { Command } from "commander";
import { CATALOGUE_KINDS } from "../../report/sources/catalogue.ts";
import { type DataFolderNotes, noteDataFolder } from "../data-folder.ts";
import { configure, type Flags, withSettings } from "../flags.ts";
import { importFiles } from "../import.ts";
import { readMapFile } from "../map-file.ts";
import { complain, print } from "../terminal.ts";

interface ImportFlags extends Flags {
  readonly kind?: string;
  readonly map?: string;
  readonly sheet?: string;
  readonly dryRun: boolean;
  readonly skipBad: boolean;
  readonly json: boolean;
}

/** What fills the catalogue. */
export function importCommand(program: Command, { inUse }: Pick<DataFolderNotes, "inUse">): void {
  withSettings(
    program
      .command("import")
      .description("import tables (CSV, TSV, Excel, JSON, NDJSON) into the catalogue, all or nothing")
      .argument("<file...>", "such as sales.csv, export.xlsx, agents.ndjson; - reads standard input")
      .option("--kind <kind>", `${CATALOGUE_KINDS.join(", ")}; else taken from the file's name or columns`)
      .option("--map <map>", "a file that says what columns and words mean (docs/data.md), or a saved map's name")
      .option("--sheet <name>", "sheet of a workbook; else the one whose columns are known")
      .option("--dry-run", "print what would be imported, and change nothing", false)
      .option("--skip-bad", "leave out rows that cannot be read, and import the others", false)
      .option("--json", "print JSON", false),
    ["dataDir"],
  ).action(async (files: string[], { kind, map, sheet, dryRun, skipBad, json, ...flags }: ImportFlags) => {
    const config = configure(flags);
    const { dataDir } = config;
    await noteDataFolder({ config, inUse, err: complain });
    process.exitCode = await importFiles({
      dataDir,
      files,
      json,
      dryRun,
      skipBad,
      ...(kind ? { kind } : {}),
      ...(sheet ? { sheet } : {}),
      ...(map ? { map: await readMapFile(map) } : {}),
      out: print,
      err: complain,
    });
  });
}
