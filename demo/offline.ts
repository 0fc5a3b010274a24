// The service worker of the built page: keeps the page itself on the device, and tells of a newer version.

/** What the page wants to know. */
export interface OfflineCallbacks {
  /** The page's files are on the device: it opens without a network. */
  readonly onShellReady: () => void;
  /** A newer version is on the device; `apply` switches to it, which reloads the page. */
  readonly onUpdateReady: (apply: () => void) => void;
  /** Another tab switched to a newer version under this page. */
  readonly onReplaced: () => void;
}

/** How often a page that stays open looks for a newer version. */
const UPDATE_CHECK_MS = 60 * 60 * 1000;

/**
 * Registers the service worker. Does nothing in development, where a cache of old code would be a nuisance,
 * and in browsers or windows that do not have service workers: the page then needs the network at each visit.
 */
export async function enableOffline(callbacks: OfflineCallbacks): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  try {
    const registration = await navigator.serviceWorker.register('./sw.js', { updateViaCache: 'none' });
    watchUpdates(registration, callbacks);
    await navigator.serviceWorker.ready;
    callbacks.onShellReady();
  } catch (error) {
    // Blocked by the browser's settings: the page works, with a network.
    console.info('Sterna: no offline use, the service worker was not registered.', error);
  }
}

function watchUpdates(registration: ServiceWorkerRegistration, callbacks: OfflineCallbacks): void {
  const hadController = navigator.serviceWorker.controller !== null;
  let isApplying = false;
  const offer = (worker: ServiceWorker): void => {
    callbacks.onUpdateReady(() => {
      isApplying = true;
      worker.postMessage({ type: 'SKIP_WAITING' });
    });
  };
  const follow = (worker: ServiceWorker): void => {
    worker.addEventListener('statechange', () => {
      if (worker.state === 'installed' && navigator.serviceWorker.controller) offer(worker);
    });
  };

  if (registration.waiting && hadController) offer(registration.waiting);
  if (registration.installing) follow(registration.installing);
  registration.addEventListener('updatefound', () => {
    if (registration.installing) follow(registration.installing);
  });
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (isApplying) location.reload();
    else if (hadController) callbacks.onReplaced();
  });
  setInterval(() => void registration.update().catch(() => undefined), UPDATE_CHECK_MS);
}
