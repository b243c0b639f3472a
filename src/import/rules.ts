/** A rule that turned what was written into what is stored, how often it was used, and for what first. */
export interface RuleUse {
  readonly field: string;
  readonly rule: string;
  readonly count: number;
  readonly example: string;
}

/** Counts the rules that are used: nothing is guessed in silence. */
export interface Rules {
  use(field: string, rule: string, example: unknown): void;
  all(): readonly RuleUse[];
}

/** Beyond so many only the count of each continues. */
const MAX_RULES = 200;

export function createRules(): Rules {
  const uses = new Map<string, { field: string; rule: string; count: number; example: string }>();
  return {
    use(field, rule, example) {
      const key = `${field}\n${rule}`;
      const known = uses.get(key);
      if (known !== undefined) known.count += 1;
      else if (uses.size < MAX_RULES) uses.set(key, { field, rule, count: 1, example: String(example).slice(0, 60) });
    },
    all: () => [...uses.values()].sort((a, b) => b.count - a.count),
  };
}
