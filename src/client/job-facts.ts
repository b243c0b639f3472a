import { JOB_FACTS, type Schemas } from "./api.ts";

type Fact = keyof typeof JOB_FACTS;

const FACTS = Object.entries(JOB_FACTS) as readonly (readonly [Fact, string])[];

/** What a job's page shows as it is, each with its title: the fields to which the OpenAPI document gives one. */
export function jobFacts(
  job: Pick<Schemas["Job"], Fact>,
): readonly (readonly [title: string, value: string | number | boolean])[] {
  return FACTS.flatMap(([name, title]) => {
    const value: string | number | boolean | null = job[name];
    return value === null ? [] : [[title, value] as const];
  });
}
