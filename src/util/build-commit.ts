// The commit that the engine was built from, put in by the build (scripts/build-commit.mjs).

declare const __STERNA_COMMIT__: string | undefined;

/** Short hash; a `+` behind it when files differed from the commit; `unknown` outside a repository. */
export const BUILD_COMMIT: string = typeof __STERNA_COMMIT__ === 'string' ? __STERNA_COMMIT__ : 'unknown';
