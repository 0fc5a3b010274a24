// Dates for chat templates: strftime in English, whatever the language of the browser, since models were trained so.

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0');

const FIELDS: Readonly<Record<string, (date: Date) => string>> = {
  Y: (date) => String(date.getFullYear()),
  y: (date) => pad(date.getFullYear() % 100),
  m: (date) => pad(date.getMonth() + 1),
  d: (date) => pad(date.getDate()),
  e: (date) => String(date.getDate()).padStart(2, ' '),
  b: (date) => MONTHS[date.getMonth()].slice(0, 3),
  B: (date) => MONTHS[date.getMonth()],
  a: (date) => DAYS[date.getDay()].slice(0, 3),
  A: (date) => DAYS[date.getDay()],
  H: (date) => pad(date.getHours()),
  I: (date) => pad(date.getHours() % 12 || 12),
  p: (date) => (date.getHours() < 12 ? 'AM' : 'PM'),
  M: (date) => pad(date.getMinutes()),
  S: (date) => pad(date.getSeconds()),
  '%': () => '%',
};

/**
 * Formats a date in local time. `%-d` and the like leave out padding; an unknown field stays as it is.
 * @param format as Python's strftime: %Y %y %m %d %e %b %B %a %A %H %I %p %M %S %%
 */
export function strftime(date: Date, format: string): string {
  return format.replace(/%(-?)([a-zA-Z%])/g, (whole: string, bare: string, letter: string) => {
    if (!Object.hasOwn(FIELDS, letter)) return whole;
    const text = FIELDS[letter](date);
    return bare === '' ? text : text.replace(/^[0 ]+(?=\d)/, '');
  });
}
