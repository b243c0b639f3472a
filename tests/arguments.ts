import { parseArgs } from "node:util";

/** Ends a program that was called in another way, without a stack trace: 2 is what commands end with for that. */
export function refuseArguments(usage: string): never {
  console.error(`usage: ${usage}`);
  process.exit(2);
}

/** The program's options, each a number; `usage` is printed for anything else. */
export function numericOptions<const Name extends string>(
  usage: string,
  names: readonly Name[],
): Partial<Readonly<Record<Name, number>>> {
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  let values: Readonly<Record<string, string | undefined>>;
  try {
    values = parseArgs({ options }).values as typeof values;
  } catch {
    return refuseArguments(usage);
  }
  const numbers = names.flatMap((name) => (values[name] === undefined ? [] : [[name, Number(values[name])] as const]));
  if (numbers.some(([, number]) => Number.isNaN(number))) return refuseArguments(usage);
  return Object.fromEntries(numbers) as Partial<Record<Name, number>>;
}
