import { messages } from "./messages.ts";

/** What commander reports about a call, and what is reported instead: by the name of the command and what commander found. */
const SENTENCES: readonly (readonly [RegExp, (name: string, found: readonly string[]) => string])[] = [
  [
    /^option '(?:-\w, )?(--[\w-]+).*?' argument '(.*)' is invalid\. (?:It )?(.*)\.$/s,
    (_, [option = "", value = "", rule = ""]) => messages.badValue(option, value, ruleOf(rule)),
  ],
  [/^option '(.*)' argument missing$/s, (_, [option = ""]) => messages.valueMissing(option)],
  [/^required option '(.*)' not specified$/s, (_, [option = ""]) => messages.optionMissing(option)],
  [
    /^unknown option '(.*?)'(?:\n\(Did you mean (?:one of )?(.*)\?\))?$/s,
    (_, [option = "", nearest]) => messages.notOption(option, nearest),
  ],
  [
    /^unknown command '(.*?)'(?:\n\(Did you mean (?:one of )?(.*)\?\))?$/s,
    (_, [command = "", nearest]) => messages.notCommand(command, nearest),
  ],
  [/^missing required argument '(.*)'$/s, (name, [argument = ""]) => messages.argumentMissing(name, argument)],
  [
    /^command-argument value '(.*)' is invalid for argument '(.*)'\. (?:It )?(.*)\.$/s,
    (_, [value = "", argument = "", rule = ""]) => messages.badValue(`<${argument}>`, value, ruleOf(rule)),
  ],
  [
    /^too many arguments.*Expected (\d+) arguments? but got \d+: (.*)\.$/s,
    (name, [expected = "", given = ""]) => messages.tooManyArguments(name, Number(expected), given),
  ],
];

/** Commander's own rule, of options with choices. */
function ruleOf(rule: string): string {
  const [, choices] = /^Allowed choices are (.*)$/s.exec(rule) ?? [];
  if (choices === undefined) return rule;
  const words = choices.split(", ");
  return words.length === 2 ? messages.notEither(words.join(" or ")) : messages.notOneOf(choices);
}

/** What commander finds wrong with a call, in the words of this program; `name` is the command with those above it. */
export function usageError(message: string, name: string): string {
  const plain = message.replace(/^error: /, "");
  for (const [pattern, sentence] of SENTENCES) {
    const [, ...found] = pattern.exec(plain) ?? [];
    if (pattern.test(plain)) return sentence(name, found);
  }
  return plain;
}
