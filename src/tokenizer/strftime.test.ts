import { describe, expect, it } from 'vitest';
import { strftime } from './strftime.ts';

describe('strftime', () => {
  const date = new Date(2026, 2, 5, 15, 7, 9);
  it.each([
    ['%d %b %Y', '05 Mar 2026'],
    ['%B %-d, %Y', 'March 5, 2026'],
    ['%A, %a %y-%m', 'Thursday, Thu 26-03'],
    ['%H:%M:%S %I %-I %p', '15:07:09 03 3 PM'],
    ['%e|%-e', ' 5|5'],
    ['100%% %Q', '100% %Q'],
  ])('writes %s in English', (format, expected) => {
    expect(strftime(date, format)).toBe(expected);
  });

  it('writes midnight as 12 AM', () => {
    expect(strftime(new Date(2026, 0, 1), '%I %p %-M')).toBe('12 AM 0');
  });
});
