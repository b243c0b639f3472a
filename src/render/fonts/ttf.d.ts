/** A font file: imported `with { type: "file" }` it is a path, in the compiled binary one inside it. */
declare module "*.ttf" {
  const path: string;
  export default path;
}
