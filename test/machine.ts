// What this machine offers for testing: browsers and Vulkan drivers, found or named with what to do.
// Environment overrides: STERNA_CHROMIUM, STERNA_FIREFOX, STERNA_LLVMPIPE_ICD, STERNA_SWIFTSHADER_ICD.
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Something outside the repository that a test needs: where it is, or what is missing. */
export type Found = { readonly path: string } | { readonly missing: string };

/** Vulkan drivers that compute on the CPU. */
export type VulkanDriver = 'llvmpipe' | 'swiftshader';

/** Browsers that the suites drive. */
export type BrowserName = 'chromium' | 'firefox';

const BROWSERS: Record<BrowserName, { readonly variable: string; readonly commands: readonly string[] }> = {
  chromium: {
    variable: 'STERNA_CHROMIUM',
    commands: ['chromium', 'google-chrome-stable', 'google-chrome', 'chromium-browser'],
  },
  firefox: { variable: 'STERNA_FIREFOX', commands: ['firefox-esr', 'firefox'] },
};

const VULKAN_DRIVERS: Record<VulkanDriver, { readonly variable: string; readonly files: readonly string[] }> =
  {
    llvmpipe: {
      variable: 'STERNA_LLVMPIPE_ICD',
      files: [
        '/usr/share/vulkan/icd.d/lvp_icd.json',
        `/usr/share/vulkan/icd.d/lvp_icd.${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.json`,
      ],
    },
    swiftshader: {
      variable: 'STERNA_SWIFTSHADER_ICD',
      files: [
        '/usr/lib/chromium/vk_swiftshader_icd.json',
        '/opt/google/chrome/vk_swiftshader_icd.json',
        '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
      ],
    },
  };

/** The browser's executable. */
export function findBrowser(name: BrowserName): Found {
  const { variable, commands } = BROWSERS[name];
  const given = process.env[variable];
  if (given)
    return existsSync(given) ? { path: given } : { missing: `${variable} names ${given}, which is absent` };
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  for (const command of commands) {
    for (const folder of folders) {
      const file = path.join(folder, command);
      if (isExecutable(file)) return { path: file };
    }
  }
  return { missing: `no ${name} (looked for ${commands.join(', ')}); run npm run setup or set ${variable}` };
}

/** The driver's manifest, for VK_ICD_FILENAMES. */
export function findVulkanDriver(name: VulkanDriver): Found {
  const { variable, files } = VULKAN_DRIVERS[name];
  const given = process.env[variable];
  const file = (given ? [given] : files).find((candidate) => existsSync(candidate));
  if (file !== undefined) return { path: file };
  return {
    missing: `no Vulkan driver ${name} (looked for ${files.join(', ')}); run npm run setup or set ${variable}`,
  };
}

/** Environment in which a process sees only this Vulkan driver. */
export function vulkanEnvironment(driverManifest: string): Record<string, string> {
  const runtimeFolder =
    process.env.XDG_RUNTIME_DIR ?? path.join(tmpdir(), `sterna-runtime-${process.getuid?.() ?? 0}`);
  mkdirSync(runtimeFolder, { recursive: true, mode: 0o700 });
  return {
    VK_ICD_FILENAMES: driverManifest,
    VK_DRIVER_FILES: driverManifest,
    XDG_RUNTIME_DIR: runtimeFolder,
  };
}

/** Path of an existing thing; throws with the reason when it is missing. */
export function required(found: Found): string {
  if ('path' in found) return found.path;
  throw new Error(found.missing);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
