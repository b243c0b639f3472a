import { version } from "../package.json";

/** The version of the product, from package.json, baked into the binary. */
export const VERSION: string = version;
