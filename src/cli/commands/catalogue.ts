import type { Command } from "commander";
import { Failure } from "../../failure.ts";
import { makePrivateFolder } from "../../host/files/private-folder.ts";
import { CATALOGUE_KINDS, LOCALITY_KINDS } from "../../report/sources/catalogue/kind-names.ts";
import { integer } from "../../settings/setting.ts";
import type { CatalogueOptions } from "../catalogue.ts";
import { clockOf } from "../clock.ts";
import { confirmed } from "../confirm.ts";
import { type DataFolderNotes, noteDataFolder } from "../data-folder.ts";
import { configure, type Flags, withSettings } from "../flags.ts";
import { messages } from "../messages.ts";
import { argument, named } from "../option.ts";
import { print, printError } from "../terminal.ts";

interface CatalogueFlags extends Flags {
  readonly json?: boolean;
}

interface ClearFlags {
  readonly kind?: string;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/** What shows the catalogue, and undoes changes to it. */
export function catalogueCommands(program: Command, { inUse }: Pick<DataFolderNotes, "inUse">): void {
  const catalogue = program.command("catalogue").description("show the imported data, and undo imports");
  // Each command loads its own work, so that no other waits for it.
  const work = () => import("../catalogue.ts");
  const command = (name: string, description: string) =>
    withSettings(catalogue.command(name).description(description), ["dataDir", "timeZone"]).option(
      "--json",
      "print JSON",
      false,
    );
  const options = async (
    { json = false, ...flags }: CatalogueFlags,
    missing: DataFolderNotes["missing"] = "refused",
  ): Promise<CatalogueOptions> => {
    const config = configure(flags);
    await noteDataFolder({ config, inUse, err: printError, missing });
    await makePrivateFolder(config.dataDir);
    return { dataDir: config.dataDir, json, clock: clockOf(config), out: print };
  };

  withSettings(
    catalogue
      .command("list", { isDefault: true })
      .description(
        "list suburbs with their sales, listings, agents and newest sale, and whether a report would be full",
      )
      .argument("[name...]", "part of a suburb's name, such as manly or richmond vic")
      .option("--limit <n>", "maximum number of suburbs", argument(integer(1, 100_000)), 50)
      .option("--json", "print JSON", false),
    ["dataDir"],
  ).action(
    async (words: string[], { limit, ...flags }: CatalogueFlags & { limit: number }) =>
      await (await work()).listLocalities({
        ...(await options(flags)),
        limit,
        ...(words.length > 0 && { q: words.join(" ") }),
      }),
  );

  command("show", "show the data of one suburb, and what is missing for a full report")
    .argument("<suburb...>", "suburb and state, or a postcode: St Kilda VIC")
    .option("--kind <kind>", `show its rows instead, newest first: ${LOCALITY_KINDS.join(", ")}`)
    .option("--limit <n>", "maximum number of rows", argument(integer(1, 100_000)), 50)
    .action(async (words: string[], { kind, limit, ...flags }: CatalogueFlags & { kind?: string; limit: number }) => {
      const chosen = { ...(await options(flags)), where: words.join(" ") };
      if (kind === undefined) await (await work()).showLocality(chosen);
      else await (await work()).showRows({ ...chosen, kind, limit });
    });

  command("imports", "list the imports, the latest first").action(async (flags: CatalogueFlags) =>
    (await work()).listImports(await options(flags)),
  );

  command("undo", "undo an import: remove the rows it added, restore the rows it replaced")
    .argument("[id]", "number from `catalogue imports`; default: the latest import")
    .action(async (id: string | undefined, flags: CatalogueFlags) =>
      (await work()).undo({
        ...(await options(flags)),
        importId: id === undefined ? null : importId(id),
      }),
    );

  command("remove", "remove one row, or all rows of a suburb; `undo` restores them")
    .argument(
      "<what...>",
      `a kind and an id (sales s-12), or a suburb and its state (Manly NSW); kinds: ${CATALOGUE_KINDS.join(", ")}`,
    )
    .option("--dry-run", "count the rows that would be removed, and remove none", false)
    .action(async (what: string[], { dryRun, ...flags }: CatalogueFlags & { dryRun: boolean }) => {
      const [first = "", id, ...more] = what;
      if (!(CATALOGUE_KINDS as readonly string[]).includes(first))
        return (await work()).removeLocality({ ...(await options(flags)), where: what.join(" "), dryRun });
      if (id === undefined || more.length > 0) throw new Failure("usage", messages.nameRow(first));
      await (await work()).removeRow({ ...(await options(flags)), kind: first, id, dryRun });
    });

  command("clear", "remove everything from the catalogue permanently")
    .option("--kind <kind>", `rows of only one kind: ${CATALOGUE_KINDS.join(", ")}`)
    .option("-y, --yes", "do not ask for confirmation", false)
    .option("--dry-run", "count the rows that would be removed, and remove none", false)
    .action(async ({ kind, yes, dryRun, ...flags }: CatalogueFlags & ClearFlags) => {
      const chosen = { ...(await options(flags)), kind: kind ?? null };
      if (dryRun) return (await work()).clear({ ...chosen, dryRun });
      await confirmed(
        messages.confirmClear(
          kind === undefined ? "all rows" : `all ${kind}`,
          (await work()).countRows(chosen),
          chosen.dataDir,
        ),
        yes,
      );
      await (await work()).clear(chosen);
    });

  command("office", "set the agency for an office's code in a REAXML feed")
    .addArgument(named("<code>", "the feed's agentID, such as ABCDEF"))
    .addArgument(named("<agency>", "agency name, as reports print it"))
    .action(async (code: string, agency: string, flags: CatalogueFlags) =>
      (await work()).nameOffice({ ...(await options(flags)), code, agency }),
    );

  command("maps", "list the saved column maps").action(async (flags: CatalogueFlags) =>
    (await work()).listMaps(await options(flags)),
  );

  command("map", "save a column map under a name, for --map and ?map=")
    .argument("<name>", "name of the map, such as rex")
    .argument("<file>", "JSON file, described in docs/data.md")
    .action(async (name: string, file: string, flags: CatalogueFlags) => {
      if (!/^[\w.-]{1,60}$/.test(name)) throw new Failure("usage", messages.mapName);
      const { readMapFile } = await import("../map-file.ts");
      const { document } = await readMapFile(file);
      await (await work()).saveMapAs({
        ...(await options(flags, "created")),
        name,
        document: JSON.stringify(document),
      });
    });
}

function importId(text: string): number {
  const id = Number(text);
  if (!Number.isSafeInteger(id) || id < 1) throw new Failure("usage", messages.badImportId(text));
  return id;
}
