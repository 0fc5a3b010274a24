// Puts the page together: who shows what, and who tells whom. Behaviour is in the parts.
import { detectSupport, type Engine, listStoredModels, removeStoredModel } from 'sterna';
import { ChatController } from './chat-controller.ts';
import { button, h, requireElement } from './dom.ts';
import { installShortcuts } from './keyboard.ts';
import { createModelChooser, type ModelChooser } from './model-chooser.ts';
import { createModelLoader, hasStoredModel, type ModelLoader } from './model-loader.ts';
import { enableOffline } from './offline.ts';
import { readStored, removeStored, writeStored } from './state/browser-storage.ts';
import { EMPTY_CONVERSATION } from './state/conversation.ts';
import type { Recovery } from './state/error-recovery.ts';
import { isDefaultChoice, parseChoice } from './state/model-choice.ts';
import { parseSettings, type Settings, serialiseSettings } from './state/settings.ts';
import { announce } from './views/announcer.ts';
import { createChatView } from './views/chat-view.ts';
import { createComposer } from './views/composer.ts';
import { createEmptyView } from './views/empty-view.ts';
import { followScroll } from './views/follow-scroll.ts';
import { createHelpDialog } from './views/help-dialog.ts';
import { createLoadView } from './views/load-view.ts';
import { type Notice, showNotice } from './views/notice-view.ts';
import { createSettingsPanel } from './views/settings-panel.ts';
import { createStatusBar } from './views/status-bar.ts';
import { createUnsupportedView, showCpuNotice } from './views/support-view.ts';
import { createThemeButton } from './views/theme-button.ts';

/** Everything of the page that more than one part needs. */
class App {
  readonly #scroller = requireElement('#scroller', HTMLElement);
  readonly #column = requireElement('#column', HTMLElement);
  readonly #notices = requireElement('#notices', HTMLElement);
  readonly #dock = requireElement('#dock', HTMLElement);
  readonly #dockLoadSlot = h('div', { class: 'dock-load' });
  readonly #newest = button({
    label: 'Go to the newest message',
    icon: 'down',
    iconOnly: true,
    className: 'newest',
    onClick: () => this.#follow.jumpToEnd(),
  });
  readonly #follow = followScroll(this.#scroller, (isFollowing) => {
    this.#newest.hidden = isFollowing;
  });
  readonly #status = createStatusBar();
  readonly #help = createHelpDialog();
  readonly #loadView = createLoadView();
  readonly #empty = createEmptyView({
    onSuggestion: (text) => this.#send(text),
    onChooseModel: () => this.#chooser.openPicker(),
    onDefaultModel: () => void this.#chooser.chooseDefault(),
  });
  readonly #composer = createComposer({
    onSend: (text) => this.#send(text),
    onStop: () => this.#chat.stop(),
  });
  readonly #loader: ModelLoader = createModelLoader(this.#loadView, readChoice(), {
    onStart: () => this.#onLoadStart(),
    onReady: (engine) => this.#onEngineReady(engine),
    onFail: () => {
      this.#showState();
      this.#composer.setState('failed');
    },
    onRecovery: (recovery) => this.#recover(recovery),
  });
  readonly #chooser: ModelChooser = createModelChooser({
    loader: () => this.#loader,
    hasChat: () => !this.#chat.isEmpty,
    deleteChat: () => this.#chat.replace(EMPTY_CONVERSATION),
    onStoreChange: () => void this.#showOffline(),
    onProblem: (text) => this.#showFileProblem(text),
  });
  readonly #chatView = createChatView({
    onRegenerate: () => this.#regenerate(),
    onGrow: () => this.#follow.contentChanged(),
  });
  readonly #chat: ChatController = new ChatController({
    view: this.#chatView,
    engine: () => this.#loader.engine,
    settings: () => this.#settings,
    onChange: () => this.#showState(),
    onSpeed: (tokensPerSecond) => this.#status.setSpeed(tokensPerSecond),
    onResult: (result) => {
      const { decodeTokensPerSecond, decodeBytesPerSecond } = result.metrics;
      this.#status.setSpeed(decodeTokensPerSecond, decodeBytesPerSecond);
      void this.#showMemory();
    },
    onRecovery: (recovery) => this.#recover(recovery),
    onStorageFull: () => this.#showStorageFull(),
  });
  readonly #panel = createSettingsPanel({
    onChange: (settings) => this.#changeSettings(settings),
    onDeleteConversation: () => this.#chat.replace(EMPTY_CONVERSATION),
    listModels: listStoredModels,
    deleteModel: async (key) => {
      await removeStoredModel(key);
      await this.#showOffline();
    },
  });
  #settings: Settings = parseSettings(readStored('settings'));
  #isShellStored = false;
  #undoNotice: Notice | null = null;
  #storageNotice: Notice | null = null;
  #fileNotice: Notice | null = null;

  /** Builds the page and starts loading the model. */
  async start(): Promise<void> {
    this.#newest.hidden = true;
    this.#buildHeader();
    this.#dock.replaceChildren(this.#newest, this.#dockLoadSlot, this.#composer.element);
    requireElement('#status', HTMLElement).replaceChildren(this.#status.element);
    document.body.append(this.#panel.element, this.#chooser.element, this.#help);
    void enableOffline({
      onShellReady: () => {
        this.#isShellStored = true;
        void this.#showOffline();
      },
      onUpdateReady: (apply) => this.#offerUpdate('A new version of Sterna is ready', apply),
      onReplaced: () => this.#offerUpdate('Sterna was updated in another tab', () => location.reload()),
    });

    const support = await detectSupport();
    if (support.status === 'unsupported') {
      this.#showUnsupported(support.reason ?? 'no-webgpu');
      return;
    }
    if (support.status === 'fallback' && readStored('dismissed') !== 'cpu') {
      showCpuNotice(this.#notices, support.reason ?? 'cpu-adapter', () => writeStored('dismissed', 'cpu'));
    }
    this.#chooser.setLimits(support.limits);
    this.#chat.restore();
    this.#showState();
    this.#chooser.acceptDrops();
    this.#installKeyboard();
    // The answer so far is kept when the page goes away in the middle of it.
    addEventListener('pagehide', () => this.#chat.save());
    if (matchMedia('(pointer: fine)').matches) this.#composer.focus();
    await this.#loader.load();
  }

  #buildHeader(): void {
    const actions = requireElement('#top-actions', HTMLElement);
    const theme = createThemeButton();
    const help = button({
      label: 'Keyboard (?)',
      icon: 'keyboard',
      iconOnly: true,
      className: 'needs-keyboard',
      onClick: () => this.#help.showModal(),
    });
    const settings = button({
      label: 'Settings (Alt+S)',
      icon: 'sliders',
      iconOnly: true,
      onClick: () => this.#panel.open(this.#settings),
    });
    const models = button({
      label: 'Models (Alt+M)',
      icon: 'model',
      iconOnly: true,
      onClick: () => this.#chooser.openPicker(),
    });
    const newChat = button({
      label: 'New chat (Alt+N)',
      icon: 'plus',
      iconOnly: true,
      onClick: () => this.#newChat(),
    });
    actions.replaceChildren(help, theme, settings, models, newChat);
  }

  #installKeyboard(): void {
    installShortcuts({
      stop: () => this.#chat.stop(),
      focusMessage: () => this.#composer.focus(),
      newChat: () => this.#newChat(),
      regenerate: () => this.#regenerate(),
      openModels: () => this.#chooser.openPicker(),
      openSettings: () => this.#panel.open(this.#settings),
      openHelp: () => this.#help.showModal(),
    });
  }

  /** Shows what follows from the state: greeting or chat, where the load is shown, what the composer can do. */
  #showState(): void {
    const isReady = this.#loader.engine !== null;
    const shown = this.#chat.isEmpty ? this.#empty.element : this.#chatView.element;
    if (this.#column.firstElementChild !== shown) {
      this.#column.replaceChildren(shown);
      if (this.#chat.isEmpty) this.#follow.rest();
      else this.#follow.jumpToEnd();
    }
    this.#column.classList.toggle('answering', this.#chat.isAnswering);
    this.#empty.setReady(isReady);
    if (isReady) this.#loadView.element.remove();
    else (this.#chat.isEmpty ? this.#empty.slot : this.#dockLoadSlot).append(this.#loadView.element);
    if (this.#chat.isAnswering) this.#composer.setState('answering');
    else this.#composer.setState(isReady ? 'ready' : 'loading');
  }

  #showUnsupported(reason: Parameters<typeof createUnsupportedView>[0]): void {
    this.#column.replaceChildren(createUnsupportedView(reason));
    this.#dock.hidden = true;
    this.#status.element.hidden = true;
    for (const control of document.querySelectorAll<HTMLButtonElement>('#top-actions .button')) {
      const isUseful = control
        .querySelector('use')
        ?.getAttribute('href')
        ?.match(/#(sun|moon)$/);
      control.hidden = !isUseful;
    }
  }

  #onLoadStart(): void {
    const { choice } = this.#loader;
    this.#empty.setModel(choice.name, isDefaultChoice(choice, document.baseURI));
    this.#undoNotice?.remove();
    this.#fileNotice?.remove();
    this.#status.clearModel();
    this.#showState();
  }

  #onEngineReady(engine: Engine): void {
    this.#chooser.remember();
    this.#status.setModel(engine.info.name);
    this.#status.setDevice(engine.info.adapter);
    this.#status.setMemory(engine.info.memory);
    this.#panel.setModel(engine.info);
    if (engine.info.storageProblem !== undefined) this.#showModelNotKept();
    this.#showState();
    announce('The model is ready.');
    void this.#showOffline();
  }

  #send(text: string): void {
    if (this.#chat.isAnswering || this.#loader.engine === null) return;
    this.#undoNotice?.remove();
    const answered = this.#chat.send(text);
    this.#follow.jumpToEnd();
    this.#composer.focus();
    void answered;
  }

  #regenerate(): void {
    void this.#chat.regenerate();
    this.#follow.jumpToEnd();
  }

  #newChat(): void {
    const before = this.#chat.conversation;
    if (before.turns.length > 0) {
      this.#chat.replace(EMPTY_CONVERSATION);
      this.#undoNotice?.remove();
      this.#undoNotice = showNotice(this.#notices, {
        kind: 'info',
        title: 'This is a new chat. The one before was deleted.',
        actions: [{ label: 'Undo', run: () => this.#chat.replace(before) }],
        onClose: () => undefined,
      });
    }
    this.#composer.focus();
  }

  #recover(recovery: Recovery): void {
    if (recovery.action === 'reload-model') void this.#loader.load();
    else if (recovery.action === 'forget-model') void this.#loader.forgetAndLoad();
    else if (recovery.action === 'new-chat') this.#newChat();
    else if (recovery.action === 'open-settings') this.#panel.open(this.#settings);
    else if (recovery.action === 'default-model') void this.#chooser.chooseDefault();
    else if (recovery.action === 'choose-model') this.#chooser.openPicker();
  }

  #changeSettings(settings: Settings): void {
    const isKeepingChanged = settings.keepConversation !== this.#settings.keepConversation;
    this.#settings = settings;
    if (!writeStored('settings', serialiseSettings(settings))) removeStored('settings');
    if (isKeepingChanged) this.#chat.save();
  }

  #offerUpdate(title: string, apply: () => void): void {
    showNotice(this.#notices, {
      kind: 'info',
      title,
      text: 'The conversation stays.',
      actions: [{ label: 'Reload', run: apply }],
      onClose: () => undefined,
    });
  }

  #showFileProblem(text: string): void {
    this.#fileNotice?.remove();
    this.#fileNotice = showNotice(this.#notices, {
      kind: 'error',
      title: 'This file was not loaded',
      text,
      onClose: () => undefined,
    });
    // Notices stand above the chat, which may be scrolled down.
    this.#scroller.scrollTo({ top: 0 });
  }

  #showStorageFull(): void {
    this.#storageNotice ??= showNotice(this.#notices, {
      kind: 'warning',
      title: 'This conversation is not kept',
      text: 'The browser refused to store it: its storage is full or switched off. It is lost when the page is closed.',
      onClose: () => undefined,
    });
  }

  #showModelNotKept(): void {
    showNotice(this.#notices, {
      kind: 'warning',
      title: 'The model is not kept on this device',
      text: 'The browser refused to store it: its storage is full or switched off. It works now, and is downloaded again at the next visit.',
      onClose: () => undefined,
    });
  }

  async #showMemory(): Promise<void> {
    const memory = await this.#loader.engine?.memory().catch(() => undefined);
    if (memory) this.#status.setMemory(memory);
  }

  async #showOffline(): Promise<void> {
    this.#status.setOffline(this.#isShellStored && (await hasStoredModel()));
  }
}

/** The model of the last visit, else the one that the page comes with. */
function readChoice(): ReturnType<typeof parseChoice> {
  return parseChoice(readStored('model'), document.baseURI);
}

/** Builds the page. Call it once, when the document is parsed. */
export async function startApp(): Promise<void> {
  await new App().start();
}
