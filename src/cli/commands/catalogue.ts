import type { Command } from "commander";
import { Failure } from "../../failure.ts";
import { makePrivateFolder } from "../../host/private-folder.ts";
import { CATALOGUE_KINDS, PLACE_KINDS } from "../../report/sources/catalogue.ts";
import {
  type CatalogueOptions,
  clear,
  countRows,
  listImports,
  listMaps,
  listPlaces,
  nameOffice,
  removePlace,
  removeRow,
  saveMapAs,
  showPlace,
  showRows,
  undo,
} from "../catalogue.ts";
import { clockOf } from "../clock.ts";
import { confirmed } from "../confirm.ts";
import { configure, type Flags, withSettings } from "../flags.ts";
import { readMapFile } from "../map-file.ts";
import { print } from "../terminal.ts";

interface CatalogueFlags extends Flags {
  readonly json?: boolean;
}

interface ClearFlags {
  readonly kind?: string;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/** What shows the catalogue, and takes back what was done to it. */
export function catalogueCommands(program: Command): void {
  const catalogue = program.command("catalogue").description("show what data there is, and undo imports");
  const command = (name: string, description: string) =>
    withSettings(catalogue.command(name).description(description), ["dataDir", "timeZone"]).option(
      "--json",
      "print JSON",
      false,
    );
  const options = async ({ json = false, ...flags }: CatalogueFlags): Promise<CatalogueOptions> => {
    const config = configure(flags);
    await makePrivateFolder(config.dataDir);
    return { dataDir: config.dataDir, json, clock: clockOf(config), out: print };
  };

  withSettings(
    catalogue
      .command("list", { isDefault: true })
      .description("list places: sales, listings, agents, newest sale, and whether a report would be full")
      .argument("[name...]", "a part of a suburb's name, such as manly or richmond vic")
      .option("--limit <n>", "so many places", "50")
      .option("--json", "print JSON", false),
    ["dataDir"],
  ).action(async (words: string[], { limit, ...flags }: CatalogueFlags & { limit: string }) =>
    listPlaces({ ...(await options(flags)), limit: wholeNumber(limit, "--limit"), q: words.join(" ") }),
  );

  command("show", "show what there is of one place, and what a full report lacks")
    .argument("<place...>", "suburb and state, or a postcode: St Kilda VIC")
    .option("--kind <kind>", `its rows instead, the newest first: ${PLACE_KINDS.join(", ")}`)
    .option("--limit <n>", "so many rows", "50")
    .action(async (words: string[], { kind, limit, ...flags }: CatalogueFlags & { kind?: string; limit: string }) => {
      const wanted = { ...(await options(flags)), where: words.join(" ") };
      if (kind === undefined) showPlace(wanted);
      else showRows({ ...wanted, kind, limit: wholeNumber(limit, "--limit") });
    });

  command("imports", "list what was imported, the latest first").action(async (flags: CatalogueFlags) =>
    listImports(await options(flags)),
  );

  command("undo", "take an import back: what it brought goes, what it replaced is as before")
    .argument("[id]", "from `catalogue imports`; else the latest")
    .action(async (id: string | undefined, flags: CatalogueFlags) =>
      undo({ ...(await options(flags)), importId: id === undefined ? null : wholeNumber(id, "the import") }),
    );

  command("remove", "remove one row, or all rows of a place; `undo` brings them back")
    .argument(
      "<what...>",
      `a kind and an id (sales s-12), or a suburb and its state (Manly NSW); kinds: ${CATALOGUE_KINDS.join(", ")}`,
    )
    .option("--dry-run", "say how many rows would go, and remove none", false)
    .action(async (what: string[], { dryRun, ...flags }: CatalogueFlags & { dryRun: boolean }) => {
      const [first = "", id, ...more] = what;
      if (!(CATALOGUE_KINDS as readonly string[]).includes(first))
        return removePlace({ ...(await options(flags)), where: what.join(" "), dryRun });
      if (id === undefined || more.length > 0)
        throw new Failure("usage", `remove which of the ${first}? Give one id, as \`catalogue show --kind\` prints it`);
      removeRow({ ...(await options(flags)), kind: first, id, dryRun });
    });

  command("clear", "remove everything from the catalogue, for good")
    .option("--kind <kind>", `rows of only one kind: ${CATALOGUE_KINDS.join(", ")}`)
    .option("-y, --yes", "do not ask", false)
    .option("--dry-run", "say how many rows would go, and remove none", false)
    .action(async ({ kind, yes, dryRun, ...flags }: CatalogueFlags & ClearFlags) => {
      const wanted = { ...(await options(flags)), kind: kind ?? null };
      if (dryRun) return clear({ ...wanted, dryRun });
      await confirmed(
        `Remove ${kind === undefined ? "all rows" : `all ${kind}`} (${countRows(wanted)}) from the catalogue of ${wanted.dataDir}? It cannot be undone.`,
        yes,
      );
      clear(wanted);
    });

  command("office", "say which agency an office's code in a REAXML feed is")
    .argument("<code>", "the feed's agentID, such as ABCDEF")
    .argument("<agency>", "its name, as reports print it")
    .action(async (code: string, agency: string, flags: CatalogueFlags) =>
      nameOffice({ ...(await options(flags)), code, agency }),
    );

  command("maps", "list the saved maps of columns").action(async (flags: CatalogueFlags) =>
    listMaps(await options(flags)),
  );

  command("map", "save a map of columns under a name, for --map and ?map=")
    .argument("<name>")
    .argument("<file>", "JSON, as docs/data.md says")
    .action(async (name: string, file: string, flags: CatalogueFlags) => {
      if (!/^[\w.-]{1,60}$/.test(name))
        throw new Failure("usage", "a map's name has letters, digits, dots and hyphens");
      const { document } = await readMapFile(file);
      saveMapAs({ ...(await options(flags)), name, document: JSON.stringify(document) });
    });
}

function wholeNumber(text: string, what: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new Failure("usage", `${what} must be a whole number, not ${text}`);
  return number;
}
