/** Cuts a list into runs whose sizes add up to no more than `max`; what is larger stands alone. */
export function groupBySize<T>(items: readonly T[], sizeOf: (item: T) => number, max: number): T[][] {
  const groups: T[][] = [];
  let group: T[] = [];
  let total = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (group.length > 0 && total + size > max) {
      groups.push(group);
      group = [];
      total = 0;
    }
    group.push(item);
    total += size;
  }
  return group.length === 0 ? groups : [...groups, group];
}
