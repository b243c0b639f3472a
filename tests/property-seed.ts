/**
 * The seed of properties that draw and read whole documents: so few of their runs fit into the suite that each would try
 * something else, and what one finds has nothing to do with the change that is tested. `PROPERTY_SEED=… bun run test PATH`
 * tries others.
 */
export const PROPERTY_SEED = Number(process.env.PROPERTY_SEED ?? 1);
