// Keeps the newest text in view while an answer streams, unless the person scrolled up to read.

/** Distance from the end in CSS pixels that still counts as being at the end: about two lines. */
const END_TOLERANCE_PX = 48;

/** Follows the end of a scrolling element. */
export interface FollowScroll {
  /** Call after content was added: scrolls to the end if the person was there. */
  contentChanged(): void;
  /** Scrolls to the end and follows it again. */
  jumpToEnd(): void;
  /** Goes to the beginning and follows nothing until `jumpToEnd`, for content that is read from the top. */
  rest(): void;
}

/**
 * @param scroller the element that scrolls
 * @param onFollowingChange called when following stops or starts, for the "newest" button
 */
export function followScroll(
  scroller: HTMLElement,
  onFollowingChange: (isFollowing: boolean) => void,
): FollowScroll {
  let isFollowing = true;
  let isResting = true;
  let lastTop = 0;

  const distanceToEnd = (): number => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
  const setFollowing = (value: boolean): void => {
    if (value === isFollowing) return;
    isFollowing = value;
    onFollowingChange(value);
  };
  const toEnd = (): void => {
    if (isResting) return;
    scroller.scrollTop = scroller.scrollHeight;
    lastTop = scroller.scrollTop;
  };

  scroller.addEventListener(
    'scroll',
    () => {
      const movedUp = scroller.scrollTop < lastTop - 1;
      lastTop = scroller.scrollTop;
      if (distanceToEnd() <= END_TOLERANCE_PX) setFollowing(true);
      else if (movedUp && !isResting) setFollowing(false);
    },
    { passive: true },
  );
  // A keyboard on the screen, or a taller composer, takes room from below.
  new ResizeObserver(() => {
    if (isFollowing) toEnd();
  }).observe(scroller);

  return {
    contentChanged() {
      if (isFollowing) toEnd();
    },
    jumpToEnd() {
      isResting = false;
      setFollowing(true);
      toEnd();
    },
    rest() {
      isResting = true;
      setFollowing(true);
      scroller.scrollTop = 0;
    },
  };
}
