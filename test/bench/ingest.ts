/** stub */
export async function benchIngest(_options: { quick: boolean }): Promise<void> {}
