import { resolve } from "node:path";
import type { Command } from "commander";
import { Failure } from "../../failure.ts";
import { lowerPriority } from "../../host/scheduling/priority.ts";
import { CATALOGUE_KINDS } from "../../report/sources/catalogue/kind-names.ts";
import { type DataFolderNotes, noteDataFolder } from "../data-folder.ts";
import { configure, type Flags, withSettings } from "../flags.ts";
import { messages } from "../messages.ts";
import { print, printError } from "../terminal.ts";
import { type ServiceAddress, withService } from "../with-service.ts";

interface ImportFlags extends Flags {
  readonly kind?: string;
  readonly map?: string;
  readonly sheet?: string;
  readonly template?: string;
  readonly xlsx: boolean;
  readonly dryRun: boolean;
  readonly skipBad: boolean;
  readonly replace: boolean;
  readonly json: boolean;
}

/** What fills the catalogue. */
export function importCommand(program: Command, { inUse }: Pick<DataFolderNotes, "inUse">): void {
  withSettings(
    program
      .command("import")
      .description(
        "import tables (CSV, TSV, Excel, JSON, NDJSON), REAXML feeds and NSW register files into the catalogue; each table is imported completely or not at all",
      )
      .argument("[file...]", "such as sales.csv, export.xlsx, agents.ndjson; - reads standard input")
      .option("--kind <kind>", `${CATALOGUE_KINDS.join(", ")}; default: determined from the file name or columns`)
      .option("--map <map>", "file that maps columns and words (docs/data.md), or the name of a saved map")
      .option("--sheet <name>", "sheet of a workbook; default: the sheet whose columns are known")
      .option("--template <kind>", "print a table with the columns of a kind and an example row")
      .option("--xlsx", "with --template: print an Excel workbook instead of CSV", false)
      .option("--dry-run", "print what would be imported, and change nothing", false)
      .option("--skip-bad", "skip rows that cannot be read, and import the others", false)
      .option(
        "--replace",
        "remove rows that a file of the same name imported before and that this file no longer has",
        false,
      )
      .option("--json", "print JSON", false),
    ["dataDir"],
  ).action(
    async (
      files: string[],
      { kind, map, sheet, template, xlsx, dryRun, skipBad, replace, json, ...flags }: ImportFlags,
    ) => {
      if (template !== undefined && files.length > 0) throw new Failure("usage", messages.templateWithFiles);
      if (template !== undefined) return printTemplate(template, xlsx);
      if (xlsx) throw new Failure("usage", messages.xlsxWithoutTemplate);
      if (files.length === 0) throw new Failure("usage", messages.nameFiles);
      const config = configure(flags);
      const { dataDir } = config;
      await noteDataFolder({ config, inUse, err: printError, missing: "created" });
      // Loaded when needed, like the work of each command.
      const [{ importFiles }, { findMap }, { IMPORT_NICE }] = await Promise.all([
        import("../import.ts"),
        import("../map-file.ts"),
        import("../../import/task.ts"),
      ]);
      lowerPriority(IMPORT_NICE);
      process.exitCode = await importFiles({
        dataDir,
        files,
        json,
        dryRun,
        skipBad,
        replace,
        ...(kind ? { kind } : {}),
        ...(sheet ? { sheet } : {}),
        ...(map ? { map: await findMap(map, dataDir) } : {}),
        servedJobs: async () => (inUse(resolve(dataDir)) ? servedJobs(config) : null),
        out: print,
        err: printError,
      });
    },
  );
}

/** None if the service does not report it: the import is complete either way. */
async function servedJobs(config: ServiceAddress) {
  return withService(config, (client) => client.servedJobs()).catch(() => null);
}

async function printTemplate(kind: string, xlsx: boolean): Promise<void> {
  const { csvTemplate, isKindOf, workbookTemplate } = await import("../../import/columns/template.ts");
  if (!isKindOf(kind)) throw new Failure("usage", messages.templateUnknown(kind, CATALOGUE_KINDS.join(", ")));
  if (xlsx && process.stdout.isTTY) throw new Failure("usage", messages.workbookOnTerminal(kind));
  await Bun.write(Bun.stdout, xlsx ? await workbookTemplate(kind) : csvTemplate(kind));
}
