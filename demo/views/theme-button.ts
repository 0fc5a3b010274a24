// The button in the header that changes between light and dark.
import { button, setButtonIcon, setIconButtonLabel } from '../dom.ts';
import { chooseTheme, onThemeChange, shownTheme } from '../theme.ts';

/** Creates the button; it follows the theme, whoever changes it. */
export function createThemeButton(): HTMLButtonElement {
  const element = button({
    label: 'Dark colours',
    icon: 'moon',
    iconOnly: true,
    onClick: () => chooseTheme(shownTheme() === 'dark' ? 'light' : 'dark'),
  });
  onThemeChange(() => {
    const isDark = shownTheme() === 'dark';
    setButtonIcon(element, isDark ? 'sun' : 'moon');
    setIconButtonLabel(element, isDark ? 'Light colours' : 'Dark colours');
  });
  return element;
}
