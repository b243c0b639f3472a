/** WebAssembly: imported `with { type: "file" }` it is a path, in the compiled binary one inside it. */
declare module "*.wasm" {
  const path: string;
  export default path;
}

/** A colour profile, imported in the same way. */
declare module "*.icc" {
  const path: string;
  export default path;
}
