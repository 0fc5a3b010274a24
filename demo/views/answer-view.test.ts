// @vitest-environment jsdom
import { describe, expect, it, vi } from 'vitest';
import { createAnswerView } from './answer-view.ts';

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

function setUp() {
  const view = createAnswerView({ onRegenerate: vi.fn(), onGrow: vi.fn() });
  document.body.replaceChildren(view.element);
  const details = view.element.querySelector('details');
  if (!details) throw new Error('no details');
  const label = () => details.querySelector('summary')?.textContent;
  const thoughts = () => details.querySelector('.thinking-text')?.textContent;
  return { view, details, label, thoughts };
}

describe('the thinking of an answer', () => {
  it('takes no room in an answer without it', async () => {
    const { view, details } = setUp();
    view.append('Yes');
    await nextFrame();
    expect(details.hidden).toBe(true);
    expect(details.textContent).toBe('');
  });

  it('is folded, grows as text and says when it is over', async () => {
    const { view, details, label, thoughts } = setUp();
    view.appendThinking('a <b>');
    await nextFrame();
    expect(details.hidden).toBe(false);
    expect(details.open).toBe(false);
    expect(label()).toBe('The model is thinking');
    expect(view.element.querySelector('.waiting')).not.toBeNull();
    view.appendThinking(' c');
    view.append('Yes');
    await nextFrame();
    expect(thoughts()).toBe('a <b> c');
    expect(label()).toBe('What the model thought');
    expect(view.element.querySelector('.prose')?.textContent.trim()).toBe('Yes');
  });

  it('stays, as opened, in the finished answer and is not part of what is copied', () => {
    const { view, details, thoughts } = setUp();
    details.open = true;
    view.finish({ role: 'assistant', content: 'Yes', thinking: 'hm', end: 'stop' });
    expect(thoughts()).toBe('hm');
    expect(details.open).toBe(true);
    expect(view.element.querySelector('.prose')?.textContent).not.toContain('hm');
  });
});
