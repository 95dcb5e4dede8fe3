/** Files that the bundle holds as text, to be served as they are (files.ts). */
declare module "*.css" {
  const text: string;
  export default text;
}
declare module "*.svg" {
  const text: string;
  export default text;
}
declare module "*/review-keys.js" {
  const text: string;
  export default text;
}
declare module "*/plots.js" {
  const text: string;
  export default text;
}
declare module "uplot/dist/uPlot.iife.min.js" {
  const text: string;
  export default text;
}
declare module "*/docs.js" {
  const text: string;
  export default text;
}
