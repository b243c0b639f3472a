import { version } from "../package.json";

/** The commit it was built from, put in by build.ts; there is none where it runs from source. */
declare const AGENTLINK_COMMIT: string | undefined;

/** The version of the product, from package.json, baked into the binary. */
export const VERSION: string = version;

/** Version and commit, such as "1.2.0 (0123456789ab)"; "+changes" after a commit that was not all there was. */
export const BUILD: string =
  typeof AGENTLINK_COMMIT === "string" && AGENTLINK_COMMIT !== ""
    ? `${version} (${AGENTLINK_COMMIT})`
    : `${version} (from source)`;
