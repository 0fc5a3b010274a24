/** The constant that names the commit of a build, for Vite's `define`. */
export function defineBuildCommit(): Record<string, string>;
