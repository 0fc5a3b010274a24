export async function benchModels(..._: unknown[]): Promise<unknown> {
  throw new Error('not yet');
}
