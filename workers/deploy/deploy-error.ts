/** What ends a deployment: said without a stack, so its text names the field, the value and the remedy. Holds no secret. */
export class DeployError extends Error {}
