import { type Command, Option } from "commander";
import type { Decision } from "../../report/data-set.ts";
import type { Config } from "../../settings/config.ts";
import { domainCheck, domainFetch } from "../domain.ts";
import { configure, DELIVERS_NOTHING, type Flags, withSettings } from "../flags.ts";
import { decidePeople, KINDS, listPeople } from "../people.ts";
import { complain, print } from "../terminal.ts";

const DOMAIN_SETTINGS: readonly (keyof Config)[] = [
  "dataDir",
  "domainKey",
  "domainClientId",
  "domainClientSecret",
  "domainUrl",
  "domainTownhouses",
];

/** The commands about Domain's API, and about who is who among its and other sources' people. */
export function domainCommands(program: Command): void {
  const domain = program.command("domain").description("test Domain's API, or fetch a suburb from it");
  withSettings(
    domain
      .command("check")
      .description("test the key: its packages, its quota and one suburb")
      .option("--json", "print JSON", false),
    DOMAIN_SETTINGS,
  ).action(async ({ json, ...flags }: Flags & { json: boolean }) => {
    process.exitCode = await domainCheck(configure({ ...DELIVERS_NOTHING, ...flags }), {
      json,
      out: print,
      err: complain,
    });
  });

  withSettings(
    domain
      .command("fetch")
      .description("write the data set of a suburb as JSON")
      .argument("<suburb...>", "suburb and state, such as Manly NSW")
      .option("-o, --output <file.json>", "file to write; standard output without it"),
    DOMAIN_SETTINGS,
  ).action(async (place: string[], { output, ...flags }: Flags & { output?: string }) =>
    domainFetch(configure({ ...DELIVERS_NOTHING, ...flags }), {
      place,
      output: output ?? null,
      out: print,
      err: complain,
    }),
  );

  peopleCommands(program);
}

interface DecideFlags extends Flags {
  readonly kind: Decision["kind"];
  readonly json: boolean;
}

function peopleCommands(program: Command): void {
  const people = program
    .command("people")
    .description("list who is joined across sources and branches; decide it yourself");
  withSettings(
    people
      .command("list", { isDefault: true })
      .description("list the people, agencies and sales that are joined, and why")
      .argument("[suburb...]", "suburb and state; all of the catalogue without it")
      .option("--json", "print JSON", false),
    DOMAIN_SETTINGS,
  ).action((words: string[], { json, ...flags }: Flags & { json: boolean }) =>
    listPeople(configure({ ...DELIVERS_NOTHING, ...flags }), words, { json, out: print }),
  );

  const decision = (name: string, description: string, decided: Decision["decision"] | null) =>
    withSettings(
      people
        .command(name)
        .description(description)
        .argument("<id>", "as `agentlink people` shows it")
        .argument("<other-id>", "the other one")
        .addOption(new Option("--kind <kind>", "what the ids are of").choices(KINDS).default("agent"))
        .option("--json", "print JSON", false),
      ["dataDir"],
    ).action((one: string, other: string, { kind, json, ...flags }: DecideFlags) =>
      decidePeople(configure({ ...DELIVERS_NOTHING, ...flags }), kind, [one, other], decided, { json, out: print }),
    );
  decision("merge", "decide that two are one; lasts until you split or forget it", "merge");
  decision("split", "decide that two are not one; lasts until you merge or forget it", "split");
  decision("forget", "let the rules decide about these two again", null);
}
