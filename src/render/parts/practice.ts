import type { Practice } from "../../report/model.ts";
import { METHOD_WORDS, roundMoney } from "../../report/wording.ts";
import { count, figure } from "../style/format.ts";

/** The words for the lower, the middle and the upper third of the suburb's prices. */
export function tierNames({
  edges: [lower, upper],
}: NonNullable<Practice["tiers"]>): readonly [string, string, string] {
  return [`under ${roundMoney(lower)}`, `${roundMoney(lower)}–${roundMoney(upper)}`, `${roundMoney(upper)} and more`];
}

/** "66.7%*" */
export function shareOfMethod({ share, of }: Practice["methods"][number]): string {
  return figure({ value: share, n: of, supplied: false }, "share");
}

/** The most frequent method, or those that tie for it. */
export function mainMethods(methods: Practice["methods"]): Practice["methods"] {
  return methods.filter(({ n }) => n === methods[0]?.n);
}

/** "9 alone, 3 with others", "67% by auction", "mostly under $1.6m": how an agent sells, in a line. */
export function practiceFacts(practice: Practice | null): readonly string[] {
  if (practice === null) return [];
  const { solo, joint, methods, tiers } = practice;
  return [
    ...(joint === 0 ? [] : [`${count(solo)} alone, ${count(joint)} with others`]),
    ...mainMethods(methods).map((most) => `${shareOfMethod(most)} ${METHOD_WORDS[most.method]}`),
    ...mostly(tiers),
  ];
}

/** The third in which more than half of the sales are, where it rests on three or more. */
function mostly(tiers: Practice["tiers"]): readonly string[] {
  if (tiers === null) return [];
  const all = tiers.counts.reduce((sum, n) => sum + n, 0);
  const index = tiers.counts.findIndex((n) => n * 2 > all);
  return all < 3 || index < 0 ? [] : [`mostly ${tierNames(tiers)[index]}`];
}
