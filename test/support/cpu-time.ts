// Processor time of a function: unlike the clock it hardly depends on what else the machine does.

/** Milliseconds of processor time that `work` takes in this process. */
export function cpuMilliseconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
