/** The version that manifests name; a test holds it equal to package.json's. */
export const CODE_VERSION = "0.1.0";
