// The chat page as a person uses it. Every selector of the end-to-end tests is in this file, and only here.
import type { ElementHandle, Page } from 'puppeteer-core';

const SELECTORS = {
  message: '#message',
  answers: 'article[aria-label="Sterna"]',
  streamingAnswer: 'article[aria-label="Sterna"].streaming',
  stop: '.composer button[aria-label^="Stop"]',
  newChat: 'button[aria-label^="New chat"]',
  progressBar: '[role="progressbar"]',
  progressPhase: '.load-phase',
  progressDetails: '.load-details',
  loadError: '.load [role="alert"]',
  answerError: 'article [role="alert"]',
  unsupported: '.unsupported',
  status: '#status',
  models: 'button[aria-label^="Models"]',
  picker: 'dialog[aria-label="Models"]',
  pickerRows: 'dialog[aria-label="Models"] .model',
  address: '#model-address',
  addressProblem: '#model-address-problem',
  file: 'dialog[aria-label="Models"] input[type="file"]',
  confirm: 'dialog button[value="yes"]',
} as const;

/** Text of the message field when the model is ready. */
const READY_PLACEHOLDER = 'Write a message';
const POLL_MS = 50;

/** Times in milliseconds: generous, since a CPU adapter on two cores computes the model. */
export const READY_TIMEOUT_MS = 180_000;
/** For one whole answer. */
export const ANSWER_TIMEOUT_MS = 120_000;

/** What the page shows at one moment. */
export interface PageState {
  readonly isReady: boolean;
  readonly isAnswering: boolean;
  readonly phase: string;
  readonly details: string;
  /** Percent of the progress bar; null while indeterminate or absent. */
  readonly percent: number | null;
  readonly loadError: string | null;
  readonly answerError: string | null;
  readonly unsupported: string | null;
  /** Texts of the answers, oldest first, buttons and figures included. */
  readonly answers: readonly string[];
  readonly status: string;
}

/** Drives one tab with the chat page. Waits poll from outside: the page's CSP forbids injected waiting code. */
export class ChatPage {
  readonly page: Page;
  /** Messages of CSP violations and of uncaught errors, in order. */
  readonly problems: string[] = [];

  private constructor(page: Page) {
    this.page = page;
  }

  /** Opens the page and begins to note CSP violations and uncaught errors. Does not wait for the model. */
  static async open(page: Page, url: string): Promise<ChatPage> {
    const chat = new ChatPage(page);
    page.on('pageerror', (error) => chat.problems.push(`uncaught: ${String(error)}`));
    page.on('console', (message) => {
      const text = message.text();
      if (/content.security.policy|trusted ?types|securitypolicyviolation/i.test(text)) {
        chat.problems.push(`console: ${text}`);
      }
    });
    await page.evaluateOnNewDocument(() => {
      addEventListener('securitypolicyviolation', (event) => {
        console.error(`securitypolicyviolation ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    await page.goto(url, { waitUntil: 'domcontentloaded' });
    return chat;
  }

  /** Reads everything at once. */
  state(): Promise<PageState> {
    return this.page.evaluate(
      (selectors, readyPlaceholder) => {
        const visible = (selector: string): HTMLElement | null => {
          const element = document.querySelector<HTMLElement>(selector);
          return element?.checkVisibility() ? element : null;
        };
        const text = (selector: string) => visible(selector)?.textContent.trim() ?? null;
        const bar = visible(selectors.progressBar);
        const value = bar?.getAttribute('aria-valuenow');
        const message = document.querySelector<HTMLTextAreaElement>(selectors.message);
        const isAnswering = document.querySelector(selectors.stop) !== null;
        return {
          isReady:
            message?.placeholder === readyPlaceholder && !message.disabled && !isAnswering && bar === null,
          isAnswering,
          phase: text(selectors.progressPhase) ?? '',
          details: text(selectors.progressDetails) ?? '',
          percent: value === null || value === undefined ? null : Number(value),
          loadError: text(selectors.loadError),
          answerError: text(selectors.answerError),
          unsupported: text(selectors.unsupported),
          answers: [...document.querySelectorAll<HTMLElement>(selectors.answers)].map((e) =>
            e.textContent.trim(),
          ),
          status: text(selectors.status) ?? '',
        };
      },
      SELECTORS,
      READY_PLACEHOLDER,
    );
  }

  /**
   * Polls until `accept` holds and returns that state.
   * @throws Error naming `what` and the last state when it does not happen in time
   */
  async waitFor(what: string, accept: (state: PageState) => boolean, timeoutMs: number): Promise<PageState> {
    const started = performance.now();
    for (;;) {
      const state = await this.state();
      if (accept(state)) return state;
      if (performance.now() - started > timeoutMs) {
        throw new Error(`waited ${timeoutMs / 1000} s for ${what}; the page shows ${JSON.stringify(state)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Waits for the model; an error shown instead is thrown at once. */
  async waitUntilReady(timeoutMs = READY_TIMEOUT_MS): Promise<PageState> {
    const state = await this.waitFor(
      'the model',
      ({ isReady, loadError }) => isReady || loadError !== null,
      timeoutMs,
    );
    if (state.loadError !== null) throw new Error(`the page shows the error: ${state.loadError}`);
    return state;
  }

  /** Sends a message as a person does: types it and presses Enter. Does not wait for the answer. */
  async send(text: string): Promise<void> {
    await this.page.focus(SELECTORS.message);
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Enter');
  }

  /** Sends a message and returns the state when its answer is complete. */
  async ask(text: string): Promise<PageState> {
    const before = (await this.state()).answers.length;
    await this.send(text);
    const state = await this.waitFor(
      `the answer to "${text}"`,
      ({ answers, isAnswering, answerError }) =>
        answerError !== null || (answers.length > before && !isAnswering),
      ANSWER_TIMEOUT_MS,
    );
    if (state.answerError !== null) throw new Error(`the page shows the error: ${state.answerError}`);
    return state;
  }

  /** Clicks Stop and returns the milliseconds until the page shows the answer as finished, measured in the page. */
  stopAnswer(): Promise<number> {
    return this.page.evaluate(
      (selectors) =>
        new Promise<number>((resolve, reject) => {
          const button = document.querySelector<HTMLButtonElement>(selectors.stop);
          if (!button) {
            reject(new Error('nothing to stop: no answer is being written'));
            return;
          }
          const started = performance.now();
          const look = () => {
            if (document.querySelector(selectors.streamingAnswer) || document.querySelector(selectors.stop))
              return;
            observer.disconnect();
            resolve(performance.now() - started);
          };
          const observer = new MutationObserver(look);
          observer.observe(document.body, { subtree: true, childList: true, attributes: true });
          button.click();
          look();
        }),
      SELECTORS,
    );
  }

  /** Starts a new chat. */
  async newChat(): Promise<void> {
    await this.page.click(SELECTORS.newChat);
  }

  /** Opens the model picker. @returns the texts of its rows */
  async openPicker(): Promise<string[]> {
    await this.page.click(SELECTORS.models);
    const deadline = performance.now() + 10_000;
    for (;;) {
      const rows = await this.page.$$eval(SELECTORS.pickerRows, (items) => items.map((e) => e.textContent));
      if (rows.length > 0) return rows;
      if (performance.now() > deadline) throw new Error('the model picker shows no models');
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Types an address into the open picker and presses Enter. @returns what the form says is wrong with it, or '' */
  async enterAddress(address: string): Promise<string> {
    await this.page.$eval(SELECTORS.address, (input) => {
      if (input instanceof HTMLInputElement) input.value = '';
    });
    await this.page.type(SELECTORS.address, address);
    await this.page.keyboard.press('Enter');
    return await this.page.$eval(SELECTORS.addressProblem, (element) => element.textContent.trim());
  }

  /** Chooses a file of this machine in the open picker. */
  async chooseFile(path: string): Promise<void> {
    const input = await this.page.$(SELECTORS.file);
    if (input === null) throw new Error('the picker has no field for a file');
    await (input as ElementHandle<HTMLInputElement>).uploadFile(path);
  }

  /** Answers the question whether the chat may be given up, if it is asked. */
  async confirm(): Promise<void> {
    const yes = await this.page.$(SELECTORS.confirm);
    await yes?.click();
  }

  /** A picture of the page, for people. */
  async screenshot(file: `${string}.png`): Promise<void> {
    await this.page.screenshot({ path: file });
  }
}
