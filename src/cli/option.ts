import { Argument, InvalidArgumentError } from "commander";
import { asFailure } from "../failure.ts";
import { nonEmpty, type Parse } from "../settings/setting.ts";

/** Reads a command's option as a setting is read; an invalid value is reported in commander's way, and exits with 2. */
export function argument<T>(parse: Parse<T>): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(`It ${asFailure(error).message}.`);
    }
  };
}

/** An id or a name: a script's empty variable is refused where it is written, not where it is searched for. */
export function named(name: string, description = ""): Argument {
  const read = argument((text) => nonEmpty(text.trim()));
  const one = new Argument(name, description);
  return one.argParser((text: string, before: unknown) =>
    one.variadic ? [...(Array.isArray(before) ? (before as string[]) : []), read(text)] : read(text),
  );
}
