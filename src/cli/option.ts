import { InvalidArgumentError } from "commander";
import { asFailure } from "../failure.ts";
import type { Parse } from "../settings/setting.ts";

/** Reads a command's option as a setting is read; what is wrong is said in commander's way, and exits 2. */
export function argument<T>(parse: Parse<T>): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(`It ${asFailure(error).message}.`);
    }
  };
}
