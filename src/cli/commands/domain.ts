import { type Command, Option } from "commander";
import type { Decision } from "../../report/data-set.ts";
import type { Config } from "../../settings/config.ts";
import { type DataFolderNotes, noteDataFolder } from "../data-folder.ts";
import { configure, DELIVERS_NOTHING, type Flags, withSettings } from "../flags.ts";
import { named } from "../option.ts";
import { print, printError } from "../terminal.ts";

const DOMAIN_SETTINGS: readonly (keyof Config)[] = [
  "dataDir",
  "domainKey",
  "domainClientId",
  "domainClientSecret",
  "domainUrl",
  "domainTownhouses",
];

/** The commands about Domain's API, and about who is who among its and other sources' people. */
export function domainCommands(program: Command, folder: Pick<DataFolderNotes, "inUse">): void {
  const domain = program.command("domain").description("test Domain's API, or fetch a suburb from it");
  withSettings(
    domain
      .command("check")
      .description("test the key: its packages, its quota and one suburb")
      .option("--json", "print JSON", false),
    DOMAIN_SETTINGS,
  ).action(async ({ json, ...flags }: Flags & { json: boolean }) => {
    const config = configure({ ...DELIVERS_NOTHING, ...flags });
    // Each command loads its own work, so that no other waits for it.
    const { domainCheck } = await import("../domain.ts");
    process.exitCode = await domainCheck(config, {
      json,
      out: print,
      err: printError,
    });
  });

  withSettings(
    domain
      .command("fetch")
      .description("write the data set of a suburb as JSON")
      .argument("<suburb...>", "suburb and state, such as Manly NSW")
      .option("-o, --output <file.json>", "file to write; default: standard output"),
    DOMAIN_SETTINGS,
  ).action(async (words: string[], { output, ...flags }: Flags & { output?: string }) => {
    const config = configure({ ...DELIVERS_NOTHING, ...flags });
    const { domainFetch } = await import("../domain.ts");
    await domainFetch(config, { words, output: output ?? null, out: print, err: printError });
  });

  peopleCommands(program, folder);
}

const KINDS: readonly Decision["kind"][] = ["agent", "agency", "sale"];

interface DecideFlags extends Flags {
  readonly kind: Decision["kind"];
  readonly json: boolean;
}

function peopleCommands(program: Command, { inUse }: Pick<DataFolderNotes, "inUse">): void {
  const configured = async (flags: Flags) => {
    const config = configure({ ...DELIVERS_NOTHING, ...flags });
    await noteDataFolder({ config, inUse, err: printError, missing: "refused" });
    return config;
  };
  const people = program
    .command("people")
    .description("list people and agencies that are merged across sources and branches, and correct the merges");
  withSettings(
    people
      .command("list", { isDefault: true })
      .description("list the people, agencies and sales that are merged, and why")
      .argument("[suburb...]", "suburb and state; default: the whole catalogue")
      .option("--json", "print JSON", false),
    DOMAIN_SETTINGS,
  ).action(async (words: string[], { json, ...flags }: Flags & { json: boolean }) => {
    const config = await configured(flags);
    const { listPeople } = await import("../people.ts");
    await listPeople(config, words, { json, out: print });
  });

  const decision = (name: string, description: string, decided: Decision["decision"] | null) =>
    withSettings(
      people
        .command(name)
        .description(description)
        .addArgument(named("<id>", "id, as `agentlink people` shows it"))
        .addArgument(named("<other-id>", "the other id"))
        .addOption(new Option("--kind <kind>", "kind of the ids").choices(KINDS).default("agent"))
        .option("--json", "print JSON", false),
      DOMAIN_SETTINGS,
    ).action(async (one: string, other: string, { kind, json, ...flags }: DecideFlags) => {
      const config = await configured(flags);
      const { decidePeople } = await import("../people.ts");
      decidePeople(config, kind, [one, other], decided, { json, out: print, err: printError });
    });
  decision("merge", "treat two entries as one; lasts until you split or forget them", "merge");
  decision("split", "treat two entries as two; lasts until you merge or forget them", "split");
  decision("forget", "remove your decision, so that the rules decide again", null);
}
