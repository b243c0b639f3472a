/**
 * The seed of properties that draw and read whole documents: so few of their runs fit into the suite that each would check
 * something else, and what one finds has nothing to do with the change that is tested. `PROPERTY_SEED=2 bun run test PATH`
 * checks others.
 */
export const PROPERTY_SEED = Number(process.env.PROPERTY_SEED ?? 1);
